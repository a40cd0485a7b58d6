"""The search terms of Sentry's lists of issues."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.sentry.data.issues import Issue
from saas_sandbox.sentry.errors import bad_request
from saas_sandbox.sentry.moments import parse, parse_period


@dataclass(frozen=True)
class Candidate:
    """An issue and when it was seen first and last, in microseconds."""

    issue: Issue
    first_seen: int
    last_seen: int


Condition = Callable[[Candidate], bool]

DEFAULT_QUERY: Final = "is:unresolved"
_TERM: Final = re.compile(r'(?:([\w.]+):)?("[^"]*"|\S+)')
_COMPARISON: Final = re.compile(r"(>=|<=|>|<|=)?(.+)")
_STATES: Final = ("resolved", "unresolved", "ignored", "archived")
_AROUND: Final = (-300 * SECOND, 360 * SECOND)  # what a moment without an operator stands for
_FIRST: Final = ("firstSeen", "first_seen")
_LAST: Final = ("lastSeen", "last_seen")


@dataclass(frozen=True)
class Search:
    """All conditions must hold; feedback issues stay hidden unless a term names categories."""

    conditions: list[Condition]
    names_category: bool

    def matches(self, candidate: Candidate) -> bool:
        """Whether the issue is found."""
        return all(condition(candidate) for condition in self.conditions)


def parse_search(query: str | None, now: int, *, old: bool) -> Search:
    """Read a query; without one it is `is:unresolved`. 400 for a term that Sentry refuses.

    Moments are compared by the second, on 9.1.2 by the millisecond.
    """
    terms = [(key or "", value.strip('"')) for key, value in _TERM.findall(DEFAULT_QUERY if query is None else query)]
    conditions = [_condition(key, value, now, old=old) for key, value in terms]
    return Search(conditions, any(key == "issue.category" for key, _ in terms))


def _condition(key: str, value: str, now: int, *, old: bool) -> Condition:
    if key == "is":
        return _state(value)
    if key in (*_FIRST, *_LAST):
        return _seen(key in _FIRST, value, now, old=old)
    if key == "level":
        return lambda candidate: candidate.issue.level == value
    if key == "issue.category":
        wanted = value.strip("[]").split(",")
        return lambda candidate: ("feedback" if candidate.issue.feedback else "error") in wanted
    if key:
        return lambda _: False  # an unknown key is a tag that no event has
    return lambda candidate: value.lower() in candidate.issue.title.lower()


def _state(value: str) -> Condition:
    if value in ("unassigned", "assigned"):
        return lambda candidate: candidate.issue.is_assigned == (value == "assigned")
    if value not in _STATES:
        raise bad_request(f"invalid value for is: {value}")
    status = "ignored" if value == "archived" else value
    return lambda candidate: candidate.issue.status == status


def _seen(is_first: bool, value: str, now: int, *, old: bool) -> Condition:  # noqa: FBT001 - which of the two fields
    low, high = _bounds(value, now, SECOND if not old else 1000, old=old)

    def condition(candidate: Candidate) -> bool:
        moment = candidate.first_seen if is_first else candidate.last_seen
        return low <= moment < high

    return condition


def _bounds(value: str, now: int, unit: int, *, old: bool) -> tuple[int, int]:
    """Return the moments `low <= moment < high` that a term admits, in whole units of the server's resolution."""
    endless = now + 10_000 * DAY
    match = _COMPARISON.fullmatch(value)
    operator, text = (match[1], match[2]) if match else (None, value)
    period = parse_period(text[1:]) if text[:1] in ("-", "+") and not operator else None
    if period is not None:
        return (now - period, endless) if text[0] == "-" else (0, now - period)
    moment = None if text.isdigit() or (old and "+" in text) else parse(text)
    if moment is None:
        raise bad_request(f"Your search query could not be parsed: {text} is not a valid datetime query")
    if operator is None:
        return (moment, moment + DAY) if "T" not in text else (moment + _AROUND[0], moment + _AROUND[1])
    begin = moment // unit * unit
    return {
        ">=": (begin, endless),
        ">": (begin + unit, endless),
        "<": (0, begin),
        "<=": (0, begin + unit),
        "=": (begin, begin + unit),
    }[operator]
