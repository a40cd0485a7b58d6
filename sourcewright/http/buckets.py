"""One budget of a server, as its answers describe it.

`…-Limit` and `…-Remaining` count the requests of a fixed window that ends at `…-Reset` (UTC epoch seconds);
`…-ConcurrentLimit` says how many may be in flight at once. Any of them may be missing, or `None`. Retry-After of a
failure holds the whole budget. A budget whose limit no answer tells has a pace, which its refusals teach.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import requests

from sourcewright.http.errors import place
from sourcewright.http.paces import Pace
from sourcewright.http.retry_after import LONGEST_WAIT, retry_after_seconds
from sourcewright.log import logger

_MARGIN: Final = 0.02
"""Seconds after a reset before the next window is used: clocks are not read to the millisecond."""
_SERVER_ERROR: Final = 500
_SAME: Final = 0.5
"""Resets are whole seconds; those less far apart are of one window."""
_PATIENCE: Final = 10.0
"""Seconds after which a request without an answer does not hold the next one, where nothing is known yet."""
_DIGITS: Final = 20
"""Numbers with more digits are none of a rate limit."""


@dataclass(eq=False)
class Bucket:
    """One budget of the server, as far as this process knows it."""

    prefix: str
    """Beginning of the headers' names."""
    disbelieved: set[str] = field(default_factory=set)
    """Headers that asked for an absurd wait, which is told once for all buckets of a source."""
    share: int = 1
    """Processes that share the budget, each of which takes an equal part of it."""
    known: bool = False
    """Whether an answer has shown if there are limits; until then requests go one by one."""
    limit: int | None = None
    concurrency: int | None = None
    reset: float = 0.0
    """End of the current window in seconds of the local clock; 0 until an answer of the window has it."""
    clock_skew: float = 0.0
    """Seconds by which the local clock was seen to be ahead of the server's."""
    in_flight: int = 0
    sent: float = 0.0
    """When the last request was sent."""
    used: int = 0
    """Requests that the server has counted in the current window."""
    answered: int = 0
    """Requests of this bucket that the server has answered in the current window."""
    foreign_requests: int = 0
    """Requests counted in the current window that this bucket certainly did not send."""
    held_until: float = 0.0
    """When an answer said that the next request may come, an hour later at most."""
    pace: Pace = field(default_factory=Pace)

    def wait(self, now: float) -> float | None:
        """Seconds until a request may be sent: 0 for now, None for when one that is in flight has ended."""
        if not self.known and self.in_flight and now < self.sent + _PATIENCE:
            return self.sent + _PATIENCE - now
        if self.known and self.concurrency and self.in_flight >= self.concurrency:
            return None
        if self.reset and now >= self.reset:
            self._open(0.0)
        if now < self.held_until:
            return self.held_until - now
        # Requests in flight may be counted in this window or in the last one
        if self.limit is None or self.used + self.in_flight < self.limit:
            return self.pace.wait(now) if self.limit is None else 0.0
        if self.reset:
            return self.reset - now
        return None if self.in_flight else 0.0

    def take(self, now: float) -> None:
        """Send a request."""
        self.in_flight += 1
        self.sent = now
        self.pace.take(now)

    def learn(self, answer: requests.Response, now: float, sent: float = 0.0) -> None:
        """Take over the limits of an answer to what was sent at that time.

        One without headers means that there are none, if it is no failure, and that the pace is too high, if it is 429.
        """
        names = ("Limit", "Remaining", "Reset", "ConcurrentLimit")
        limit, remaining, reset, concurrency = (_number(answer.headers, self.prefix + name) for name in names)
        self.concurrency = max(1, concurrency // self.share) if concurrency else self.concurrency
        self.limit = max(1, limit // self.share) if limit else self.limit
        self.known = self.known or not _is_failure(answer) or self.limit is not None
        self._obey_retry_after(answer, now)
        if answer.status_code == requests.codes.too_many_requests:
            self.pace.refuse(sent, now)
        elif not _is_failure(answer):
            self.pace.accept(now)
        if reset is None or not self._believes(f"{self.prefix}Reset", reset - now, answer):
            return
        ends = reset + self.clock_skew + _MARGIN
        if answer.status_code == requests.codes.too_many_requests and not remaining:
            if ends <= now:
                self.clock_skew = now - reset
                ends = now + 1  # the real end is unknown
            self._hold(ends, now)
        if limit is None or remaining is None or ends <= now or ends < self.reset - _SAME:
            return  # an answer of a past window
        if ends > self.reset + _SAME:
            self._open(ends)
        self.answered += 1
        # What is used of a part of the budget is what this process sent, unless nothing of the whole remains
        self.used = max(self.used, limit - remaining if self.share == 1 or not remaining else self.answered)
        self.foreign_requests = max(self.foreign_requests, self.used - self.answered - self.in_flight)

    def _obey_retry_after(self, answer: requests.Response, now: float) -> None:
        asked = retry_after_seconds(answer) if _is_failure(answer) else None
        if asked and self._believes("Retry-After", asked, answer):
            self._hold(now + asked, now)

    def _hold(self, until: float, now: float) -> None:
        self.held_until = min(max(self.held_until, until), now + LONGEST_WAIT)

    def _believes(self, header: str, seconds: float, answer: requests.Response) -> bool:
        """Whether a header tells of a moment within an hour of now; others are of another unit, or another clock."""
        if abs(seconds) <= LONGEST_WAIT:
            return True
        if seconds > 0 and header not in self.disbelieved:
            self.disbelieved.add(header)
            logger.warning(
                "Ignored: `%s: %.40s` of %s, since no wait is longer than an hour. Either the unit is not the second, "
                "or a clock is wrong, this machine's or the server's.",
                header,
                answer.headers[header],
                place(answer),
            )
        return False

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


def asks_to_wait(answer: requests.Response) -> bool:
    """Whether an answer may say when the request can be sent again: 429, or a 5xx with Retry-After."""
    limited = answer.status_code == requests.codes.too_many_requests
    return limited or (_is_failure(answer) and "Retry-After" in answer.headers)


def _is_failure(answer: requests.Response) -> bool:
    return answer.status_code == requests.codes.too_many_requests or answer.status_code >= _SERVER_ERROR


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= _DIGITS else None
