"""From one page to the next, as the answer says, and again where entries are missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sigma.pages import SigmaPage
from source_sigma.walks import SigmaWalk
from sourcewright.http.errors import place
from sourcewright.http.pages import page_of
from sourcewright.http.paging import TokenPagination, read_again
from sourcewright.http.redirects import asked_parameters
from sourcewright.http.walks import PageToken
from sourcewright.log import is_logged, logger

_ROW: Final = re.compile(r"\d{1,15}", re.ASCII)


@dataclass
class NextToken(TokenPagination):
    """Answer -> the token of the page after it; none is the end, whatever the number of entries.

    A token that is the number of the next row does not stay at its row when rows before it vanish. So that page begins
    with the last row of this one (`99` for `100`). Where it does not, or fewer entries came than a page has said, the
    list is read again.
    """

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._short = 0

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        page = page_of(response)
        if not isinstance(page, SigmaPage) or not isinstance(walk := page.walk, SigmaWalk):
            return None
        walk.is_read_again |= walk.is_gap
        if page.next_token is not None:
            overlaps = page.count > 1 and page.next_token == str(_first_row(response) + page.count)
            cursor = str(int(page.next_token) - 1) if overlaps else page.next_token
            return PageToken.of(walk, cursor, overlaps=overlaps)
        walk.is_read_again |= walk.came < walk.total
        again = read_again(walk, response)
        if again is None:
            self._require_all(page, walk, response)
        return again

    def _require_all(self, page: SigmaPage, walk: SigmaWalk, response: requests.Response) -> None:
        """Tell of a list that ends before all of it came; an error where there is no doubt of it."""
        is_short = page.total is not None and page.total > walk.came
        if not (is_short or page.has_more):
            return
        total = "more" if page.total is None else f"{page.total} in all"
        if page.count >= _most_rows(response) or (page.has_more and (is_short or page.total is None)):
            raise AirbyteTracedException(
                message=f"{place(response)} ended after {walk.came} entries, with no token of a next page, and says "
                f"that there are {total}. A proxy in front of Sigma may change its answers. The next sync reads this "
                "list again.",
                failure_type=FailureType.transient_error,
            )
        self._short += is_short
        if is_short and is_logged(self._short):
            logger.warning(
                "%s says that there are %s, and %d entries came, as often as it was read: the others may be missing.",
                place(response),
                total,
                walk.came,
            )


def _first_row(response: requests.Response) -> int:
    """Number of the row at which `response` begins, if its token is one: 100 for `page=100`, 0 for the first page."""
    token = _asked(response, "page")
    return int(token) if _ROW.fullmatch(token) else 0


def _most_rows(response: requests.Response) -> int:
    """Number of entries that were asked for; 1 where any number may come."""
    return int(_asked(response, "limit") or _asked(response, "pageSize") or 1)


def _asked(response: requests.Response, name: str) -> str:
    return asked_parameters(response).get(name, [""])[0]
