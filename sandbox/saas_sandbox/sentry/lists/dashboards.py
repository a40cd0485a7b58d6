"""Dashboards, saved queries and issue views: somebody's, in an order that the caller asks for."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.dashboards import OVERVIEW, dashboard, discover_query, explore_query, issue_view, widget
from saas_sandbox.sentry.errors import bad_request, not_found, without_user
from saas_sandbox.sentry.made import made

_DASHBOARDS: Final = made(8, dashboard)
_WIDGETS: Final = made(5, widget)
_DISCOVER: Final = made(60, discover_query)
_EXPLORE: Final = made(12, explore_query)
_VIEWS: Final = made(9, issue_view)
Sort = Callable[[Record], Any]


def dashboards(call: Call, organization: Record) -> Sequence[Record]:
    """The one that is not stored first, then by title, or as `sort` says. 401 for a token without a user."""
    if not call.token.user:
        raise without_user()
    return _sorted(call, "sort", [OVERVIEW, *_DASHBOARDS(call, organization)], default="title")


def dashboard_record(call: Call, row: Record) -> Record:
    """Return a dashboard as lists have it: with the displays of its widgets."""
    shown = [{"displayType": item["displayType"], "layout": item.get("layout")} for item in widgets(call, row)]
    bare = {name: value for name, value in row.items() if name != "widgets"}
    return bare | {"widgetDisplay": [item["displayType"] for item in shown], "widgetPreview": shown}


def widgets(call: Call, row: Record) -> Sequence[Record]:
    """Return the widgets of a dashboard."""
    return row["widgets"] if row is OVERVIEW else _WIDGETS(call, row)


def stored_widgets(call: Call, row: Record) -> Sequence[Record]:
    """Return those that have an id."""
    return [] if row is OVERVIEW else widgets(call, row)


def dashboard_page(call: Call, row: Record) -> Reply:
    """Answer with a dashboard and its widgets."""
    bare = {name: value for name, value in row.items() if name != "lastVisited"}
    return json_reply(bare | {"widgets": widgets(call, row)})


def dashboard_of(call: Call) -> Record:
    """Return the dashboard that the path names."""
    for row in dashboards(call, call.organization()):
        if row["id"] == call.names["dashboard"]:
            return row
    raise not_found()


def every_dashboard(call: Call) -> Sequence[Record]:
    """Return all dashboards."""
    return dashboards(call, call.world.organization)


def discover_queries(call: Call, organization: Record) -> Sequence[Record]:
    """By name, or as `sortBy` says."""
    return _sorted(call, "sortBy", _DISCOVER(call, organization), default="name")


def explore_queries(call: Call, organization: Record) -> Sequence[Record]:
    """By name, or as `sortBy` says. 400 without a body for a token without a user."""
    return _sorted(call, "sortBy", _EXPLORE(call, organization), default="name")


def issue_views(call: Call, organization: Record) -> Sequence[Record]:
    """The caller's own, or with `createdBy=others` those of others; starred ones first, last visited ones first."""
    created_by = call.one("createdBy") or "me"
    if created_by not in ("me", "others"):
        raise bad_request("Invalid createdBy.")
    rows = [row for row in every_view(call, organization) if (row["createdBy"]["id"] == "1") is (created_by == "me")]
    rows = _sorted(call, "sort", rows, default="-visited")
    return sorted(rows, key=lambda row: not row["starred"])


def every_view(call: Call, organization: Record) -> Sequence[Record]:
    """The views of all."""
    return _VIEWS(call, organization)


_SORTS: Final[dict[str, Sort]] = {
    "title": lambda row: row["title"],
    "name": lambda row: row["name"].lower(),
    "dateCreated": lambda row: row["dateCreated"],
    "dateAdded": lambda row: row["dateAdded"],
    "dateUpdated": lambda row: row["dateUpdated"],
    "visited": lambda row: row["lastVisited"] or "",
}


def _sorted(call: Call, parameter: str, rows: Sequence[Record], *, default: str) -> list[Record]:
    """Sort as the parameter says; what Sentry does not know counts for nothing."""
    asked = call.one(parameter) or default
    name = asked if asked.removeprefix("-") in _SORTS else default
    return sorted(rows, key=_SORTS[name.removeprefix("-")], reverse=name.startswith("-"))
