"""Rate limiter: sends as many requests as the headers of the answers allow, no more and no fewer.

A server that sends none is not limited, until it answers 429: then its requests go at the pace that it takes.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import requests

from sourcewright.http.buckets import Bucket, asks_to_wait
from sourcewright.http.retry_after import MINUTE
from sourcewright.log import logger
from sourcewright.record_queue import ReadingStopped

_LONG_WAIT: Final = 10.0
"""Waits that are longer, in seconds, are logged."""


class NoSlotError(Exception):
    """The time that a request may wait for a slot has passed, or would."""


@dataclass(frozen=True)
class Limits:
    """How an API announces its limits."""

    prefix: str
    """Beginning of its headers' names, such as `X-Sentry-Rate-Limit-`."""
    per_endpoint: bool = True
    """Whether each endpoint has a budget of its own until answers show that two share one."""
    share: int = 1
    """Processes among which each budget is divided, where several read with one token at once."""


@dataclass
class RateLimiter:
    """Gives requests slots as their buckets allow, for all streams and threads of a source."""

    most: int
    """Requests in flight at once, over all buckets."""
    limits: Limits
    changed: Callable[[], None] = lambda: None
    """Called when a request begins to wait and when one ends, because another stream may send then."""
    is_worker: Callable[[], bool] = lambda: True
    """Whether the calling thread is a worker; while it waits, another may start."""
    clock: Callable[[], float] = time.time
    waiting: int = 0
    """Workers that wait for a slot."""
    _in_flight: int = 0
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _endpoints: dict[str, str] = field(default_factory=dict)
    _waiting_at: Counter[str] = field(default_factory=Counter)
    _told: dict[str, float] = field(default_factory=dict)
    """When a wait for each endpoint was last logged."""
    _disbelieved: set[str] = field(default_factory=set)
    _free: threading.Condition = field(default_factory=threading.Condition)
    _stopped: bool = False

    def register(self, stream: str, endpoint: str) -> str:
        """Name of the budget that `stream` draws on: the template of its endpoint, so that all ids share one.

        `projects/{organization}/{project}/events/` -> the same; with one budget for the whole API, always `api`.
        """
        self._endpoints[stream] = endpoint if self.limits.per_endpoint else "api"
        return self._endpoints[stream]

    def is_limited(self, stream: str) -> bool:
        """Whether a request of `stream` waits for a slot; further ones would only wait too."""
        return self._waiting_at[self._endpoints.get(stream, "")] > 0

    def wait_of(self, stream: str) -> str:
        """What requests of `stream` wait for, and until when; empty if none waits."""
        endpoint = self._endpoints.get(stream, "")
        with self._free:
            return self._reason(endpoint, self._seconds(endpoint, 0.0)) if self._waiting_at[endpoint] else ""

    def seconds_held(self, endpoint: str, answer: requests.Response) -> float:
        """Seconds until the next request to `endpoint` may be sent if `answer` asks for a wait; otherwise 0."""
        if not asks_to_wait(answer):
            return 0.0
        with self._free:
            return max(0.0, self._buckets[endpoint].held_until - self.clock())

    def most_at_once(self, stream: str) -> float:
        """How many requests of `stream` the server lets be under way at once, as far as its answers have told."""
        bucket = self._buckets.get(self._endpoints.get(stream, ""))
        return min(filter(None, (bucket.concurrency, bucket.limit)), default=math.inf) if bucket else math.inf

    def stop(self) -> None:
        """Give no slot any more, also not to the requests that wait for one: nobody reads their answers."""
        with self._free:
            self._stopped = True
            self._free.notify_all()

    @contextmanager
    def slot(
        self, endpoint: str, since: float = 0.0, until: float = math.inf
    ) -> Iterator[Callable[[requests.Response], None]]:
        """Wait until a request to `endpoint` may be sent, and until `since`. The block sends it and reports its answer.

        Raises:
            NoSlotError: The request would have to wait beyond `until`.
            ReadingStopped: `stop` was called.

        """
        sent = self._take(endpoint, since, until)
        try:
            yield lambda answer: self._learn(endpoint, answer, sent)
        finally:
            with self._free:
                self._buckets[endpoint].in_flight -= 1
                self._in_flight -= 1
                self._free.notify_all()
            self.changed()

    def _take(self, endpoint: str, since: float, until: float) -> float:
        """The time at which the slot was given."""
        with self._free:
            if self._seconds(endpoint, since) != 0:
                self._wait(endpoint, since, until)
            if self._stopped:
                raise ReadingStopped
            bucket = self._buckets[endpoint]
            bucket.take(self.clock())
            self._in_flight += 1
            return bucket.sent

    def _wait(self, endpoint: str, since: float, until: float) -> None:
        counted, began = self.is_worker(), self.clock()
        self.waiting += counted
        self._waiting_at[endpoint] += 1
        try:
            self.changed()
            while not self._stopped and (seconds := self._seconds(endpoint, since)) != 0:
                now = self.clock()
                if now + (seconds or 0) > until:
                    raise NoSlotError(self._reason(endpoint, seconds))
                if now - began >= MINUTE if seconds is None else seconds > _LONG_WAIT:
                    self._tell(endpoint, seconds)
                # No longer than until the wait is to be told again, whoever else wakes this one in between
                until_told = max(self._told.get(endpoint, began), began) + MINUTE - now
                self._free.wait(min(seconds or MINUTE, until_told if until_told > 0 else MINUTE))
        finally:
            self._waiting_at[endpoint] -= 1
            self.waiting -= counted
        self.changed()  # the next request of the endpoint may begin to wait

    def _seconds(self, endpoint: str, since: float) -> float | None:
        new = Bucket(self.limits.prefix, self._disbelieved, self.limits.share)
        bucket, now = self._buckets.setdefault(endpoint, new), self.clock()
        if now < since:
            return max(since - now, bucket.wait(now) or 0.0)
        return bucket.wait(now) if self._in_flight < self.most else None

    def _learn(self, endpoint: str, answer: requests.Response, sent: float) -> None:
        with self._free:
            bucket = self._buckets[endpoint]
            bucket.learn(answer, self.clock(), sent)
            for other in set(self._buckets.values()) - {bucket}:
                if bucket.shares_with(other):
                    bucket.absorb(other)
                    self._buckets = {name: bucket if b is other else b for name, b in self._buckets.items()}

    def _tell(self, endpoint: str, seconds: float | None) -> None:
        """Log a wait and its reason, once a minute for each endpoint."""
        now = self.clock()
        if now - self._told.get(endpoint, -math.inf) >= MINUTE:
            self._told[endpoint] = now
            length = "" if seconds is None else f" {seconds:.0f} s"
            logger.info("Waiting%s: %s.", length, self._reason(endpoint, seconds))

    def _reason(self, endpoint: str, seconds: float | None) -> str:
        bucket, now = self._buckets[endpoint], self.clock()
        end = time.strftime("%H:%M:%SZ", time.gmtime(now + (seconds or 0)))
        if now < bucket.held_until:
            return f"the API takes no request to {endpoint} before {end}"
        if seconds and bucket.limit is None and bucket.known:
            return f"the API refuses faster requests to {endpoint} than {bucket.pace.rate:.3g} a second"
        if seconds is None or bucket.limit is None:
            return f"{self._in_flight} requests are under way, {bucket.in_flight} of them to {endpoint}"
        return f"the API allows {bucket.limit} requests a window to {endpoint}, and they are used up until {end}"
