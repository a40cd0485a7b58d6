"""Dashboards with their widgets, saved queries and issue views: synthetic rows."""

from typing import Any, Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.people import user_record
from saas_sandbox.sentry.made import Draft

_DISPLAYS: Final = ("line", "table", "big_number", "bar")
_DATASETS: Final = ("error-events", "spans", "logs")

OVERVIEW: Final[Record] = {
    "id": "default-overview",
    "title": "General",
    "dateCreated": "",
    "createdBy": "",
    "permissions": {"isEditableByEveryone": True, "teamsWithEditAccess": []},
    "isFavorited": False,
    "projects": [],
    "widgets": [
        {
            "title": "Number of errors",
            "displayType": "big_number",
            "interval": "5m",
            "widgetType": "error-events",
            "queries": [
                {"name": "", "conditions": "", "fields": ["count()"], "aggregates": ["count()"], "columns": []}
            ],
        }
    ],
}
"""The dashboard that every organization has: it is not stored, and has neither date nor author, nor its widgets ids."""


def user(draft: Draft) -> Record:
    """Return a member's account, as it stands in other records."""
    return user_record(draft.person, draft.world.anchor, draft.world.stamp)


def dashboard(draft: Draft) -> Record:
    """Return a dashboard without its widgets; the first is one of Sentry's own, which are stored and have no author."""
    prebuilt = draft.number == 0
    return {
        "id": draft.id,
        "title": draft.value("word").title(),
        "dateCreated": draft.date(20, days_between=3),
        "createdBy": None if prebuilt else user(draft),
        "environment": ["production"] if draft.number % 2 else [],
        "filters": {"release": [f"backend@1.{draft.number}.0"]} if draft.number % 3 == 1 else {},
        "lastVisited": draft.date(draft.number),
        "permissions": {"isEditableByEveryone": not prebuilt, "teamsWithEditAccess": [1] if prebuilt else []},
        "isFavorited": draft.number % 4 == 1,
        "projects": [draft.number % len(draft.world.projects) + 1] if draft.number % 2 else [],
        "prebuiltId": 1 if prebuilt else None,
    }


def widget(draft: Draft) -> Record:
    """Return a widget of the parent, a dashboard."""
    aggregate = draft.value("choice", items=["count()", "p95(span.duration)", "count_unique(user)"])
    display = _DISPLAYS[draft.number % len(_DISPLAYS)]
    return {
        "id": draft.id,
        "title": draft.value("word").title(),
        "description": draft.value("sentence") if draft.number % 2 else None,
        "displayType": display,
        "thresholds": {"max_values": {"max1": 100, "max2": 200}, "unit": "", "preferredPolarity": "-"}
        if display == "big_number"
        else None,
        "interval": "5m",
        "dateCreated": draft.date(10),
        "dashboardId": draft.parent["id"],
        "queries": [_query(draft, aggregate)],
        "limit": 5 if display == "table" else None,
        "widgetType": _DATASETS[draft.number % len(_DATASETS)],
        "layout": {"x": draft.number % 3 * 2, "y": draft.number // 3 * 2, "w": 2, "h": 2, "minH": 2},
        "axisRange": None,
        "legendType": "default",
        "datasetSource": "user",
        "exploreUrls": None,
        "changedReason": None,
    }


def _query(draft: Draft, aggregate: str) -> Record:
    return {
        "id": draft.id,
        "name": "",
        "fields": ["project", aggregate],
        "aggregates": [aggregate],
        "columns": ["project"],
        "fieldAliases": ["", ""],
        "conditions": "level:error",
        "orderby": f"-{aggregate}",
        "widgetId": draft.id,
        "onDemand": [
            {"enabled": True, "extractionState": "enabled:creation", "dashboardWidgetQueryId": draft.number + 1}
        ],
        "isHidden": False,
        "selectedAggregate": None,
        "linkedDashboards": [],
    }


def discover_query(draft: Draft) -> Record:
    """Return a saved query of Discover: what it does not set is left out."""
    relative: Record = {"range": "14d"}
    absolute: Record = {"start": draft.date(40), "end": draft.date(20)}
    return {
        "id": draft.id,
        "name": draft.value("word").title(),
        "projects": [draft.number % len(draft.world.projects) + 1] if draft.number % 2 else [-1],
        "version": 2,
        "queryDataset": "error-events",
        "datasetSource": "user",
        "expired": False,
        "dateCreated": draft.date(30),
        "dateUpdated": draft.date(draft.number % 7),
        "createdBy": user(draft),
        "query": "level:error",
        "fields": ["title", "count()"],
        "widths": ["-1", "-1"],
        "orderby": "-count",
        **(absolute if draft.number % 5 == 0 else relative),
        **({"yAxis": ["count()"], "display": "top5", "topEvents": 5} if draft.number % 3 == 0 else {}),
    }


def explore_query(draft: Draft) -> Record:
    """Return a saved query of Explore; the first is one of Sentry's own."""
    prebuilt = draft.number == 0
    position: Any = draft.number if draft.number < 2 else None  # noqa: PLR2004 - two starred ones
    return {
        "id": draft.id,
        "name": draft.value("word").title(),
        "projects": [],
        "dataset": "spans" if draft.number % 2 else "logs",
        "expired": False,
        "dateAdded": draft.date(30),
        "dateUpdated": draft.date(draft.number % 5),
        "lastVisited": None if prebuilt else draft.date(1),
        "createdBy": None if prebuilt else user(draft),
        "starred": position is not None,
        "position": position,
        "isPrebuilt": prebuilt,
        "changedReason": None,
        "query": [
            {
                "mode": "aggregate",
                "fields": ["id", "span.op", "timestamp"],
                "query": "span.op:db",
                "orderby": "-timestamp",
                "groupby": ["span.op"],
                "visualize": [{"chartType": 1, "yAxes": ["p90(span.duration)"]}],
            }
        ],
        **({} if prebuilt else {"range": "24h", "interval": "1h", "environment": ["production"]}),
    }


def issue_view(draft: Draft) -> Record:
    """Return a view of issues; every third is the caller's own."""
    owner = draft.world.people[0] if draft.number % 3 == 0 else draft.person
    return {
        "id": draft.id,
        "createdBy": user_record(owner, draft.world.anchor, draft.world.stamp),
        "name": draft.value("word").title(),
        "query": "is:unresolved",
        "querySort": "date",
        "projects": [-1] if draft.number % 2 else [1],
        "environments": [],
        "timeFilters": {"period": "14d"},
        "lastVisited": draft.date(1) if draft.number % 3 == 0 else None,
        "dateCreated": draft.date(50),
        "dateUpdated": draft.date(draft.number),
        "starred": draft.number % 3 == 0,
        "stars": draft.number % 4,
    }
