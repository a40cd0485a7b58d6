"""Logs of an organization, names of its tags and attributes, and what was clicked in its replays."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from saas_sandbox.common.reply import Record, Reply
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.organization import AUDITED, ITEM_TYPES, attribute
from saas_sandbox.sentry.endpoint import by_key
from saas_sandbox.sentry.errors import bad_request, internal
from saas_sandbox.sentry.lists.project import Below, of_asked
from saas_sandbox.sentry.moments import parse
from saas_sandbox.sentry.world import Project

_ATTRIBUTES = 30
_HIDDEN = "hidden-"


def environments(call: Call, _: Record) -> Sequence[Record]:
    """Those of the projects asked for, by name; hidden ones only with `visibility`. 9.1.2 lists all projects'."""
    visibility = call.one("visibility") or "visible"
    if visibility not in ("all", "hidden", "visible"):
        raise bad_request("Invalid value for 'visibility'")
    wanted = {"all": (True, False), "hidden": (True,), "visible": (False,)}[visibility]
    rows = _environments(call.visible() if call.settings.old else call.projects_asked())
    return [row for row in rows if row["name"].startswith(_HIDDEN) in wanted]


def every_environment(call: Call, _: Record) -> Sequence[Record]:
    """Return them all."""
    return _environments(call.visible())


def _environments(projects: Sequence[Project]) -> list[Record]:
    """Two that all projects have, and a hidden one of each."""
    hidden = [{"id": str(100 + project.number), "name": f"{_HIDDEN}{project.slug}"} for project in projects]
    common = [{"id": "1", "name": "production"}, {"id": "2", "name": "staging"}] if projects else []
    return sorted(hidden + common, key=lambda row: row["name"])


def in_window(rows: Callable[[Call, Any], Sequence[Record]], field: str, *, last: int) -> Any:
    """Return the rows of the window by the date in `field`; `last` is 1 where its end is inclusive."""

    def inside(call: Call, parent: Any) -> Sequence[Record]:
        window, found = call.window(), rows(call, parent)
        if window is None:
            return found
        return [row for row in found if window.start * 1_000_000 <= _at(row[field]) < (window.end + last) * 1_000_000]

    return inside


def _at(text: str) -> int:
    return parse(text) or 0


def with_deletions(rows: Callable[[Call, Any], Sequence[Record]]) -> Callable[[Call, Any], Sequence[Record]]:
    """Put the deletions of issues before the other entries of the audit log."""

    def entries(call: Call, organization: Record) -> Sequence[Record]:
        return [*call.world.fates.audit_entries(call.world.people[0], call.world.stamp), *rows(call, organization)]

    return entries


def audit_log(rows: Callable[[Call, Any], Sequence[Record]]) -> Callable[[Call, Any], Reply]:
    """Newest first, inside `rows`, beside the names of all events; `event` filters."""
    shown = in_window(rows, "dateCreated", last=1)

    def handle(call: Call, organization: Record) -> Reply:
        event = call.one("event")
        found = [row for row in shown(call, organization) if event in (None, row["event"])]
        paging = by_key(lambda row: _at(row["dateCreated"]) // 1000)(found)
        page = call.page(paging, len(found), call.per_page())
        reply = call.answer(map(orjson.dumps, found[page.start : page.stop]), page, inside="rows")
        return replace(reply, body=reply.body[:-1] + b',"options":' + orjson.dumps(AUDITED) + b"}")

    return handle


def flag_log(rows: Callable[[Call, Any], Sequence[Record]]) -> Callable[[Call, Any], Sequence[Record]]:
    """By `sort`, of which only the date is known here; without it in no particular order."""
    shown = in_window(rows, "createdAt", last=0)

    def ordered(call: Call, organization: Record) -> Sequence[Record]:
        sort = call.one("sort") or ""
        if sort.removeprefix("-") not in ("", "created_at", "createdAt"):
            raise bad_request(f"Invalid sort: {sort}")
        found = shown(call, organization)
        return sorted(found, key=lambda row: str(row["createdAt"] if sort else row["flag"]), reverse=sort[:1] == "-")

    return ordered


def attributes(call: Call, _: Record) -> Sequence[Record]:
    """Those of one type of items, which `dataset` or `itemType` names."""
    item_type = call.one("dataset") or call.one("itemType")
    if item_type not in ITEM_TYPES:
        raise bad_request("dataset is required if itemType is not passed")
    return [attribute(item_type, number) for number in range(_ATTRIBUTES)]


def every_attribute(_: Call, __: Record) -> Sequence[Record]:
    """Return them all."""
    return [attribute(item_type, number) for item_type in ITEM_TYPES for number in range(_ATTRIBUTES)]


def replayed(rows: Below) -> Below:
    """Return the rows of projects that had a replay."""
    return lambda call, project: rows(call, project) if project.facts.get("hasReplays") else []


def selectors(rows: Below) -> Callable[[Call, Record], Sequence[Record]]:
    """Those of one project, unless the plan lets several be read at once."""

    def of_one(call: Call, organization: Record) -> Sequence[Record]:
        if len(call.projects_asked()) > 1 and not call.settings.global_views:
            raise bad_request("You cannot view events from multiple projects.")
        return of_asked(rows)(call, organization)

    return of_one


def without_snuba(_: Call, __: Record) -> Sequence[Record]:
    """Fail as 9.1.2 does where it would have to ask Snuba, which it does not have."""
    raise internal()
