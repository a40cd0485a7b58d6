"""Pages by key, newest first: no row numbers, so nothing drifts, and a page looks at a part of the window only.

A page may be short or empty although more follow. The cursor is a token that holds `=`.
"""

import base64
from typing import Any, Final, NamedTuple

import orjson

from saas_sandbox.sentry.call import Call, Window
from saas_sandbox.sentry.errors import bad_request, invalid_cursor
from saas_sandbox.sentry.explore.question import Question, Sort, present
from saas_sandbox.sentry.explore.rows import in_order, ordered
from saas_sandbox.sentry.explore.sources import Place, Source, count, places

_NEWEST: Final = Sort("timestamp", falls=True)
_APPENDED: Final = ("timestamp_precise", "id")


class Token(NamedTuple):
    """Where a page begins: before the second `until`, and behind a row if `key` holds its sort values."""

    until: int
    key: list[Any]

    def __str__(self) -> str:
        """Write it in base64 with at least one `=`."""
        text = orjson.dumps(list(self))
        return base64.urlsafe_b64encode(text.ljust(len(text) + (-len(text) - 1) % 3)).decode()

    @classmethod
    def parse(cls, text: str) -> "Token":
        """Read it; 400 for anything else."""
        try:
            until, key = orjson.loads(base64.urlsafe_b64decode(text))
        except (ValueError, TypeError):
            raise invalid_cursor() from None
        return cls(until, key)


class Step(NamedTuple):
    """Rows of a page, and where the next one begins; `None` at the end of the window."""

    rows: list[Place]
    following: Token | None


def sorted_by_key(question: Question) -> Question:
    """Return the question in a total order: of logs, a lone `-timestamp` gets more keys. 400 for any other order."""
    if question.sorts == [_NEWEST] and all(name in question.dataset.columns for name in _APPENDED):
        added = {name: question.dataset.columns[name] for name in _APPENDED if name not in question.columns}
        question = question.with_columns(added, [_NEWEST, *(Sort(name, falls=True) for name in _APPENDED)])
    sorts = question.sorts
    total = sorts and sorts[0] == _NEWEST and sorts[-1].field == "id" and all(sort.falls for sort in sorts)
    if not total or question.aggregates:
        raise bad_request("Flex time needs plain columns, sorted by -timestamp first and -id last.")
    return question


def step(call: Call, question: Question, sources: list[Source], window: Window) -> Step:
    """Return the rows behind the cursor."""
    cursor = call.one("cursor")
    token = Token.parse(cursor) if cursor else Token(window.end, [])
    until = min(token.until, window.end)
    part = Window(max(window.start, until - call.settings.flex_hours * 3600), until)
    seen = _seen(question, sources, token) if token.key else 0
    stop = min(seen + question.limit, count(sources, *part))
    rows = ordered(sources, part, question, seen, stop)
    if len(rows) == question.limit:
        return Step(rows, Token(rows[-1].second + 1, _key(question, rows[-1])))
    return Step(rows, Token(part.start, []) if part.start > window.start else None)


def _seen(question: Question, sources: list[Source], token: Token) -> int:
    """Return how many rows of the token's second were on pages before."""
    key = [present(value) for value in token.key]
    last = in_order(question, places(sources, token.until - 1, token.until))
    return sum([present(value) for value in _key(question, place)] >= key for place in last)


def _key(question: Question, place: Place) -> list[Any]:
    return [question.columns[sort.field].value(place.made_of) for sort in question.sorts]
