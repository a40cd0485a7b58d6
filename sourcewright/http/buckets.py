"""One budget of a server, as its answers describe it.

`…-Limit` and `…-Remaining` count the requests of a fixed window that ends at `…-Reset` (UTC epoch seconds);
`…-ConcurrentLimit` says how many may be in flight at once. Any of them may be missing, or `None`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import requests

_MARGIN: Final = 0.02
"""Seconds after a reset before the next window is used: clocks are not read to the millisecond."""
_SERVER_ERROR: Final = 500
_SAME: Final = 0.5
"""Resets are whole seconds; those less far apart are of one window."""


@dataclass(eq=False)
class Bucket:
    """One budget of the server, as far as this process knows it."""

    prefix: str
    """Beginning of the headers' names."""
    known: bool = False
    """Whether an answer has shown if there are limits; until then one request is in flight at a time."""
    limit: int | None = None
    concurrency: int | None = None
    reset: float = 0.0
    """End of the current window in seconds of the local clock; 0 until an answer of the window has it."""
    clock_skew: float = 0.0
    """Seconds by which the local clock was seen to be ahead of the server's."""
    in_flight: int = 0
    used: int = 0
    """Requests that the server has counted in the current window."""
    answered: int = 0
    """Requests of this bucket that the server has answered in the current window."""
    foreign_requests: int = 0
    """Requests counted in the current window that this bucket certainly did not send."""
    held_until: float = 0.0
    """When a 429 said that the next request may come."""

    def wait(self, now: float) -> float | None:
        """Seconds until a request may be sent: 0 for now, None for when one that is in flight has ended."""
        if self.in_flight >= ((self.concurrency or 2**31) if self.known else 1):
            return None
        if self.reset and now >= self.reset:
            self._open(0.0)
        if now < self.held_until:
            return self.held_until - now
        # Requests in flight may be counted in this window or in the last one
        if self.limit is None or self.used + self.in_flight < self.limit:
            return 0.0
        if self.reset:
            return self.reset - now
        return None if self.in_flight else 0.0

    def learn(self, answer: requests.Response, now: float) -> None:
        """Take over the limits of an answer; one without headers, if it is no failure, means that there are none."""
        names = ("Limit", "Remaining", "Reset", "ConcurrentLimit")
        limit, remaining, reset, concurrency = (_number(answer.headers, self.prefix + name) for name in names)
        self.concurrency = concurrency or self.concurrency
        self.limit = limit or self.limit
        is_failure = answer.status_code == requests.codes.too_many_requests or answer.status_code >= _SERVER_ERROR
        self.known = self.known or not is_failure or self.limit is not None
        if reset is None:
            return
        ends = reset + self.clock_skew + _MARGIN
        if answer.status_code == requests.codes.too_many_requests and not remaining:
            if ends <= now:
                self.clock_skew = now - reset
                ends = now + 1  # the real end is unknown
            self.held_until = ends
        if limit is None or remaining is None or ends <= now or ends < self.reset - _SAME:
            return  # an answer of a past window
        if ends > self.reset + _SAME:
            self._open(ends)
        self.answered += 1
        self.used = max(self.used, limit - remaining)
        self.foreign_requests = max(self.foreign_requests, self.used - self.answered - self.in_flight)

    def _open(self, reset: float) -> None:
        self.reset, self.used, self.answered, self.foreign_requests = reset, 0, 0, 0

    def shares_with(self, other: "Bucket") -> bool:
        """Whether the server seems to count both in one budget: same limits, and both see foreign requests."""
        same = (self.limit, self.concurrency) == (other.limit, other.concurrency) and self.limit is not None
        return (
            same and abs(self.reset - other.reset) < _SAME and self.foreign_requests > 0 and other.foreign_requests > 0
        )

    def absorb(self, other: "Bucket") -> None:
        """Count the requests of `other` here too."""
        self.in_flight += other.in_flight
        self.answered += other.answered
        self.used = max(self.used, other.used)
        self.foreign_requests = 0


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "")
    return int(value) if value.isdigit() else None
