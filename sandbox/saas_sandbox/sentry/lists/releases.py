"""An organization's releases."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.release_work import work_fields
from saas_sandbox.sentry.data.releases import Release, release_record
from saas_sandbox.sentry.world import Project


class Shown(NamedTuple):
    """A release, with those of its projects that the answer names."""

    release: Release
    projects: list[Project]


def releases(call: Call, _: Record) -> Sequence[Shown]:
    """Newest first by creation, open ones unless `status` says otherwise (empty for all).

    9.1.2 sorts by the date of release where there is one, shows all, and knows no `status`.
    """
    everything = call.settings.old and not call.all("project")
    rows = releases_of(call, call.visible() if everything else call.projects_asked())
    rows = _in_status(call, _in_window(call, rows))
    return sorted(rows, key=lambda row: (-_moment(call, row), -row.release.number))


def every_release(call: Call, _: Record) -> Sequence[Shown]:
    """All releases of the projects that the caller sees, in the order of their creation."""
    return releases_of(call, call.visible())


def shown_release(call: Call, row: Shown) -> Record:
    """Return a release at this moment."""
    world, old, facts = call.world, call.settings.old, [project.facts for project in row.projects]
    work = work_fields(world.work(row.release), call.now, world.anchor, world.stamp, old=old)
    return release_record(row.release, facts, call.now, world.stamp, old=old) | work


def releases_of(call: Call, projects: Iterable[Project]) -> list[Shown]:
    """Return the releases so far of some projects."""
    chosen = {project.slug: project for project in projects}
    rows = (row for row in call.world.releases if row.added <= call.now)
    found = (Shown(row, [chosen[slug] for slug in call.world.projects_of(row) if slug in chosen]) for row in rows)
    return [row for row in found if row.projects]


def _moment(call: Call, row: Shown) -> int:
    return row.release.day(call.now) if call.settings.old else row.release.added


def _in_window(call: Call, rows: list[Shown]) -> list[Shown]:
    """Keep what lies between start and end, both included, to the second."""
    window = call.window()
    if window is None:
        return rows
    return [row for row in rows if window.start * SECOND <= _moment(call, row) <= window.end * SECOND]


def _in_status(call: Call, rows: list[Shown]) -> list[Shown]:
    status = call.one("status")
    if call.settings.old or status == "":
        return rows
    if status not in (None, "open", "archived"):
        raise ApiError(400, {"status": ["Invalid choice."]})
    return [row for row in rows if row.release.archived is (status == "archived")]
