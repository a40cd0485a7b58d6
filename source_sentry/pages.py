"""The shapes of Sentry's answers, and what in them are records.

list                [...]
object              {...}, one record
a field's name      {"rows": [...]} for `rows`, {"data": {"viewed_by": [...]}} for `data.viewed_by`
series              {"intervals": [t], "groups": [{"by": {...}, "series": {"sum(session)": [5]}}]}
points              [[1764288000, 5]]
segments            [[{"type", "timestamp", "data"}]], a record for each list: {"events": [...]}
usage               {"projects": [{"id", "slug", "stats": [{"category", "outcomes": {"accepted": 5}}]}]}
groups              {"web-2.0": [{"id"}]}, records by a name that they have too
table               {"data": [{"project.id": 7, "is_transaction": true}]}, as {"projectId": "7", "isTransaction": true}
kinds               {"meta": {"fields": {"title": "string"}}}, what the fields of a table are
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import requests
from typing_extensions import override

from source_sentry.explore import columns
from sourcewright import dates
from sourcewright.http.pages import LIST, OBJECT, Page, PageExtractor
from sourcewright.http.redirects import asked_parameters

Record = dict[str, Any]


class SentryPage(Page):
    """A decoded answer, opened by its shape: its records are flat rows."""

    envelope: Mapping[str, Any] = {}
    """What stood around the records."""

    def has_points(self, limit: int) -> bool:
        """Whether a series may have been cut: Sentry counts the points of each group and one more, and drops groups."""
        of_group = len(self.envelope.get("intervals", [])) + 1
        return (len(self.envelope.get("groups", [])) + 1) * of_group > limit

    @override
    def has_shape(self, shape: str) -> bool:
        """Whether this is of `shape`; from then on the content is the list of its records."""
        if shape == OBJECT:
            return super().has_shape(shape) and self.content.keys() != {"detail"}  # an error, whatever its status
        if shape == LIST:
            return super().has_shape(shape)
        if isinstance(self.content, dict):
            self.envelope = self.content
        if shape not in _OPEN and isinstance(self.content, list):
            return super().has_shape(LIST)  # old servers send some lists without the envelope
        try:
            self.content = _OPEN[shape](self.content) if shape in _OPEN else _field(self.content, shape)
        except (AttributeError, IndexError, KeyError, OSError, OverflowError, TypeError, ValueError):
            return False
        return super().has_shape(LIST)


def _field(content: Any, path: str) -> Any:
    for name in path.split("."):
        content = content[name]
    return content


def _series(content: Any) -> list[Record]:
    return list(_rows_of_series(content))


def _rows_of_series(content: Any) -> Iterator[Record]:
    """A row for each interval of each group: {"intervalStart", "release", "status", "sessions"}."""
    starts = [dates.to_text(dates.from_text(start)) for start in content["intervals"]]
    for group in content["groups"]:
        # Parts of the key, so never null
        by = {_COLUMNS.get(name, name): "" if value is None else value for name, value in group["by"].items()}
        measures = {_COLUMNS.get(name, name): values for name, values in group["series"].items()}
        for place, start in enumerate(starts):
            yield {"intervalStart": start, **by, **{name: values[place] for name, values in measures.items()}}


_COLUMNS: Final[Mapping[str, str]] = {
    "session.status": "status",
    "sum(session)": "sessions",
    "count_unique(user)": "users",
    "sum(quantity)": "quantity",
    "sum(times_seen)": "timesSeen",
}
"""Sentry's names that are no names of columns."""


def _points(content: Any) -> list[Record]:
    return [{"intervalStart": dates.to_text(datetime.fromtimestamp(at, UTC)), "count": count} for at, count in content]


def _usage(content: Any) -> list[Record]:
    """A row for each outcome of each category of each project."""
    return [
        {
            "projectId": str(project["id"]),
            "projectSlug": project.get("slug"),
            "category": stats["category"],
            "outcome": outcome,
            "quantity": quantity,
        }
        for project in content["projects"]
        for stats in project["stats"]
        for outcome, quantity in stats["outcomes"].items()
    ]


def _segments(content: Any) -> list[Record]:
    if not all(isinstance(events, list) for events in content):
        raise TypeError("a segment is a list")
    return [{"events": events} for events in content]


def _groups(content: Any) -> list[Record]:
    return [record for records in content.values() for record in records]


_OPEN: Final[Mapping[str, Callable[[Any], list[Record]]]] = {
    "groups": _groups,
    "series": _series,
    "points": _points,
    "segments": _segments,
    "usage": _usage,
    "table": columns.table,
    "kinds": columns.kinds,
}


@dataclass
class PlacedExtractor(PageExtractor):
    """Answer -> its records with their place in the whole list: {"node_id": 7} -> {"position": 100, "node_id": 7}.

    A page begins at the offset of the cursor that it was asked for with: the 100 of `0:100:0`.
    """

    @override
    def extract_records(self, response: requests.Response) -> Iterable[Mapping[str, Any]]:
        first = int(asked_parameters(response).get("cursor", ["0:0:0"])[0].split(":")[1])
        for place, record in enumerate(super().extract_records(response), first):
            yield {"position": place, **record}
