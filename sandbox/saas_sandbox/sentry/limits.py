"""Rate limits of the hosted Sentry: fixed windows aligned to the epoch, and a bound on requests in flight."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from saas_sandbox.sentry.errors import ApiError


@dataclass(frozen=True)
class Limit:
    """`count` requests per `window` seconds, `concurrent` at once."""

    count: int
    window: int
    concurrent: int = 25

    def scaled(self, factor: float) -> "Limit":
        """Scale count and window alike; no window is under a second, since Reset comes in whole seconds."""
        window = max(1, round(self.window * factor))
        return Limit(max(1, round(self.count * window / self.window)), window, self.concurrent)


DEFAULT: Final = Limit(40, 1)
LIMITS: Final = {
    "events": Limit(60, 60, concurrent=1),
    "project_issues": Limit(5, 1),
    "members": DEFAULT,
    "keys": DEFAULT,
    "releases": DEFAULT,
}
"""Endpoints with a budget of their own (per caller); all others share the group `default`."""


@dataclass(frozen=True)
class Ticket:
    """A counted request: what its headers say, and what to give back at its end."""

    bucket: tuple[str, str]
    headers: dict[str, str]


class Limiter:
    """Counts requests per group and caller."""

    def __init__(self) -> None:
        """Start with nothing used."""
        self.used: Counter[str] = Counter()
        self.refused = 0
        self._in_flight: Counter[tuple[str, str]] = Counter()
        self._windows: dict[tuple[str, str], tuple[int, int]] = {}

    def enter(self, endpoint: str, caller: str, factor: float) -> Ticket:
        """Count a request in; 429 when its window or the bound on requests in flight is full."""
        group = endpoint if endpoint in LIMITS else "default"
        limit, bucket = LIMITS.get(group, DEFAULT).scaled(factor), (group, caller)
        window = int(time.time()) // limit.window
        seen, used = self._windows.get(bucket, (window, 0))
        used = used + 1 if seen == window else 1
        self._windows[bucket] = (window, used)
        self.used[group] += 1
        running = self._in_flight[bucket]
        reset = (window + 1) * limit.window
        headers = limit_headers(limit, limit.count - used, reset, limit.concurrent - running - 1)
        if used > limit.count:
            raise self._refusal(too_many(limit), headers)
        if running >= limit.concurrent:
            raise self._refusal(too_many_at_once(limit), headers)
        self._in_flight[bucket] += 1
        return Ticket(bucket, headers)

    def leave(self, ticket: Ticket) -> None:
        """Count a request out."""
        self._in_flight[ticket.bucket] -= 1

    def _refusal(self, detail: str, headers: dict[str, str]) -> ApiError:
        self.refused += 1
        return ApiError(429, {"detail": detail}, headers)


def too_many(limit: Limit) -> str:
    """Say that a window is full, in Sentry's words."""
    return (
        "You are attempting to use this endpoint too frequently. "
        f"Limit is {limit.count} requests in {limit.window} seconds"
    )


def too_many_at_once(limit: Limit) -> str:
    """Say that too many requests are in flight."""
    return (
        "You are attempting to go above the allowed concurrency for this endpoint. "
        f"Concurrency limit is {limit.concurrent}"
    )


def limit_headers(limit: Limit, remaining: int, reset: int, concurrent_remaining: int = 0) -> dict[str, str]:
    """Return the headers; `reset` is the end of the window in seconds since 1970."""
    values = {
        "Limit": limit.count,
        "Remaining": max(0, remaining),
        "Reset": reset,
        "ConcurrentLimit": limit.concurrent,
        "ConcurrentRemaining": max(0, concurrent_remaining),
    }
    return {f"X-Sentry-Rate-Limit-{name}": str(value) for name, value in values.items()}
