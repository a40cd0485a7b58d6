"""Links of Sentry's lists to their next page: `<…>; rel="next"; results="true"; cursor="0:100:0"`."""

import re
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.http.errors import place, quoted
from sourcewright.http.redirects import asked_parameters

FIRST_DATE: Final = 10**12
"""From here on a number in a cursor is a date in milliseconds."""
_LINK: Final = re.compile("<([^>]*)>([^<]*)")
_ATTRIBUTE: Final = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""")
_ANSWERS: Final = ("true", "false")
_FULL_EVENTS: Final = 10
"""Rows of a page of events with `full`, whatever is asked for."""


class Following(NamedTuple):
    """Where the next page begins: `0:200:0` after a page of 100 rows that was asked for with `0:100:0`."""

    cursor: str | None
    """The server's cursor; None at the end of the list."""
    start: int = 0
    """What rows are counted from: 0 for the start of the list, a date in milliseconds for the first of that date."""
    row: int = 0
    """Number of the row from there, in a list that is paged by it."""
    rows: int = 0
    """Rows of this page as the server counts them, in such a list."""
    is_numbered: bool = False
    """Whether the cursor is a number of pages."""

    @classmethod
    def of(cls, response: requests.Response, count: int) -> Self:
        """What follows `response`, a page of `count` rows; Sentry may have left out some after it counted them."""
        cursor = next_cursor(response)
        start, offset = numbers(cursor)
        most = 2 * max(count, _size(response))
        if start >= FIRST_DATE:
            return cls(cursor, start, offset)
        if start == 0:
            rows = offset - first_row(response)[1]
            return cls(cursor, row=offset, rows=rows) if 0 < rows <= most else cls(cursor)
        return cls(cursor, is_numbered=offset > 0 and 0 < start <= most)


def next_cursor(response: requests.Response) -> str | None:
    """Cursor of the page after `response`, None at the end; a page without a Link header is the last one."""
    link = _next_link(response)
    if link.get("results", "").lower() != "true":
        return None
    cursor = link.get("cursor") or _cursor_in(link.get("url", ""))
    if not cursor:
        raise AirbyteTracedException(
            message=f"The Link header of {place(response)} names a next page without a cursor, so it cannot be asked "
            f"for: {quoted(response.headers['Link'])}. A proxy in front of Sentry may change it. The next sync reads "
            "this list again.",
            failure_type=FailureType.transient_error,
        )
    return cursor


def _next_link(response: requests.Response) -> dict[str, str]:
    """Attributes and `url` of the first link to a next page that says whether there is one: a proxy may add others."""
    for url, written in _LINK.findall(response.headers.get("Link", "")):
        # The parser of requests loses what has "=" in it, as base64 does
        link = {name.lower(): value or bare for name, value, bare in _ATTRIBUTE.findall(written)}
        if link.get("rel") == "next" and link.get("results", "").lower() in _ANSWERS:
            return {**link, "url": url}
    return {}


def _cursor_in(url: str) -> str | None:
    try:
        return parse_qs(urlsplit(url).query.replace("+", "%2B")).get("cursor", [None])[0]
    except ValueError:
        return None


def numbers(cursor: str | None) -> tuple[int, int]:
    """`100:1:0` -> (100, 1); what is not of this form -> (-1, 0)."""
    found = re.fullmatch(r"(\d{1,18}):(\d{1,18}):0", cursor or "")
    return (int(found[1]), int(found[2])) if found else (-1, 0)


def first_row(response: requests.Response) -> tuple[int, int]:
    """What rows are counted from, and the number of the one at which `response` begins: (0, 100) for `0:100:0`."""
    start, row = numbers(asked_parameters(response).get("cursor", [""])[0])
    return (start, row) if start == 0 or start >= FIRST_DATE else (0, 0)


def _size(response: requests.Response) -> int:
    """Rows of a full page, as they were asked for; 0 if that was left to the server."""
    asked = asked_parameters(response)
    sizes = [int(asked[name][0]) for name in ("per_page", "limit") if asked.get(name, [""])[0].isdigit()]
    return min(sizes + [_FULL_EVENTS] * ("full" in asked)) if sizes else 0


def require_link(response: requests.Response, count: int) -> None:
    """Refuse a full page that does not say whether more follow."""
    if not _next_link(response) and 0 < _size(response) <= count:
        header = f"with the Link header {quoted(response.headers['Link'])}" if "Link" in response.headers else None
        raise AirbyteTracedException(
            message=f"{place(response)} answered with {count} rows, a full page, and "
            f"{header or 'without a Link header'}, which does not say whether more follow. A proxy in front of Sentry "
            "may take it out or change it: let it pass. The next sync reads this list again.",
            failure_type=FailureType.transient_error,
        )
