"""One page of an answer: decoded once, told whole or broken, and followed by its Link header.

The engine's own parts decode a page twice, take an HTML page or a truncated list for an empty one, and stop at a
cursor that contains `=`.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import orjson
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor
from airbyte_cdk.sources.declarative.requesters.paginators.strategies.pagination_strategy import PaginationStrategy
from airbyte_cdk.sources.types import Config, Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry import dates
from source_sentry.handover import end_page
from source_sentry.windows import WindowProgress

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


@dataclass
class LinkHeaderPagination(PaginationStrategy):
    """Link: <…>; rel="next"; results="true"; cursor="0:100:0" -> `0:100:0`; anything else -> the end.

    Only the cursor is used, on the URL that was configured: the URL in the header is the server's idea of its own
    address, which behind a proxy or a region gateway is another one.

    `newest_first` names the dates by which the server orders the list, so that reading stops at the window's start
    where the server ignores `start` (every self-hosted server before August 2025).
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    newest_first: list[str] = field(default_factory=list)

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Keep the cursors seen apart by thread: one thread reads one window from its first page to its last."""
        self._seen = threading.local()

    @property
    @override
    def initial_token(self) -> None:
        return None

    @override
    def get_page_size(self) -> None:
        return None

    @override
    def next_page_token(  # the engine passes all of it by name
        self,
        response: requests.Response,
        last_page_size: int,
        last_record: Record | None,
        last_page_token_value: Any | None = None,
        page_size_override: int | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> str | None:
        cursor = None if self._is_past_window(response, stream_slice) else next_cursor(response)
        if cursor is None:
            WindowProgress.note(stream_slice)
        else:
            self._forbid_repetition(response, cursor, last_page_token_value)
        return cursor

    def _is_past_window(self, response: requests.Response, window: StreamSlice | None) -> bool:
        if not (self.newest_first and window and "start_time" in window):
            return False
        last = page_of(response).last
        newest = max(str(last.get(name) or "") for name in self.newest_first)
        return bool(newest) and dates.to_second(newest) < dates.to_second(window["start_time"])

    def _forbid_repetition(self, response: requests.Response, cursor: str, previous: str | None) -> None:
        """End with an error instead of reading the same pages for ever."""
        seen: set[str] = self._seen.__dict__.setdefault("cursors", set())
        if previous is None:
            seen.clear()
        if cursor in seen:
            raise AirbyteTracedException(
                message=f"Sentry's paging turns in a circle: cursor `{cursor}` came a second time from "
                f"{response.url.split('?')[0]}. Nothing was skipped; the next sync reads this window again.",
                failure_type=FailureType.transient_error,
            )
        seen.add(cursor)


def next_cursor(response: requests.Response) -> str | None:
    """Cursor of the page after `response`, None at the end; a page without a Link header is the last one."""
    link = response.links.get("next", {})
    if link.get("results") != "true":
        return None
    # requests loses the attribute when the cursor contains "=", the URL beside it keeps it
    return link.get("cursor") or unquote(link["url"].rpartition("cursor=")[2].partition("&")[0])
