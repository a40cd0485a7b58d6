"""A project, and what lies below it."""

from collections.abc import Callable, Sequence

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.projects import project_detail, project_summary
from saas_sandbox.sentry.world import Project


def project_record(call: Call, project: Project) -> Record:
    """Return a project as the caller sees it in a list."""
    return project_summary(_facts(call, project), old=call.settings.old)


def project_details(call: Call, project: Project) -> Record:
    """Return a project's own page."""
    return project_detail(_facts(call, project), call.world.organization, old=call.settings.old)


def _facts(call: Call, project: Project) -> Record:
    """Add what depends on the caller and on the time."""
    version = call.world.release_at(project.slug, call.now)
    latest = {"version": version} if version else None
    return project.facts | {"isMember": call.is_member(project), "latestRelease": latest}


def keys(call: Call, project: Project) -> Sequence[Record]:
    """Newest first; `status` leaves the active or the others."""
    rows = list(reversed(project.keys))
    status = call.one("status")
    return [row for row in rows if row["isActive"] is (status == "active")] if status else rows


Below = Callable[[Call, Project], Sequence[Record]]
"""Rows of one project."""


def of_asked(rows: Below) -> Callable[[Call, Record], Sequence[Record]]:
    """Return the rows of the projects that the request names: without `project` only of the caller's own."""
    return lambda call, _: [row for project in call.projects_asked() for row in rows(call, project)]


def of_all(rows: Below) -> Callable[[Call, Record], Sequence[Record]]:
    """Return the rows of every project that the caller may see."""
    return lambda call, _: [row for project in call.visible() for row in rows(call, project)]
