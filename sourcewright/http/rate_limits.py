"""Paces requests by what the answers' headers tell of the server's limits: no more, no less.

`…-Limit` and `…-Remaining` count the requests of a fixed window that ends at `…-Reset` (UTC epoch seconds);
`…-ConcurrentLimit` says how many may be under way at once. Any of them may be missing, or `None`. A server that sends
none is not held back.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override

from sourcewright.log import logger

_LONG_WAIT: Final = 10.0
_MARGIN: Final = 0.02
"""Seconds after a reset before the next window is used: clocks are not read to the millisecond."""
_SAME: Final = 0.5
"""Resets are whole seconds; those less far apart are of one window."""


@dataclass(frozen=True)
class Limits:
    """How an API tells its limits."""

    prefix: str
    """What its headers begin with, such as `X-Sentry-Rate-Limit-`."""
    endpoint_of: Callable[[str], str]
    """URL -> name of what it limits."""


@dataclass(eq=False)
class Bucket:
    """One budget of the server, as far as this process knows it."""

    prefix: str
    """What the headers begin with."""
    known: bool = False
    """Whether an answer has shown if there are limits; until then one request goes at a time."""
    limit: int | None = None
    concurrency: int | None = None
    reset: float = 0.0
    """End of the current window in seconds of the local clock; 0 until an answer of the window tells it."""
    ahead: float = 0.0
    """By how much the local clock was seen to be ahead of the server's."""
    in_flight: int = 0
    used: int = 0
    """Requests that the server has counted in the current window."""
    answered: int = 0
    """Those of them that were answered here."""
    others: int = 0
    """Those of them that were certainly not ours."""
    held_until: float = 0.0
    """When a 429 said that the next request may come."""

    def wait(self, now: float) -> float | None:
        """Seconds until a request may go: 0 for now, None for when one that is under way has ended."""
        if self.in_flight >= ((self.concurrency or 2**31) if self.known else 1):
            return None
        if self.reset and now >= self.reset:
            self._open(0.0)
        if now < self.held_until:
            return self.held_until - now
        # What is under way may be counted in this window or in the last one
        if self.limit is None or self.used + self.in_flight < self.limit:
            return 0.0
        if self.reset:
            return self.reset - now
        return None if self.in_flight else 0.0

    def learn(self, answer: requests.Response, now: float) -> None:
        """Take over what an answer tells; one without headers tells that there are no limits, if it is a good one."""
        names = ("Limit", "Remaining", "Reset", "ConcurrentLimit")
        limit, remaining, reset, concurrency = (_number(answer.headers, self.prefix + name) for name in names)
        self.concurrency = concurrency or self.concurrency
        self.limit = limit or self.limit
        self.known = self.known or answer.ok or self.limit is not None
        if reset is None:
            return
        ends = reset + self.ahead + _MARGIN
        if answer.status_code == requests.codes.too_many_requests and not remaining:
            if ends <= now:
                self.ahead = now - reset
                ends = now + 1  # how far away the end really is, nobody says
            self.held_until = ends
        if limit is None or remaining is None or ends <= now or ends < self.reset - _SAME:
            return  # an answer of a window that has passed
        if ends > self.reset + _SAME:
            self._open(ends)
        self.answered += 1
        self.used = max(self.used, limit - remaining)
        self.others = max(self.others, self.used - self.answered - self.in_flight)

    def _open(self, reset: float) -> None:
        self.reset, self.used, self.answered, self.others = reset, 0, 0, 0

    def shares_with(self, other: "Bucket") -> bool:
        """Whether the server seems to count both in one budget: same limits, and each more used than by itself."""
        same = (self.limit, self.concurrency) == (other.limit, other.concurrency) and self.limit is not None
        return same and abs(self.reset - other.reset) < _SAME and self.others > 0 and other.others > 0

    def absorb(self, other: "Bucket") -> None:
        """Count `other`'s requests as ours."""
        self.in_flight += other.in_flight
        self.answered += other.answered
        self.used = max(self.used, other.used)
        self.others = 0


