"""Sentry's paging: a cursor in the Link header, on a list that is often ordered newest first."""

import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright import dates
from sourcewright.components.windows import WindowProgress
from sourcewright.http.errors import place
from sourcewright.http.pages import Page, page_of
from sourcewright.http.paging import TokenPagination, read_again
from sourcewright.http.walks import PageToken, Walk

_MOST_GAPS: Final = 50
"""Pages without a known row, one after the other, that are no longer put down to deletions."""
_FIRST_DATE: Final = 10**12
"""From here on a number in a cursor is a date in milliseconds."""
_FULL_EVENTS: Final = 10
"""Rows of a page of events with `full`, whatever is asked for."""


@dataclass
class LinkHeaderPagination(TokenPagination):
    """Link: <…>; rel="next"; results="true"; cursor="0:100:0" -> the next page; anything else -> the end.

    Only the cursor is used, on the URL that was configured: the URL in the header has the server's own idea of
    its address, which differs behind a proxy or a region gateway.

    A cursor with a date or a base64 text stays at its row, whatever vanishes. A number of rows does not. So `by_time`,
    the next page is asked for by an `end` after the last row; where the server does not know `end`, or the list has no
    dates, by the number of the last row (`0:99:0`); and where the cursor is a number of pages (`100:1:0`), the list is
    read again until nothing new is in it.
    """

    newest_first: list[str] = field(default_factory=list)
    """Dates by which the server orders the list, so that reading stops at the window's start where the server ignores
    `start` (every self-hosted server before August 2025)."""
    by_time: bool = False
    """Whether the list takes `start` and `end`, of the first of these dates."""
    unpaged: bool = False
    """Whether all rows come at once, whatever their number, and without a Link header."""

    @override
    def __post_init__(self, parameters: Any) -> None:
        super().__post_init__(parameters)
        self._ignores_end = False

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        page = page_of(response)
        walk, following = page.walk, Following.of(response, page.count)
        if walk.by_row and (walk.is_refused or (following.cursor and page.count and not page.new)):
            self._ignores_end = True
            walk.is_read_again |= not walk.by_row.overlaps
            return walk.by_row
        walk.by_row = None
        if walk.is_gap:
            return _page_before(walk, response)
        if following.cursor is None and not self.unpaged:
            _require_link(response, page.count)
        if following.cursor is None or _is_past(page, stream_slice) or walk.is_confirmed:
            return read_again(walk, response)
        _note_progress(page, stream_slice)
        if token := self._by_time(page, following, stream_slice):
            return token
        walk.is_read_again |= following.moves and not following.row
        return self._by_row(page, following, stream_slice)

    def _by_time(self, page: Page, following: "Following", window: StreamSlice | None) -> PageToken | None:
        """The rows up to the second of the last but one, since the very last may be out of order."""
        if not (self.by_time and following.moves and window and "start_time" in window) or self._is_ignored(window):
            return None
        until = "" if page.walk.is_read_again and page.walk.rounds else _last_second(page.order)
        end = dates.next_second(until) if until else ""
        before = page.walk.parameters.get("end") or dates.next_second(window["end_time"])
        if not dates.to_second(window["start_time"]) <= until or end >= before:
            return None  # also where one second fills the page
        token = PageToken.of(
            page.walk, "", parameters={"start": window["start_time"], "end": end}, until=dates.to_second(end)
        )
        page.walk.by_row = self._by_row(page, following, window)
        return token

    def _is_ignored(self, window: StreamSlice) -> bool:
        """Whether the server was seen to ignore `end`."""
        progress = WindowProgress.find(window)
        self._ignores_end |= progress is not None and progress.run.server.ignores_windows
        return self._ignores_end

    def _by_row(self, page: Page, following: "Following", window: StreamSlice | None) -> PageToken:
        walk = page.walk
        if ahead := _cursor_of_end(page, following.cursor, window):
            return PageToken.of(walk, ahead)
        if following.row and walk.has_keys and walk.overlap:
            return PageToken.of(walk, f"0:{following.row - walk.overlap}:0", overlaps=True)
        return PageToken.of(walk, str(following.cursor))


class Following(NamedTuple):
    """Where the next page begins: `0:200:0` after a page of 100 rows that was asked for with `0:100:0`."""

    cursor: str | None
    """The server's cursor; None at the end of the list."""
    row: int = 0
    """Row number of the next page, in a list that is paged by it."""
    moves: bool = False
    """Whether the cursor counts rows or pages, so that rows that vanish move the next page."""

    @classmethod
    def of(cls, response: requests.Response, count: int) -> Self:
        """What follows `response`, a page of `count` rows; Sentry may have left out some after it counted them."""
        cursor = next_cursor(response)
        number, offset = _numbers(cursor)
        if number == 0:
            counts_rows = 0 < offset - _first_row(response) <= 2 * count
            return cls(cursor, offset if counts_rows else 0, counts_rows)
        return cls(cursor, 0, offset > 0 and 0 < number <= 2 * count)


