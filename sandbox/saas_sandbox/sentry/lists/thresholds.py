"""Whether releases keep to the thresholds of their projects."""

from collections.abc import Iterable
from random import Random
from typing import Final

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.releases import Release
from saas_sandbox.sentry.lists.project import project_record
from saas_sandbox.sentry.world import Project

_THRESHOLDS: Final = (("total_error_count", "over", 100), ("crash_free_session_rate", "under", 99))
_WINDOW: Final = 2 * 86400


def threshold_statuses(call: Call, _: Record) -> Reply:
    """Answer with the thresholds of the releases from `start` to `end`, by project and release."""
    window = call.window()
    if window is None:
        raise ApiError(400, {name: ["This field is required."] for name in ("start", "end")})
    chosen = [row for row in _releases(call) if window.start * SECOND <= row.added <= window.end * SECOND]
    groups: dict[str, list[Record]] = {}
    for row in _statuses(call, chosen, call.projects_asked()):
        groups.setdefault(row["key"], []).append(row)
    return json_reply(groups)


def every_status(call: Call, _: Record) -> list[Record]:
    """The thresholds of all releases whose events can be read."""
    return list(_statuses(call, _releases(call), call.visible()))


def _releases(call: Call) -> list[Release]:
    oldest = call.readable().start * SECOND
    return [row for row in call.world.releases if oldest <= row.added <= call.now]


def _statuses(call: Call, releases: Iterable[Release], projects: Iterable[Project]) -> Iterable[Record]:
    shown = {project.slug: project for project in projects}
    for release in releases:
        for slug in call.world.projects_of(release):
            for number in range(len(_THRESHOLDS) if slug in shown else 0):
                yield _status(call, release, shown[slug], number)


def _status(call: Call, release: Release, project: Project, number: int) -> Record:
    stamp, (kind, trigger, limit) = call.world.stamp, _THRESHOLDS[number]
    value = Random(f"{release.version}:{project.id}:{number}").randrange(90, 110)
    return {
        "id": str(10 * int(project.id) + number),
        "date_added": stamp(project.created),
        "environment": {"id": "1", "name": "production"} if number else None,
        "project": project_record(call, project),
        "release": release.version,
        "threshold_type": kind,
        "trigger_type": trigger,
        "value": limit,
        "window_in_seconds": _WINDOW,
        "key": f"{project.slug}-{release.version}",
        "project_slug": project.slug,
        "project_id": int(project.id),
        "start": stamp(release.added),
        "end": stamp(release.added + _WINDOW * SECOND),
        "is_healthy": value <= limit if trigger == "over" else value >= limit,
        "metric_value": value,
    }
