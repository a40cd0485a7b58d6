"""One page of an answer: decoded once, checked for its shape, and read by extractor and paginator.

The engine's own components decode a page twice and take an HTML page or a truncated list for an empty one.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import requests
from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor
from typing_extensions import override

from sourcewright import dates, lenient_json, raw_records
from sourcewright.http.walks import PageToken, Walk
from sourcewright.record_queue import flush_records

LIST: Final = "list"
OBJECT: Final = "object"
_PAGE: Final = "_decoded_page"


class PageSlots:
    """Limits the pages that exist as Python objects at a time: one whose records are read and one being decoded.

    Such a page of full events takes some 4 MB; more pages than the one writer can keep up with only fill memory and
    caches. A thread reads one page at a time, so it holds at most one slot: from `take` to the last record of the page,
    or, if an error ends the reading early, to the end of `reading`.
    """

    def __init__(self, slots: int = 2) -> None:
        self._free = threading.BoundedSemaphore(slots)
        self._thread = threading.local()

    def take(self) -> None:
        """Wait for a slot, unless this thread holds one."""
        if not self._thread.__dict__.get("holds"):
            self._free.acquire()
            self._thread.holds = True

    def give_back(self) -> None:
        """Free the slot that this thread holds, if any."""
        if self._thread.__dict__.pop("holds", False):
            self._free.release()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """At the end of the block, free the slot of a page that was not read to its end."""
        try:
            yield
        finally:
            self.give_back()


class Page:
    """A decoded answer."""

    def __init__(self, body: bytes, slots: PageSlots, fields: Sequence[str] | None = None) -> None:
        """Decode `body`; of the rows of a list only `fields`, if they are given and the rest can stay as it is.

        Raises:
            ValueError: The body is not JSON: HTML, blank, cut short.

        """
        self._slots = slots
        slots.take()
        rows = None if fields is None else raw_records.split(body, fields)
        self.is_raw = rows is not None
        """Whether the records stay as they came: rows have `RAW`."""
        try:
            content, self.is_odd = (rows, False) if self.is_raw else lenient_json.loads(body)
        except ValueError:
            slots.give_back()
            raise
        self.content: Any = content
        self.strays = 0
        """Items of a list that are no objects; they are not among its records."""
        self.walk = Walk()
        """The walk over the list that this page is of."""
        self.count = 0
        """Number of its rows, also when they were read."""
        self.new = 0
        """Number of those that the walk did not know."""
        self.order: list[str] = []
        """Date of each row by which the list is ordered, `2026-11-22T10:00:00`; empty for one that cannot be read."""
        self.seconds: list[str] = []
        """Newest date of each row."""

    def has_shape(self, shape: str) -> bool:
        """Whether this is a `list` of objects, or one `object`; subclasses may open an envelope.

        Of a list, what are no objects are left out, unless nothing else is in it.
        """
        if shape != LIST:
            return isinstance(self.content, dict) and bool(self.content)
        if not isinstance(self.content, list):
            return False
        records = [record for record in self.content if isinstance(record, dict)]
        self.strays = len(self.content) - len(records)
        if self.strays:
            self.content = records
        return bool(records) or not self.strays

    def note_dates(self, newest_first: Sequence[str]) -> None:
        """Keep the dates `newest_first` of each row, which paging needs when the rows were read."""
        found = [[dates.to_second(row.get(name)) for name in newest_first] for row in self.content]
        self.order = [next(filter(None, of_row), "") for of_row in found]
        self.seconds = [max(of_row) for of_row in found]

    def join(self, walk: Walk, token: PageToken | None) -> None:
        """Leave out the rows that `walk` knows."""
        if isinstance(self.content, list):
            self.walk, self.count = walk, len(self.content) + self.strays
            self.content = walk.receive(self.content, self.order, token)
            self.new = len(self.content)

    def records(self) -> Iterator[Mapping[str, Any]]:
        """Yield the records, once: the items of a list, or the one object of a detail."""
        records = self.content if isinstance(self.content, list) else [self.content]
        records.reverse()
        while records:
            yield records.pop()
        flush_records()
        self._slots.give_back()


def read_page(
    response: requests.Response,
    shape: str,
    slots: PageSlots,
    make_page: Callable[[bytes, PageSlots], Page] = Page,
    *,
    body: bytes = b"",
) -> bool:
    """Decode `body`, by default that of `response`, once, and attach the page to it; False if it is not of `shape`."""
    try:
        page = make_page(body or response.content, slots)
    except ValueError:
        return False
    if not page.has_shape(shape):
        slots.give_back()
        return False
    setattr(response, _PAGE, page)
    return True


def page_of(response: requests.Response) -> Page:
    """The page that `read_page` attached to `response`."""
    page: Page = getattr(response, _PAGE)
    return page


def has_page(response: requests.Response) -> bool:
    """Whether `read_page` attached a page to `response`."""
    return hasattr(response, _PAGE)


@dataclass
class PageExtractor(RecordExtractor):
    """Answer -> its records."""

    @override
    def extract_records(self, response: requests.Response) -> Iterable[Mapping[str, Any]]:
        return page_of(response).records()
