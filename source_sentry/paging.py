"""Sentry's paging: a cursor in the Link header, on a list that is often ordered newest first; and that of SCIM."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import requests
from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from source_sentry.pages import SentryPage
from sourcewright import dates
from sourcewright.http.pages import page_of
from sourcewright.http.paging import TokenPagination


@dataclass
class LinkHeaderPagination(TokenPagination):
    """Link: <…>; rel="next"; results="true"; cursor="0:100:0" -> `0:100:0`; anything else -> the end.

    Only the cursor is used, on the URL that was configured: the URL in the header has the server's own idea of
    its address, which differs behind a proxy or a region gateway.

    `newest_first` names the dates by which the server orders the list, so that reading stops at the window's start
    where the server ignores `start` (every self-hosted server before August 2025).
    """

    newest_first: list[str] = field(default_factory=list)

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        return None if self._is_past_window(response, stream_slice) else next_cursor(response)

    def _is_past_window(self, response: requests.Response, window: StreamSlice | None) -> bool:
        if not (self.newest_first and window and "start_time" in window):
            return False
        last = page_of(response).last
        newest = max(str(last.get(name) or "") for name in self.newest_first)
        return bool(newest) and dates.to_second(newest) < dates.to_second(window["start_time"])


@dataclass
class ScimPagination(TokenPagination):
    """{"totalResults": 230, "startIndex": 101, "itemsPerPage": 100} -> `201`; an empty or the last page -> the end.

    The server decides how many come, whatever `count` asks for.
    """

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        page = page_of(response)
        if not isinstance(page, SentryPage):
            return None
        envelope = page.envelope
        total = int(envelope.get("totalResults") or 0)
        following = int(envelope.get("startIndex") or 1) + page.count
        return str(following) if page.count and following <= total else None


def next_cursor(response: requests.Response) -> str | None:
    """Cursor of the page after `response`, None at the end; a page without a Link header is the last one."""
    link = response.links.get("next", {})
    if link.get("results") != "true":
        return None
    # requests loses the attribute when the cursor contains "=", the URL beside it keeps it, with "+" as it is
    return link.get("cursor") or parse_qs(urlsplit(link["url"]).query.replace("+", "%2B"))["cursor"][0]