@dataclass
class Governor:
    """Lets requests go as their buckets allow, for all streams and threads of a process."""

    most: int
    """Requests under way at once, over all buckets."""
    limits: Limits
    changed: Callable[[], None] = lambda: None
    """Called when a request begins to wait and when one ends: another stream's turn may have come."""
    clock: Callable[[], float] = time.time
    waiting: int = 0
    """Threads that wait for their turn."""
    _in_flight: int = 0
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _endpoints: dict[str, str] = field(default_factory=dict)
    _held_up: Counter[str] = field(default_factory=Counter)
    _told: dict[str, float] = field(default_factory=dict)
    _free: threading.Condition = field(default_factory=threading.Condition)

    def is_held_up(self, stream: str) -> bool:
        """Whether a request of `stream` waits for its turn, so that more of them would only wait too."""
        return self._held_up[self._endpoints.get(stream, "")] > 0

    @contextmanager
    def turn(self, stream: str, url: str) -> Iterator[Callable[[requests.Response], None]]:
        """Wait until a request of `stream` to `url` may go. The block is the request; it hands over its answer."""
        endpoint = self._endpoints[stream] = self.limits.endpoint_of(url)
        self._begin(endpoint)
        try:
            yield lambda answer: self._learn(endpoint, answer)
        finally:
            with self._free:
                self._buckets[endpoint].in_flight -= 1
                self._in_flight -= 1
                self._free.notify_all()
            self.changed()

    def _begin(self, endpoint: str) -> None:
        with self._free:
            if self._seconds(endpoint) != 0:
                self._wait(endpoint)
            bucket = self._buckets[endpoint]
            bucket.in_flight += 1
            self._in_flight += 1

    def _wait(self, endpoint: str) -> None:
        self.waiting += 1
        self._held_up[endpoint] += 1
        self.changed()
        while (seconds := self._seconds(endpoint)) != 0:
            self._tell(endpoint, seconds)
            self._free.wait(seconds)
        self._held_up[endpoint] -= 1
        self.waiting -= 1

    def _seconds(self, endpoint: str) -> float | None:
        bucket = self._buckets.setdefault(endpoint, Bucket(self.limits.prefix))
        return bucket.wait(self.clock()) if self._in_flight < self.most else None

    def _learn(self, endpoint: str, answer: requests.Response) -> None:
        with self._free:
            bucket = self._buckets[endpoint]
            bucket.learn(answer, self.clock())
            for other in set(self._buckets.values()) - {bucket}:
                if bucket.shares_with(other):
                    bucket.absorb(other)
                    self._buckets = {name: bucket if b is other else b for name, b in self._buckets.items()}

    def _tell(self, endpoint: str, seconds: float | None) -> None:
        """Log a long wait once, with its reason and its end."""
        bucket = self._buckets[endpoint]
        until = max(bucket.reset, bucket.held_until)
        if seconds is None or seconds <= _LONG_WAIT or self._told.get(endpoint) == until:
            return
        self._told[endpoint] = until
        logger.info(
            "Waiting %.0f s, until %s: the API allows %s requests a window to %s, and they are used up.",
            seconds,
            time.strftime("%H:%M:%SZ", time.gmtime(until)),
            bucket.limit or "no more",
            endpoint,
        )


class GovernedAdapter(HTTPAdapter):
    """Sends the requests of one stream when the governor says so; the body belongs to the request."""

    def __init__(self, governor: Governor, stream: str) -> None:
        super().__init__(pool_connections=governor.most, pool_maxsize=governor.most)
        self._governor = governor
        self._stream = stream

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        with self._governor.turn(self._stream, request.url or "") as answered:
            response = super().send(request, *args, **kwargs)
            response.content  # noqa: B018 - reads it
            answered(response)
        return response


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "")
    return int(value) if value.isdigit() else None
