"""Sentry's paging: a cursor in the Link header, on a list that is often ordered newest first."""

import threading
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any
from urllib.parse import unquote

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.paginators.strategies.pagination_strategy import PaginationStrategy
from airbyte_cdk.sources.types import Config, Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_kit import dates
from source_kit.pages import page_of
from source_sentry.windows import WindowProgress


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
