"""Paging by tokens that each page has for the next one."""

import threading
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.paginators.strategies.pagination_strategy import PaginationStrategy
from airbyte_cdk.sources.types import Config, Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright.http.errors import place
from sourcewright.http.pages import has_page, page_of
from sourcewright.http.walks import PageToken, Walk
from sourcewright.log import logger

_MOST_ROUNDS: Final = 5
"""Times that a list that changes is read again."""
_MOST_IDLE: Final = 500
"""Pages without a new row, one after the other: Sentry counts rows, thousands at times, that it leaves out."""


@dataclass
class TokenPagination(PaginationStrategy):
    """Answer -> the token of the page after it, as `next_token` of the subclass finds it; never in a circle."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Keep the tokens seen for each thread: one thread reads one list from its first page to its last."""
        self._seen = threading.local()

    @abstractmethod
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        """Token of the page after `response`; None at the end."""

    @property
    @override
    def initial_token(self) -> None:
        return None

    @override
    def get_page_size(self) -> None:
        return None

    @override
    def next_page_token(  # the engine passes all of it by name
        self,
        response: requests.Response,
        last_page_size: int,
        last_record: Record | None,
        last_page_token_value: Any | None = None,
        page_size_override: int | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> str | None:
        token = self.next_token(response, stream_slice)
        if token is not None:
            self._forbid_repetition(response, token, last_page_token_value)
            _forbid_idling(response)
        return token

    def _forbid_repetition(self, response: requests.Response, token: str, previous: str | None) -> None:
        """End with an error instead of reading the same pages for ever."""
        seen: set[str] = self._seen.__dict__.setdefault("tokens", set())
        if previous is None:
            seen.clear()
        if token in seen:
            raise AirbyteTracedException(
                message=f"The paging of {place(response)} turns in a circle: `{token}` came a second time. Nothing was "
                "skipped; the next sync reads this part again.",
                failure_type=FailureType.transient_error,
            )
        seen.add(token)


def _forbid_idling(response: requests.Response) -> None:
    """End with an error instead of reading for ever what has no end."""
    walk = page_of(response).walk if has_page(response) else Walk()
    if (idle := walk.idle) >= _MOST_IDLE + walk.expected:  # a list that is read again has nothing new
        raise AirbyteTracedException(
            message=f"The list at {place(response)} has no end: {idle} pages, one after the other, had no new row, and "
            "still say that more follow. A proxy in front of the API may change the answers. The next sync reads this "
            "list again.",
            failure_type=FailureType.transient_error,
        )


def read_again(walk: Walk, response: requests.Response) -> PageToken | None:
    """The first page again, until a reading of the whole list finds no row that was not known; None where none has to.

    A list that changes all the time is given up with a WARN.
    """
    if not (walk.is_read_again and walk.knows_all) or (walk.rounds and not walk.fresh):
        return None
    if walk.rounds == _MOST_ROUNDS:
        logger.warning(
            "The list at %s changed each of the %d times that it was read: rows of it may be missing until the next "
            "sync.",
            place(response),
            walk.rounds + 1,
        )
        return None
    walk.begin_again()
    return PageToken.of(walk, "", parameters={})
