"""Paging of rows that are ordered by time, oldest first."""

from dataclasses import dataclass, field
from typing import Final

import requests
from airbyte_cdk.sources.streams.http.request_window_split_exception import RequestWindowSplitRequiredException
from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from source_sentry.links import Following
from source_sentry.paging import LinkHeaderPagination
from sourcewright.http.pages import Page, page_of
from sourcewright.http.walks import PageToken

MOST_ROWS: Final = 10_000
"""Rows of one query that Snuba answers."""


@dataclass
class RowsPagination(LinkHeaderPagination):
    """The next page of a slice, by the cursor of the Link header; never past the rows that one query may have.

    Where rows of one second have no order of their own, a page ends at the last whole second of it: the next one is
    asked for from the last second on, and what is known of it is left out.
    """

    dataset: str = ""
    """The manifest's `$parameters` fill in this and `columns`, fields of Explore."""
    columns: list[str] = field(default_factory=list)

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        page, following = page_of(response), Following.of(response, 0)
        if stream_slice is not None and following.cursor and following.row + following.rows > MOST_ROWS:
            if stream_slice.extra_fields.get("is_cut"):
                return None
            raise RequestWindowSplitRequiredException(f"more than {MOST_ROWS} rows")
        if stream_slice is not None and following.cursor and not stream_slice.extra_fields.get("is_total", True):
            since = _last_second(page, stream_slice)
            if since:
                return PageToken.of(page.walk, "", parameters={"start": since})
        return super().next_token(response, stream_slice)


def _last_second(page: Page, window: StreamSlice) -> str:
    """`2026-11-22T10:00:00Z` of the last row, unless the page begins there."""
    since = f"{page.order[-1]}Z" if page.order and page.order[-1] else ""
    return since if since > (page.walk.parameters.get("start") or window["start_time"]) else ""
