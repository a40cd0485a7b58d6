"""The three shapes of an answer, what in them are records, and where the next page is.

    {"entries": [...], "nextPage": "50"}         the next request has page=50
    {"entries": [...], "nextPageToken": "x.y"}   the next request has pageToken=x.y
    [...]                                        everything at once, and parameters are an error

Both tokens are opaque: `page` looks like a number on most lists, but it is where the server stopped, so the first
request has none and the following ones have what the answer before said, letter by letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass
from typing import Any, Final

import requests
from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from sourcewright.http.errors import place
from sourcewright.http.pages import OBJECT, Page, PageExtractor, PageSlots, page_of
from sourcewright.http.paging import TokenPagination
from sourcewright.log import is_logged, logger

ENTRIES: Final = "entries"
ARRAY: Final = "array"
_TOKENS: Final = ("nextPage", "nextPageToken")


class SigmaPage(Page):
    """A decoded answer, its envelope opened: {"entries": [a, b], "nextPage": "x"} -> [a, b], next token `x`."""

    def __init__(self, body: bytes, slots: PageSlots) -> None:
        super().__init__(body, slots)
        self.next_token: str | None = None
        self._enveloped = False
        content = self.content
        if isinstance(content, dict) and isinstance(content.get("entries"), list):
            token = next((content[name] for name in _TOKENS if content.get(name) not in (None, "")), None)
            self.next_token = None if token is None else str(token)
            self._enveloped = True
            self.content = content["entries"]

    @override
    def has_shape(self, shape: str) -> bool:
        """Whether this is an `object`, an `array` or `entries`, as some lists came in bare arrays until June 2026."""
        if shape == OBJECT:
            return super().has_shape(shape) and not is_error(self.content)
        return isinstance(self.content, list) and (shape == ENTRIES or not self._enveloped)


def is_error(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is {"code", "message", "requestId"}, which stands in lists for what cannot be shown."""
    return "id" not in entry and {"code", "message"} <= entry.keys()


@dataclass
class EntriesExtractor(PageExtractor):
    """Answer -> its records: without null and error entries, and with text entries as {text_field: text}."""

    parameters: InitVar[Mapping[str, Any]]
    name: str = ""
    text_field: str = ""
    """What to call entries that are texts; none but the list with this field has any."""

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Count what is dropped."""
        self._dropped = 0

    @override
    def extract_records(self, response: requests.Response) -> Iterable[Mapping[str, Any]]:
        entries: Iterable[Any] = super().extract_records(response)
        for entry in entries:
            if isinstance(entry, str) and self.text_field:
                yield {self.text_field: entry}
            elif not isinstance(entry, dict) or is_error(entry):
                self._drop(entry, response)
            else:
                yield entry

    def _drop(self, entry: object, response: requests.Response) -> None:
        """Leave out an entry; of the warnings, only those that `is_logged` lets through."""
        self._dropped += 1
        if is_logged(self._dropped):
            logger.warning(
                "Dropped: entry %d of stream `%s` that is not a record, from %s: %s",
                self._dropped,
                self.name,
                place(response),
                f"{entry['message']} ({entry['code']})" if isinstance(entry, dict) else repr(entry),
            )


@dataclass
class NextToken(TokenPagination):
    """Answer -> the token of the page after it; None where it has none, whatever its number of entries."""

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        page = page_of(response)
        return page.next_token if isinstance(page, SigmaPage) else None
