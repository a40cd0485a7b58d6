"""Cron monitors and their check-ins."""

from collections.abc import Sequence
from typing import Final

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.monitors import CheckIn, EnvironmentState, Monitor
from saas_sandbox.sentry.errors import not_found
from saas_sandbox.sentry.lists.project import project_record
from saas_sandbox.sentry.world import Project

_INSERTED: Final = 180_000
"""Microseconds from the moment of a check-in until the server has its row."""


def monitors(call: Call, _: Record) -> Sequence[Monitor]:
    """Those of the caller's projects, or of `project`: what fails first, what is disabled last; `sort=name` by name."""
    rows = _of(call, call.projects_asked())
    if call.one("sort") == "name":
        return sorted(rows, key=lambda monitor: monitor.job.name)
    return sorted(rows, key=lambda monitor: _urgency(monitor, call.now))


def every_monitor(call: Call, _: Record) -> Sequence[Monitor]:
    """Those of all projects that the caller sees."""
    return _of(call, call.visible())


def monitor_record(call: Call, monitor: Monitor) -> Record:
    """Return a monitor at this moment."""
    world = call.world
    [project] = [row for row in world.projects if row.slug == monitor.project]
    states = monitor.states(call.now)
    return {
        "id": monitor.id,
        "name": monitor.job.name,
        "slug": monitor.job.slug,
        "status": "disabled" if monitor.disabled else "active",
        "isMuted": False,
        "isUpserting": monitor.job.hour is None,
        "config": monitor.job.config,
        "dateCreated": world.stamp(monitor.created),
        "project": project_record(call, project),
        "environments": [_environment(call, monitor, state) for state in states],
        "owner": {"type": "team", **project.facts["team"]} if monitor.job.hour else None,
    }


def monitor_of(call: Call) -> Monitor:
    """Return the monitor that the path names by id, or by a slug that no other has."""
    name = call.names["monitor"]
    found = [monitor for monitor in every_monitor(call, call.organization()) if name in (monitor.id, monitor.job.slug)]
    if len(found) != 1:
        raise not_found()
    return found[0]


def check_ins(call: Call, monitor: Monitor) -> Sequence[CheckIn]:
    """Newest first; those that were added from `start` to `end`, both included, in one of `environment`."""
    window, environments = call.window(), call.all("environment")
    rows = [row for row in monitor.check_ins(call.now) if not environments or row.environment in environments]
    return [row for row in rows if not window or window.start * SECOND <= row.added <= window.end * SECOND]


def every_check_in(call: Call, monitor: Monitor) -> Sequence[CheckIn]:
    """All that can be read."""
    return monitor.check_ins(call.now)


def check_in_record(call: Call, row: CheckIn) -> Record:
    """Return a check-in at this moment: one that is under way has no duration yet."""
    stamp, status = call.world.stamp, row.status(call.now)
    done = status in ("ok", "error")
    started = None if status == "missed" else stamp(row.added)
    return {
        "id": row.id,
        "environment": row.environment,
        "status": status,
        "duration": (row.ended - row.added) // 1000 if done else None,
        "dateCreated": stamp(row.added + _INSERTED),
        "dateAdded": stamp(row.added),
        "dateUpdated": stamp(row.added if status == "in_progress" else row.ended),
        "dateInProgress": started,
        "dateClock": stamp(row.added // (60 * SECOND) * 60 * SECOND),
        "expectedTime": stamp(row.expected),
        "monitorConfig": row.job.config,
    }


def _of(call: Call, projects: Sequence[Project]) -> list[Monitor]:
    slugs = {project.slug for project in projects}
    return [monitor for monitor in call.world.monitors if monitor.project in slugs]


def _urgency(monitor: Monitor, now: int) -> tuple[bool, bool, int]:
    states = monitor.states(now)
    failing = any(state.failing_since for state in states)
    return monitor.disabled, not failing, -max((state.last for state in states), default=0)


def _environment(call: Call, monitor: Monitor, state: EnvironmentState) -> Record:
    stamp, since = call.world.stamp, state.failing_since
    incident = {"startingTimestamp": stamp(since or 0), "resolvingTimestamp": None, "brokenNotice": None}
    return {
        "name": state.name,
        "status": "error" if since else "ok",
        "isMuted": state.name == "staging",
        "dateCreated": stamp(monitor.created),
        "lastCheckIn": stamp(state.last),
        "nextCheckIn": stamp(state.next),
        "nextCheckInLatest": stamp(state.next + monitor.job.config["checkin_margin"] * 60 * SECOND),
        "activeIncident": incident if since else None,
    }
