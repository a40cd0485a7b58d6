"""A project's events."""

from collections.abc import Sequence

from saas_sandbox.common.reply import Reply
from saas_sandbox.sentry.call import Call, Window
from saas_sandbox.sentry.world import Project


def events(call: Call, project: Project) -> Reply:
    """Newest first. Today by second and id, in absolute rows; 9.1.2 knows neither window nor `full`."""
    return _old_events(call, project) if call.settings.old else _todays_events(call, project)


def event_ids(call: Call, project: Project) -> Sequence[str]:
    """Return the ids of the events that can be read, newest first."""
    rows = project.errors.rows(*call.readable())
    return [project.errors.ids[row] for row in reversed(rows)]


def _todays_events(call: Call, project: Project) -> Reply:
    full = bool(call.one("full"))
    limit = min(call.per_page(), call.settings.full_page) if full else call.per_page()
    found = _found(call, project, call.search_window())
    rows, page = call.haunted(len(found), limit)
    return call.answer((project.event_body(found[-1 - row], full=full) for row in rows), page)


def _old_events(call: Call, project: Project) -> Reply:
    found = _found(call, project, call.readable())
    at = project.errors.at
    rows, page = call.haunted(len(found), call.per_page(), key=lambda row: -(-at[found[-1 - row]] // 1000))
    return call.answer((project.event_body(found[-1 - row], full=True) for row in rows), page)


def _found(call: Call, project: Project, window: Window) -> "range | list[int]":
    """Return the rows within the window, oldest first, whose message holds `query`."""
    rows = project.errors.rows(window.start, window.end)
    text = (call.one("query") or "").lower()
    if not text:
        return rows
    issue = project.errors.issue
    return [row for row in rows if text in project.issue(issue[row]).title.lower()]
