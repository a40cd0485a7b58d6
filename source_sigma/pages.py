"""The three shapes of an answer, what in them are records, and where the next page is.

    {"entries": [...], "nextPage": "50"}         the next request has page=50
    {"entries": [...], "nextPageToken": "x.y"}   the next request has pageToken=x.y
    [...]                                        everything at once, and parameters are an error

Both tokens are opaque: `page` looks like a number on most lists, but it is where the server stopped, so the first
request has none and the following ones have what the answer before said, letter by letter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sigma.walks import SigmaWalk, is_error
from sourcewright.http.errors import place
from sourcewright.http.pages import OBJECT, Page, PageExtractor, PageSlots, page_of
from sourcewright.http.walks import PageToken, Walk
from sourcewright.log import is_logged, logger
from sourcewright.validation import shorten

ENTRIES: Final = "entries"
ARRAY: Final = "array"
_TOKENS: Final = ("nextPage", "nextPageToken")


class SigmaPage(Page):
    """A decoded answer, its envelope opened: {"entries": [a, b], "nextPage": "x"} -> [a, b], next token `x`."""

    def __init__(self, body: bytes, slots: PageSlots, fields: Sequence[str] | None = None) -> None:
        super().__init__(body, slots, fields)
        self.next_token: str | None = None
        self.total: int | None = None
        """How many entries the whole list has, as far as the answer says."""
        self.has_more = False
        """Whether the answer says that others follow, beside its token."""
        self._enveloped = False
        self._is_odd_token = False
        content = self.content
        if isinstance(content, dict) and isinstance(content.get("entries"), list):
            self._open(content)

    def _open(self, envelope: Mapping[str, Any]) -> None:
        token = next((envelope[name] for name in _TOKENS if envelope.get(name) not in (None, "", False)), None)
        self._is_odd_token = token is True or not isinstance(token, str | int | None)
        self.next_token = None if token is None else str(token)
        total = envelope.get("total")
        self.total = total if isinstance(total, int) and not isinstance(total, bool) else None
        self.has_more = envelope.get("hasMore") is True
        self._enveloped = True
        self.content = envelope["entries"]

    @override
    def has_shape(self, shape: str) -> bool:
        """Whether this is an `object`, an `array` or `entries`, as some lists came in bare arrays until June 2026."""
        if shape == OBJECT:
            return super().has_shape(shape) and not is_error(self.content)
        return isinstance(self.content, list) and not self._is_odd_token and (shape == ENTRIES or not self._enveloped)

    @override
    def join(self, walk: Walk, token: PageToken | None) -> None:
        walk = walk if isinstance(walk, SigmaWalk) else SigmaWalk(walk.key)
        walk.total = max(walk.total, self.total or 0)
        super().join(walk, token)


@dataclass
class EntriesExtractor(PageExtractor):
    """Answer -> its records: without null and error entries, and with text entries as {text_field: text}."""

    parameters: InitVar[Mapping[str, Any]]
    name: str = ""
    text_field: str = ""
    """What to call entries that are texts; none but the list with this field has any."""

    is_partial: bool = False
    """Whether error entries are an answer too: the API describes them for what a member has lost since."""

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Count what is dropped."""
        self._dropped = 0

    @override
    def extract_records(self, response: requests.Response) -> Iterable[Mapping[str, Any]]:
        """Yield the records.

        Raises:
            AirbyteTracedException: `transient_error`: there are several entries, and none is a record.

        """
        page, found = page_of(response), 0
        others: list[str] = []
        entries: Iterable[Any] = super().extract_records(response)
        for entry in entries:
            record = {self.text_field: entry} if isinstance(entry, str) and self.text_field else entry
            if isinstance(record, dict) and not is_error(record):
                found += 1
                yield record
            else:
                self._drop(entry, response)
                others += [] if self.is_partial and isinstance(entry, dict) else [_describe(entry)]
        if len(others) > 1 and not found and page.count == page.new:
            raise AirbyteTracedException(
                message=f"What {place(response)} sent for stream `{self.name}` has no record, but {len(others)} "
                f"entries such as {others[0]}: it is another answer than that.",
                failure_type=FailureType.transient_error,
            )

    def _drop(self, entry: object, response: requests.Response) -> None:
        """Leave out an entry; of the warnings, only those that `is_logged` lets through."""
        self._dropped += 1
        if is_logged(self._dropped):
            logger.warning(
                "Dropped: entry %d of stream `%s` that is not a record, from %s: %s",
                self._dropped,
                self.name,
                place(response),
                _describe(entry),
            )


def _describe(entry: object) -> str:
    """What an entry is that is no record, in Sigma's words for an error, and else without what it says."""
    if isinstance(entry, dict):
        return f"{shorten(entry['message'])} ({shorten(entry['code'])})"
    return "null" if entry is None else f"a value of type {type(entry).__name__}"
