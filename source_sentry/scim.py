"""Paging of Sentry's SCIM lists, which have no Link header and no order of dates."""

from dataclasses import dataclass

import requests
from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from source_sentry.pages import SentryPage
from sourcewright.http.pages import page_of
from sourcewright.http.paging import TokenPagination, read_again
from sourcewright.http.redirects import asked_parameters
from sourcewright.http.walks import PageToken


@dataclass
class ScimPagination(TokenPagination):
    """{"totalResults": 230, "startIndex": 101, "itemsPerPage": 100} -> `200`; an empty or the last page -> the end.

    The server decides how many come, whatever `count` asks for. The next page begins with the last row of this one;
    where it does not, rows vanished meanwhile, and the list is read again.
    """

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        page = page_of(response)
        if not isinstance(page, SentryPage):
            return None
        walk = page.walk
        walk.is_read_again |= walk.is_gap
        first, total = _asked_first(response), page.envelope.get("totalResults")
        following = first + page.count
        # A total that is none leaves the end of the list to an empty page
        is_last = isinstance(total, int) and first <= total < following
        if not page.count or is_last or walk.is_confirmed:
            return read_again(walk, response)
        overlaps = walk.has_keys and page.count > 1
        return PageToken.of(walk, str(following - overlaps), overlaps=overlaps)


def _asked_first(response: requests.Response) -> int:
    """Number of the row at which `response` begins, as it was asked for."""
    return int(asked_parameters(response).get("startIndex", ["1"])[0])
