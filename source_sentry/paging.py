"""Sentry's paging: a cursor in the Link header, on a list that is often ordered newest first."""

from dataclasses import dataclass, field
from typing import Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry.links import FIRST_DATE, Following, first_row, numbers, require_link
from sourcewright import dates
from sourcewright.components.windows import WindowProgress
from sourcewright.http.errors import place
from sourcewright.http.pages import Page, page_of
from sourcewright.http.paging import TokenPagination, read_again
from sourcewright.http.walks import PageToken

_MOST_GAPS: Final = 1_000
"""Pages without a known row that are no longer put down to deletions."""
_LAST_ROWS: Final = 10
"""Rows at the end of a page whose dates tell how far it went: a few of them may be out of order."""


@dataclass
class LinkHeaderPagination(TokenPagination):
    """Link: <…>; rel="next"; results="true"; cursor="0:100:0" -> the next page; anything else -> the end.

    Only the cursor is used, on the URL that was configured: the URL in the header has the server's own idea of
    its address, which differs behind a proxy or a region gateway.

    A cursor with a date or a base64 text stays at its row, whatever vanishes. A number of rows (`0:100:0`, or of those
    of one date, `1795291671000:100:0`) does not, so such pages overlap by one row. Pages with numbers (`100:1:0`)
    cannot: their list is read `by_time`, each page up to the dates at the end of the one before, or else again until
    nothing new is in it.
    """

    newest_first: list[str] = field(default_factory=list)
    """Dates by which the server orders the list, so that reading stops at the window's start where the server ignores
    `start` (every self-hosted server before August 2025)."""
    by_time: bool = False
    """Whether the list takes `start` and `end`, of the first of these dates."""
    unpaged: bool = False
    """Whether all rows come at once, whatever their number, and without a Link header."""

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        page = page_of(response)
        walk, following = page.walk, Following.of(response, page.count)
        by_number, walk.by_number = walk.by_number, None
        if by_number and (walk.is_refused or (following.cursor and page.count and not page.new)):
            walk.ignores_end = walk.is_read_again = True
            return by_number
        if (walk.is_gap or walk.goes_back) and _is_in_doubt(page, following, response):
            if not walk.goes_back:
                walk.goes_back, walk.resume_at = True, self._by_row(page, following, stream_slice)
            return _back(page, response)
        if walk.goes_back:
            walk.goes_back = False
            if not page.new:
                walk.gaps = 0
                return walk.resume_at
        if following.cursor is None and not self.unpaged:
            require_link(response, page.count)
        if following.cursor is None or _is_past(page, stream_slice) or walk.is_confirmed:
            return read_again(walk, response)
        _note_progress(page, stream_slice)
        walk.size = max(walk.size, following.rows)
        if token := self._by_time(page, following, stream_slice):
            return token
        walk.is_read_again |= following.is_numbered
        return self._by_row(page, following, stream_slice)

    def _by_time(self, page: Page, following: Following, window: StreamSlice | None) -> PageToken | None:
        """The rows up to the dates at the end of `page`, instead of those of the next number."""
        walk = page.walk
        if not (self.by_time and following.is_numbered and window and "start_time" in window):
            return None
        if page.count <= _LAST_ROWS or walk.ignores_end or walk.rounds or _is_ignored(window):
            return None
        until = _last_second(page.seconds)
        end = dates.next_second(until) if until else ""
        before = walk.parameters.get("end") or dates.next_second(window["end_time"])
        if not dates.to_second(window["start_time"]) <= until or end >= before:
            return None  # also where one second fills the page
        token = PageToken.of(
            walk, "", parameters={"start": window["start_time"], "end": end}, until=dates.to_second(end)
        )
        walk.by_number = self._by_row(page, following, window)
        return token

    def _by_row(self, page: Page, following: Following, window: StreamSlice | None) -> PageToken | None:
        walk = page.walk
        if following.cursor is None:
            return None
        if ahead := _cursor_of_end(page, following.cursor, window):
            return PageToken.of(walk, ahead)
        if following.row and following.rows != 1 and walk.has_keys:
            return PageToken.of(walk, f"{following.start}:{following.row - 1}:0", overlaps=True)
        return PageToken.of(walk, following.cursor)


def _is_ignored(window: StreamSlice) -> bool:
    """Whether the server was seen to ignore windows."""
    progress = WindowProgress.find(window)
    return progress is not None and progress.run.server.ignores_windows


def _last_second(seconds: list[str]) -> str:
    """Newest second of the last rows of a page: those that follow are older, even where a few are out of order.

    Empty if one of them has no date.
    """
    last = seconds[-_LAST_ROWS:]
    return max(last) if last and all(last) else ""


def _is_past(page: Page, window: StreamSlice | None) -> bool:
    """Whether a whole page lies before the window: one row may be out of order, or have a date that nobody can read."""
    if not (page.seconds and all(page.seconds) and window and "start_time" in window):
        return False
    newest = max(page.seconds)
    return newest < dates.to_second(window["start_time"]) and not dates.is_odd(newest)


def _cursor_of_end(page: Page, cursor: str | None, window: StreamSlice | None) -> str | None:
    """The window's end as a cursor, if cursors are dates (9.1.2) and all of the page lies after the window."""
    if window is None or "end_time" not in window or numbers(cursor)[0] < FIRST_DATE:
        return None
    end = dates.next_second(window["end_time"])
    if min(page.order, default="") <= dates.to_second(end):
        return None
    return f"{int(dates.from_text(end).timestamp()) * 1000}:0:0"


def _note_progress(page: Page, window: StreamSlice | None) -> None:
    """Say how far a walk over all windows has come."""
    progress, until = WindowProgress.find(window), _last_second(page.seconds)
    if progress and progress.reads_all and window and until and until < dates.to_second(window["end_time"]):
        progress.run.read_from = dates.next_second(until)


def _is_in_doubt(page: Page, following: Following, response: requests.Response) -> bool:
    """Whether unread rows may stand before `page`: no row of it is known; an empty page leaves that to the next one."""
    if page.walk.goes_back:
        return page.count == page.new and first_row(response)[1] > 0
    return page.count == page.new and (page.count > 0 or following.cursor is None)


def _back(page: Page, response: requests.Response) -> PageToken:
    """The page before one that is in doubt."""
    walk, (start, row) = page.walk, first_row(response)
    walk.gaps += page.count > 0
    if walk.gaps > _MOST_GAPS:
        raise AirbyteTracedException(
            message=f"The list at {place(response)} changes faster than it can be read: {walk.gaps} pages had no row "
            "in common with those before. Nothing was skipped; the next sync reads it again.",
            failure_type=FailureType.transient_error,
        )
    walk.begin_again()
    return PageToken.of(walk, f"{start}:{max(0, row - walk.size)}:0")
