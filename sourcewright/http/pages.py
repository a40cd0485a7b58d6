"""One page of an answer: decoded once, told whole or broken, and followed by its Link header.

The engine's own parts decode a page twice, take an HTML page or a truncated list for an empty one, and stop at a
cursor that contains `=`.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import requests
from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor
from typing_extensions import override

from sourcewright.engine.record_queue import end_page

_PAGE: Final = "_sentry_page"
_DECODED: Final = 2
"""Pages that exist as Python objects at a time: one that is handed on and one that is being made ready.

A page of full events takes some 4 MB so; more of them than the one consumer can take only fill memory and caches.
"""
_room: Final = threading.BoundedSemaphore(_DECODED)
_thread: Final = threading.local()


class Page:
    """A decoded answer, which takes one of the few places until its records are handed on.

    A thread reads one page at a time, so that its next page, or the end of its task, gives back what an error left.
    """

    def __init__(self, body: bytes) -> None:
        drop_page()
        _room.acquire()
        _thread.page = self
        try:
            self.content: Any = orjson.loads(body)
        except ValueError:
            drop_page()
            raise
        content = self.content
        self.last: Mapping[str, Any] = content[-1] if content and isinstance(content, list) else {}
        """The last record, which stays when the others are handed on: where a newest-first page ends."""

    def holds(self, kind: str) -> bool:
        """Whether this is a `list` of objects, or one `object`."""
        records = self.content if kind == "list" else [self.content]
        return isinstance(records, list) and all(isinstance(record, dict) for record in records)

    def records(self) -> Iterator[Mapping[str, Any]]:
        """Hand on the records, once: the items of a list, or the one object of a detail."""
        records = self.content if isinstance(self.content, list) else [self.content]
        records.reverse()
        while records:
            yield records.pop()
        end_page()
        drop_page()


def drop_page() -> None:
    """Give back the place of the page that this thread has, if any."""
    if _thread.__dict__.pop("page", None):
        _room.release()


def page_of(response: requests.Response) -> Page:
    """Decode the body of `response`, once: later calls get the same page.

    Raises:
        ValueError: The body is not JSON: HTML, blank, cut short.

    """
    page: Page | None = getattr(response, _PAGE, None)
    return page or keep(response, Page(response.content))


def keep(response: requests.Response, page: Page) -> Page:
    """Take `page` for what the body of `response` says."""
    setattr(response, _PAGE, page)
    return page


@dataclass
class PageExtractor(RecordExtractor):
    """Answer -> its records."""

    @override
    def extract_records(self, response: requests.Response) -> Iterable[Mapping[str, Any]]:
        return page_of(response).records()
