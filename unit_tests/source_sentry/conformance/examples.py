"""What a server answers for each stream: the description's example, or a made one of the described shape."""

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any, Final

from sourcewright import dates
from sourcewright.http.pages import LIST, OBJECT
from unit_tests.source_sentry.builders import NOW, without
from unit_tests.source_sentry.conformance.connector import Stream
from unit_tests.source_sentry.conformance.description import Get
from unit_tests.source_sentry.conformance.shapes import Shape

START: Final = "2026-11-21T00:00:00Z"
"""When the windows that are read begin."""
RECENT: Final = "2026-11-22T09:00:00Z"
_SAMPLES: Final[Mapping[str, Any]] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}


@dataclass(frozen=True)
class Example:
    """A stream, and the answer that the description has for it, if any."""

    stream: Stream
    get: Get | None
    dates: frozenset[str] = frozenset()
    """Properties that decide in which window a record is."""
    counted: frozenset[str] = frozenset()
    """Properties that tell whether a record has children."""
    key: frozenset[str] = frozenset()
    """Properties that a record is told apart by."""

    @property
    def is_documented(self) -> bool:
        return bool(self.get and self.get.examples)

    @cached_property
    def answer(self) -> Any:
        """What the server sends: as documented, but for what decides whether a record or its children are read.

        Some documented records lack a part of their key, which servers send.
        """
        if self.get and self.get.answer.types:
            answer = copy.deepcopy((self.get.examples or [self._as_described(self.get.answer)])[0])
        else:
            answer = self._as_ours()
        if self.stream.page == LIST and not isinstance(answer, list):
            answer = [answer]
        for row in self.stream.rows(answer):
            self._prepare(row)
        if self.stream.page in _MOVED:
            _MOVED[self.stream.page](answer)
        if self.stream.page == "series":
            for group in answer["groups"]:
                group["by"] = {**dict.fromkeys(self.stream.parameters["groups"], "text"), **group["by"]}
        return answer

    @cached_property
    def rows(self) -> list[Any]:
        """Records that must come of the answer, without columns that the connector adds."""
        return [self.stream.as_read(row) for row in self.stream.rows(self.answer)]

    @property
    def values(self) -> Counter[Any]:
        """What must be in the records that are made of the answer."""
        return Counter(_VALUES[self.stream.page](self.answer) if self.stream.is_reshaped else ())

    def _as_described(self, described: Shape) -> Any:
        """An answer of the described shape, with columns of our types where these are others."""
        answer = sample(described)
        ours, theirs = self.stream.shape, self.stream.row(described)
        other = [name for name in theirs.properties if ours.at(name).types != theirs.at(name).types]
        for row in self.stream.rows(answer):
            row.update({name: sample(ours.at(name)) for name in other})
        return answer

    def _as_ours(self) -> Any:
        """An answer with a record of our shape."""
        row = without(sample(self.stream.shape), *self.stream.added)
        if self.stream.page == OBJECT:
            return row
        answer: Any = [row]
        for name in reversed(self.stream.page.split(".") if self.stream.page != LIST else ()):
            answer = {name: answer}
        return answer

    def _prepare(self, row: Any) -> None:
        row.update({name: RECENT for name in self.dates if row.get(name)})
        row.update({name: sample(self.stream.shape.at(name)) for name in self.counted if not row.get(name)})
        row.update({name: sample(self.stream.shape.at(name)) for name in self.key if row.get(name) is None})


def _move_series(answer: Any) -> None:
    """Put the points into the hours from `START` on."""
    answer["intervals"] = [dates.to_text(hour) for hour, _ in zip(_hours(), answer["intervals"], strict=False)]


def _move_points(answer: Any) -> None:
    answer[:] = [[hour.timestamp(), value] for hour, (_, value) in zip(_hours(), answer, strict=False)]


def _hours() -> Iterator[datetime]:
    return (datetime.fromisoformat(START) + timedelta(hours=number) for number in count())


_MOVED: Final[Mapping[str, Callable[[Any], None]]] = {"points": _move_points, "series": _move_series}


def sample(shape: Shape) -> Any:
    """A value of a shape, with every property: null for anything."""
    if "object" in shape.types:
        return {name: sample(child) for name, child in shape.properties.items()}
    if "array" in shape.types:
        return [sample(shape.items)] if shape.items else []
    if shape.is_date:
        return NOW
    return _SAMPLES.get(min(shape.types, default=""))


def leaves(value: Any) -> Iterator[Any]:
    """Every text, number, boolean and null in a value."""
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from leaves(child)
    else:
        yield value


_VALUES: Final[Mapping[str, Callable[[Any], Iterable[Any]]]] = {
    "points": lambda answer: (value for _, value in answer),
    "segments": leaves,
    "series": lambda answer: leaves([group["series"] for group in answer["groups"]]),
    "usage": lambda answer: leaves([stats["outcomes"] for project in answer["projects"] for stats in project["stats"]]),
}