def next_cursor(response: requests.Response) -> str | None:
    """Cursor of the page after `response`, None at the end; a page without a Link header is the last one."""
    link = response.links.get("next", {})
    if link.get("results") != "true":
        return None
    # requests loses the attribute when the cursor contains "=", the URL beside it keeps it, with "+" as it is
    cursor = link.get("cursor") or _cursor_in(link.get("url", ""))
    if not cursor:
        raise AirbyteTracedException(
            message=f"The Link header of {place(response)} names a next page without a cursor, so it cannot be asked "
            f"for: {response.headers['Link']}. A proxy in front of Sentry may change it. The next sync reads this list "
            "again.",
            failure_type=FailureType.transient_error,
        )
    return cursor


def _cursor_in(url: str) -> str | None:
    try:
        return parse_qs(urlsplit(url).query.replace("+", "%2B")).get("cursor", [None])[0]
    except ValueError:
        return None


def _numbers(cursor: str | None) -> tuple[int, int]:
    """`100:1:0` -> (100, 1); what is not of this form -> (-1, 0)."""
    found = re.fullmatch(r"(\d{1,18}):(\d{1,18}):0", cursor or "")
    return (int(found[1]), int(found[2])) if found else (-1, 0)


def _first_row(response: requests.Response) -> int:
    """Row number at which `response` begins: 100 for a request with the cursor `0:100:0`."""
    number, row = _numbers(_asked(response).get("cursor", [""])[0])
    return row if number == 0 else 0


def _asked(response: requests.Response) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(response.request.url)).query)


def _last_second(seconds: list[str]) -> str:
    """Second of the last but one row, if all that come before the last are dated and in order, and not all alike."""
    *rows, last = seconds or [""]
    is_ordered = rows and all(rows) and rows == sorted(rows, reverse=True) and last <= rows[-1]
    return rows[-1] if is_ordered and last and rows[0] != rows[-1] else ""


def _is_past(page: Page, window: StreamSlice | None) -> bool:
    """Whether a whole page lies before the window: one row may be out of order, or have a date that nobody can read."""
    if not (page.seconds and all(page.seconds) and window and "start_time" in window):
        return False
    return max(page.seconds) < dates.to_second(window["start_time"])


def _cursor_of_end(page: Page, cursor: str | None, window: StreamSlice | None) -> str | None:
    """The window's end as a cursor, if cursors are dates (9.1.2) and all of the page lies after the window."""
    if window is None or "end_time" not in window or _numbers(cursor)[0] < _FIRST_DATE:
        return None
    end = dates.next_second(window["end_time"])
    if min(page.order, default="") <= dates.to_second(end):
        return None
    return f"{int(dates.from_text(end).timestamp()) * 1000}:0:0"


def _note_progress(page: Page, window: StreamSlice | None) -> None:
    """Say how far a walk over all windows has come."""
    progress, until = WindowProgress.find(window), _last_second(page.order)
    if progress and progress.reads_all and window and until and until < dates.to_second(window["end_time"]):
        progress.run.read_from = dates.next_second(until)


def _page_before(walk: Walk, response: requests.Response) -> PageToken:
    """The page before one that has no known row: rows vanished, and unread ones have moved into it."""
    if walk.gaps > _MOST_GAPS:
        raise AirbyteTracedException(
            message=f"The list at {place(response)} changes faster than it can be read: {walk.gaps} pages, one after "
            "the other, had no row in common with those before. Nothing was skipped; the next sync reads it again.",
            failure_type=FailureType.transient_error,
        )
    row = max(0, _first_row(response) - walk.size)
    walk.begin_again()
    return PageToken.of(walk, f"0:{row}:0", overlaps=row > 0)


def _require_link(response: requests.Response, count: int) -> None:
    """Refuse a full page that does not say whether more follow."""
    asked = _asked(response)
    sizes = [int(asked[name][0]) for name in ("per_page", "limit") if asked.get(name, [""])[0].isdigit()]
    if "next" not in response.links and sizes and count >= min(*sizes, _FULL_EVENTS if "full" in asked else sizes[0]):
        raise AirbyteTracedException(
            message=f"{place(response)} answered with {count} rows, a full page, and without a Link header, which says "
            "whether more follow. A proxy in front of Sentry may take it out: let it pass. The next sync reads this "
            "list again.",
            failure_type=FailureType.transient_error,
        )
