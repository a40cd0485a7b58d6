"""Rate limits of the hosted Sentry: fixed windows aligned to the epoch, and a bound on requests in flight."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from saas_sandbox.common.errors import ApiError


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
    "default": DEFAULT,
    "events": Limit(60, 60, concurrent=1),
    "explore": Limit(30, 1, concurrent=15),
    "project_issues": Limit(5, 1),
    "project_users": Limit(5, 60),
    "tag_values": Limit(10, 1, concurrent=5),
    "members": DEFAULT,
    "keys": DEFAULT,
    "releases": DEFAULT,
    "issue_tags": Limit(10, 1, concurrent=5),
    "issue_tag_values": Limit(10, 1, concurrent=5),
}
"""The budgets of each caller by name; endpoints that name none share `default`."""


class Limiter:
    """Counts requests per group and caller."""

    def __init__(self) -> None:
        """Start with nothing used."""
        self.used: Counter[str] = Counter()
        self._in_flight: Counter[tuple[str, str]] = Counter()
        self._windows: dict[tuple[str, str], tuple[int, int]] = {}

    @contextmanager
    def counted(self, budget: str, caller: str, factor: float) -> Iterator[dict[str, str]]:
        """Count a request in and out, and yield the headers of its answer.

        429 when its window or the bound on requests in flight is full.
        """
        limit, bucket = LIMITS[budget].scaled(factor), (budget, caller)
        headers = self._enter(limit, bucket)
        self._in_flight[bucket] += 1
        try:
            yield headers
        finally:
            self._in_flight[bucket] -= 1

    def _enter(self, limit: Limit, bucket: tuple[str, str]) -> dict[str, str]:
        window = int(time.time()) // limit.window
        seen, used = self._windows.get(bucket, (window, 0))
        used = used + 1 if seen == window else 1
        self._windows[bucket] = (window, used)
        self.used[bucket[0]] += 1
        running = self._in_flight[bucket]
        reset = (window + 1) * limit.window
        headers = limit_headers(limit, limit.count - used, reset, limit.concurrent - running - 1)
        if used > limit.count:
            raise ApiError(429, {"detail": too_many(limit)}, headers)
        if running >= limit.concurrent:
            raise ApiError(429, {"detail": too_many_at_once(limit)}, headers)
        return headers


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
