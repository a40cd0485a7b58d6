"""Rows of projects in the order of their seconds: where they come from, and a page's worth of them.

No page looks at more than its own rows: rows are counted by bisection, never gone through.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from typing_extensions import override

from saas_sandbox.sentry.call import Window
from saas_sandbox.sentry.data.items import Item, Items
from saas_sandbox.sentry.explore.search import Term
from saas_sandbox.sentry.world import Project, World

EIGHTH: Final = 8
_EVER: Final = 1 << 40  # seconds


class Source(ABC):
    """Rows of one project, numbered in the order of their seconds."""

    def rows(self, start: int, end: int) -> range:
        """Return the rows of `start <= second < end`."""
        return range(self.first(start), self.first(end))

    @abstractmethod
    def first(self, second: int) -> int:
        """Return the first row that is not dated before a second."""

    @abstractmethod
    def second(self, row: int) -> int:
        """Return when a row is dated."""

    @abstractmethod
    def made_of(self, row: int) -> Any:
        """Return what the columns take."""


@dataclass(frozen=True)
class Errors(Source):
    """The events of a project."""

    project: Project

    @override
    def first(self, second: int) -> int:
        return bisect_left(self.project.errors.second, second)

    @override
    def second(self, row: int) -> int:
        return self.project.errors.second[row]

    @override
    def made_of(self, row: int) -> Any:
        return self.project.event(row)


@dataclass(frozen=True)
class Made(Source):
    """Rows of a project that are made of their numbers."""

    world: World
    project: Project
    items: Items

    @override
    def first(self, second: int) -> int:
        return self.items.first(second)

    @override
    def second(self, row: int) -> int:
        return self.items.second(row)

    @override
    def made_of(self, row: int) -> Item:
        return Item(self.items, row, self.project.facts, self._release_at)

    def _release_at(self, moment: int) -> str | None:
        return self.world.release_at(self.project.slug, moment)


@dataclass(frozen=True)
class Part(Source):
    """Those rows of a source that all terms admit, of `remainders` when divided by eight, and dated before `until`.

    They are numbered anew.
    """

    source: Source
    terms: tuple[Term, ...] = ()
    remainders: tuple[int, ...] = tuple(range(EIGHTH))
    until: int = _EVER

    @cached_property
    def _kept(self) -> list[int]:
        return _kept(self.source, self.terms, self.remainders)

    @override
    def first(self, second: int) -> int:
        return bisect_left(self._kept, min(second, self.until), key=self.source.second)

    @override
    def second(self, row: int) -> int:
        return self.source.second(self._kept[row])

    @override
    def made_of(self, row: int) -> Any:
        return self.source.made_of(self._kept[row])


@lru_cache(maxsize=1024)
def _kept(source: Source, terms: tuple[Term, ...], remainders: tuple[int, ...]) -> list[int]:
    """Go through all rows of a source, once: many sources and queries are remembered."""
    rows = [row for row in source.rows(0, _EVER) if row % EIGHTH in remainders]
    if not terms:
        return rows
    return [row for row in rows if all(term.admits(made) for made in [source.made_of(row)] for term in terms)]


class Place(NamedTuple):
    """A row of a source."""

    second: int
    source: Source
    row: int

    @property
    def made_of(self) -> Any:
        """Return what the columns take."""
        return self.source.made_of(self.row)


def count(sources: Iterable[Source], start: int, end: int) -> int:
    """Return the number of rows of `start <= second < end`."""
    return sum(len(source.rows(start, end)) for source in sources)


def places(sources: Iterable[Source], start: int, end: int) -> list[Place]:
    """Return the rows of `start <= second < end`, by source."""
    return [Place(source.second(row), source, row) for source in sources for row in source.rows(start, end)]


def whole_seconds(sources: Sequence[Source], window: Window, first: int, last: int) -> Window:
    """Return the narrowest window of the rows `first` up to but without `last`, as counted from the window's start.

    `first < last`, and there are that many rows.
    """

    def before(second: int) -> int:
        return sum(source.first(second) for source in sources) - behind

    behind = sum(source.first(window.start) for source in sources)
    seconds = range(window.start, window.end + 1)
    start = seconds[bisect_right(seconds, first, key=before) - 1]
    return Window(start, seconds[bisect_left(seconds, last, lo=start - window.start, key=before)])
