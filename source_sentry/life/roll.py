"""What the server says of issues that are asked for by id, once a sync for all streams."""

import threading
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from source_sentry import errors
from source_sentry.handler import SentryErrorHandler
from source_sentry.life.known import Entry
from source_sentry.paging import LinkHeaderPagination
from source_sentry.server import Server
from sourcewright.components.handler import nothing
from sourcewright.components.runtime import Row
from sourcewright.http.errors import quoted
from sourcewright.http.pages import page_of
from sourcewright.log import logger

HUNDRED: Final = 100
"""Issues of a request, whose address then has some 1.8 kB."""
LEAVING: Final = frozenset({"pending_deletion", "deletion_in_progress", "pending_merge"})
"""Statuses of issues that the server still has, though it does not show them."""
_MERGING: Final = "pending_merge"
_PROBE: Final = 2
_SOME: Final = 10
"""Issues that do not all vanish before any of them was answered for."""
_MOST_CLOSED: Final = 20
"""Issues that are searched for in refused hundreds, each for up to 14 requests; further hundreds stay as they are."""
_REFUSALS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


class NotByIdError(Exception):
    """The server ignores or refuses ids in its list of issues."""


@dataclass
class Roll:
    """Answers to `group=1&group=2…`, each id asked once a sync, whichever stream needs it first."""

    ask: Callable[..., list[Row]]
    """Reads a definition with settings of its own, and keeps the named fields."""
    server: Server
    refusal: int = 0
    """Status of the last answer, if it was a refusal; GroupHandler sets it."""
    _answers: dict[str, Entry | None] = field(default_factory=dict)
    _undecided: set[str] = field(default_factory=set)
    _found_closed: int = 0
    _knows_ids: bool = True
    _has_answered: bool = False
    """Whether an issue that was asked for has come."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def knows_ids(self) -> bool:
        """Whether nothing is known to the contrary: the first request tells."""
        return self._knows_ids and not self.server.is_old

    def look_up(self, issues: Iterable[str]) -> dict[str, Entry | None]:
        """Each of `issues` that the server answered for, None where it is missing.

        Not those closed to the token, nor those whose merge is under way: they are neither there nor missing.

        Raises:
            NotByIdError: The server does not know ids.

        """
        wanted = list(dict.fromkeys(issues))
        with self._lock:
            if not self.knows_ids:
                raise NotByIdError
            new = [issue for issue in wanted if issue not in self._answers and issue not in self._undecided]
            first = 0 if self._answers else _PROBE
            for hundred in filter(None, [new[:first], *hundreds(new[first:])]):
                self._ask(hundred)
            return {issue: self._answers[issue] for issue in wanted if issue in self._answers}

    def _ask(self, issues: Sequence[str]) -> None:
        self.refusal = 0
        rows = self.ask("issues_by_id", "id", "projectId", "digest", "status", group=list(issues))
        if self.refusal == HTTPStatus.FORBIDDEN:
            self._search(issues)
            return
        found = {str(row.get("id")): row for row in rows}
        self._judge(found.keys(), set(issues))
        for issue in issues:
            row = found.get(issue, {"status": ""})
            if row.get("status") == _MERGING:
                self._undecided.add(issue)
            elif issue in found and row.get("status") not in LEAVING:
                self._answers[issue] = Entry(str(row["projectId"]), str(row["digest"]))
            else:
                self._answers[issue] = None

    def _judge(self, found: AbstractSet[str], asked: AbstractSet[str]) -> None:
        """Find out whether the server takes notice of ids: one that was not asked for came, or none of many that were.

        Once it has answered by id, a survivor may stand in for a merged issue.
        """
        is_foreign = not found <= asked and not (self._has_answered and found & asked)
        is_silent = not found and not self._has_answered and len(asked) >= _SOME
        self._knows_ids = not (self.refusal or is_foreign or is_silent)
        if not self._knows_ids:
            raise NotByIdError
        self._has_answered |= bool(found)

    def _search(self, issues: Sequence[str]) -> None:
        """Find the issues that are closed to the token, one of which refuses all that are asked for with it."""
        if len(issues) == 1 or self._found_closed >= _MOST_CLOSED:
            if not self._found_closed:
                logger.warning("Some issues are closed to the token now. They stay as they were, and are not deleted.")
            self._found_closed += 1
            self._undecided.update(issues)
            if len(issues) > 1:
                logger.warning("Skipped: %d issues, some of which are closed to the token.", len(issues))
            return
        middle = len(issues) // 2
        for half in (issues[:middle], issues[middle:]):
            self._ask(half)


def hundreds(issues: Sequence[str]) -> list[Sequence[str]]:
    """Parts of at most a hundred."""
    return [issues[first : first + HUNDRED] for first in range(0, len(issues), HUNDRED)]


@dataclass
class GroupHandler(SentryErrorHandler):
    """A refusal of ids -> the roll hears of it, and halves them or does without."""

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        if response.status_code not in _REFUSALS:
            return super().judge_refusal(response)
        self.config["roll"].refusal = response.status_code
        return nothing(quoted(errors.detail(response)))


@dataclass
class GroupPagination(LinkHeaderPagination):
    """Pages of issues that were asked for by id, up to one that is full: a server that ignores ids has many of them."""

    unpaged: bool = True

    @override
    def next_token(self, response: requests.Response, stream_slice: StreamSlice | None) -> str | None:
        return (
            None if page_of(response).count >= len(self.config["group"]) else super().next_token(response, stream_slice)
        )
