"""Cursors, pages and the Link header (Sentry's `api/paginator.py` and `api/base.py`)."""

import base64
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Cursor:
    """`value:offset:is_prev`; what value and offset mean depends on the kind of list."""

    value: int = 0
    offset: int = 0
    is_prev: bool = False

    def __str__(self) -> str:
        """Write it as it stands in the Link header."""
        return f"{self.value}:{self.offset}:{int(self.is_prev)}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Read a cursor, in its base64 guise too; `None` when it is not one."""
        plain = base64.urlsafe_b64decode(text).decode(errors="replace") if text.endswith("=") else text
        match = re.fullmatch(r"(\d{1,18}):(-?\d{1,18}):([01])", plain)
        return cls(int(match[1]), int(match[2]), match[3] == "1") if match else None


@dataclass(frozen=True)
class Page:
    """Rows `start` up to but without `stop`, and the cursors of both neighbours, which are always there."""

    start: int
    stop: int
    previous: Cursor
    has_previous: bool
    next: Cursor
    has_next: bool


Pager = Callable[[int, Cursor | None, int], Page]


def numbered(rows: int, cursor: Cursor | None, limit: int) -> Page:
    """Page by page size and number, `100:1:0`: lists of Sentry's SQL tables. A page before the first raises."""
    number = cursor.offset if cursor else 0
    start = number * ((cursor.value if cursor else 0) or limit)
    if start < 0:
        raise ValueError("a page before the first one")
    previous, following = Cursor(limit, number - 1, is_prev=True), Cursor(limit, number + 1)
    return _page(rows, start, limit, previous, following)


def absolute(rows: int, cursor: Cursor | None, limit: int) -> Page:
    """Page by row number, `0:100:0`: events, whose rows shift when new ones come in front."""
    start = cursor.offset if cursor else 0
    if start < 0:
        raise ValueError("a row before the first one")
    previous = Cursor(0, max(0, start - limit), is_prev=True)
    return _page(rows, start, limit, previous, Cursor(0, start + limit))


def keyset(key: Callable[[int], int]) -> Pager:
    """Page by the sort value of the next row and an offset among its ties, `<ms>:2:0`; `key` falls with the row."""

    def place(rows: int, value: int) -> int:
        return bisect_left(range(rows), -value, key=lambda row: -key(row))

    def cursor_at(rows: int, row: int, *, is_prev: bool) -> Cursor:
        if not rows:
            return Cursor(0, 0, is_prev)
        value = key(min(row, rows - 1))
        return Cursor(value, row - place(rows, value), is_prev)

    def pager(rows: int, cursor: Cursor | None, limit: int) -> Page:
        start = 0
        if cursor and cursor.value:
            start = min(place(rows, cursor.value) + max(cursor.offset, 0), rows)
        elif cursor:
            start = min(max(cursor.offset, 0), rows)
        if cursor and cursor.is_prev:
            start = max(0, start - limit)
        previous = cursor_at(rows, start, is_prev=True)
        return _page(rows, start, limit, previous, cursor_at(rows, min(start + limit, rows), is_prev=False))

    return pager


def _page(rows: int, start: int, limit: int, previous: Cursor, following: Cursor) -> Page:
    """Bound a page by the rows; a limit of -1, which 9.1.2 takes, ends the list."""
    stop = max(start, min(start + limit, rows))
    return Page(start, stop, previous, start > 0, following, limit >= 0 and start + limit < rows)


def solid(row: int, rows: int, ghosts: int) -> int:
    """Return the real row at or behind `row` of a list with `ghosts` in its middle."""
    return row if row < rows // 2 else max(rows // 2, row - ghosts)


def opaque(cursor: Cursor) -> str:
    """Write a cursor in base64 with at least one `=`, as some of Sentry's datasets do."""
    text = str(cursor)
    return base64.urlsafe_b64encode(text.rjust(len(text) + (-len(text) - 1) % 3, "0").encode()).decode()


def link_header(url: str, query: Iterable[tuple[str, str]], page: Page, write: Callable[[Cursor], str] = str) -> str:
    """Return both links, previous first. Of a repeated parameter the URL keeps the last, as Sentry's does."""
    kept = "&".join(f"{quote(name)}={quote(value)}" for name, value in dict(query).items() if name != "cursor")
    parts = (("previous", page.previous, page.has_previous), ("next", page.next, page.has_next))
    return ", ".join(
        f'<{url}?{kept}&cursor={quote(write(cursor), safe=":")}>; rel="{rel}"; results="{str(there).lower()}"; '
        f'cursor="{write(cursor)}"'
        for rel, cursor, there in parts
    )
