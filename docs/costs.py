"""What a stream costs, as the manifest has it: requests of a sync that finds nothing new, and of rows of Explore."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from isodate import parse_duration

from source_sentry.explore.datasets import DATASETS, Dataset
from source_sentry.explore.paging import MOST_ROWS

Stream = Mapping[str, Any]

ONCE: Final = ""
PAGE: Final = "page"
PROJECT: Final = "project"
HUNDRED: Final = "hundred issues"
MISSING: Final = "missing issue"
BUDGET: Final = 30
"""Requests a second that sentry.io allows for rows of Explore."""
_PARTS: Final = 1_000_000 // (MOST_ROWS // 2)
"""Parts in which a million rows are read."""
_COUNTS: Final = 2
"""A part is counted before and after."""


@dataclass(frozen=True)
class Cost:
    """`count` requests for each `of`: the whole stream, a page, a project, …, or a record of a parent stream."""

    count: int
    of: str
    which: str = ""
    """Which records of the parent: `that is read again`."""

    def __str__(self) -> str:
        """Words for a table: `1 a page`, ``1 a record of `teams` ``."""
        if not self.of:
            return str(self.count)
        if self.of == PAGE and self.count > 1:
            return f"1 a page of {self.count} lists"
        return (
            f"{self.count} a {self.of}{self.which}"
            if self.of in (PAGE, PROJECT, HUNDRED, MISSING)
            else f"{self.count} a record of `{self.of}`{self.which}"
        )


def cost(stream: Stream) -> Cost:
    """Requests of a sync soon after another; a partition with more than a page costs one more for each."""
    retriever = stream["retriever"]
    router = retriever.get("partition_router", {})
    router_class, windows = kind(router), _windows(stream)
    if router_class == "RowsRouter":
        return Cost(windows, ONCE)
    if router_class in PROJECTS:
        return Cost(windows, PROJECT, PROJECTS[router_class])
    if router_class in _OF_ISSUES:
        return Cost(1, _OF_ISSUES[router_class])
    if router_class:
        return Cost(1, parent(router), _WHICH.get(router_class, "") + _counted(router))
    lists = len(router.get("values", [ONCE]))
    return Cost(lists * windows, PAGE if "paginator" in retriever else ONCE)


def kind(router: Mapping[str, Any]) -> str:
    """Class of a router: `ProjectRouter`; empty for those of the engine."""
    return str(router.get("class_name", "")).rpartition(".")[2]


def parent(router: Mapping[str, Any]) -> str:
    """The stream that has the records of a router's parent, which may be the ids of a stream alone."""
    return str({"event_ids": "error_rows"}.get(router["parent"], router["parent"]))


PROJECTS: Final[Mapping[str, str]] = {"ProjectRouter": "", "NewsRouter": " with news"}
_OF_ISSUES: Final[Mapping[str, str]] = {"StateRouter": HUNDRED, "TombstoneRouter": MISSING}
_WHICH: Final[Mapping[str, str]] = {
    "MonitorRouter": " that may have new check-ins",
    "ActivityRouter": " that is read again or changed",
    "EventRouter": " that is read again",
    "TouchedRouter": " that is read again",
}


def _counted(router: Mapping[str, Any]) -> str:
    return f" with `{router['counted_by']}`" if "counted_by" in router else ""


def _windows(stream: Stream) -> int:
    """Windows of a lookback, and one for the time since the sync before."""
    cursor = stream.get("incremental_sync", {})
    step, lookback = cursor.get("step", ""), cursor.get("lookback_window", "")
    if not step or "{{" in step + lookback:
        return 1
    return int(parse_duration(lookback) // parse_duration(step)) + 1


def page_rows(stream: Stream) -> int:
    """Rows of Explore that a request brings."""
    return _dataset(stream).page_rows


def million(stream: Stream) -> int:
    """Requests for a million rows that lie close together: pages, of each part half a one more, and the counts."""
    return 1_000_000 // page_rows(stream) + _PARTS // 2 + _PARTS * _COUNTS


def quiet(stream: Stream) -> str:
    """Requests for a window that has few rows: `9 a day`."""
    hours = _dataset(stream).hours
    return f"{ceil(24 * 60 / (hours * 60 - 1)) + _COUNTS} a day" if hours else f"{1 + _COUNTS} a week"


def _dataset(stream: Stream) -> Dataset:
    return DATASETS[stream["$parameters"]["dataset"]]
