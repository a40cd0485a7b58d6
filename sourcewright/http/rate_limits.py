"""Rate limiter: sends as many requests as the headers of the answers allow, no more and no fewer.

A server that sends none is not limited.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override

from sourcewright.http.buckets import Bucket
from sourcewright.log import logger

_LONG_WAIT: Final = 10.0
"""Waits that are longer, in seconds, are logged."""


@dataclass(frozen=True)
class Limits:
    """How an API announces its limits."""

    prefix: str
    """Beginning of its headers' names, such as `X-Sentry-Rate-Limit-`."""
    per_endpoint: bool = True
    """Whether each endpoint has a budget of its own until answers show that two share one."""


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
    _logged: dict[str, float] = field(default_factory=dict)
    _free: threading.Condition = field(default_factory=threading.Condition)

    def register(self, stream: str, endpoint: str) -> str:
        """Name of the budget that `stream` draws on: the template of its endpoint, so that all ids share one.

        `projects/{organization}/{project}/events/` -> the same; with one budget for the whole API, always `api`.
        """
        self._endpoints[stream] = endpoint if self.limits.per_endpoint else "api"
        return self._endpoints[stream]

    def is_limited(self, stream: str) -> bool:
        """Whether a request of `stream` waits for a slot; further ones would only wait too."""
        return self._waiting_at[self._endpoints.get(stream, "")] > 0

    def seconds_held(self, endpoint: str, answer: requests.Response) -> float:
        """Seconds until the next request to `endpoint` may be sent if `answer` is a 429 with a reset; otherwise 0."""
        if answer.status_code != requests.codes.too_many_requests:
            return 0.0
        with self._free:
            return max(0.0, self._buckets[endpoint].held_until - self.clock())

    @contextmanager
    def slot(self, endpoint: str) -> Iterator[Callable[[requests.Response], None]]:
        """Wait until a request to `endpoint` may be sent. The block sends it and reports its answer."""
        self._take(endpoint)
        try:
            yield lambda answer: self._learn(endpoint, answer)
        finally:
            with self._free:
                self._buckets[endpoint].in_flight -= 1
                self._in_flight -= 1
                self._free.notify_all()
            self.changed()

    def _take(self, endpoint: str) -> None:
        with self._free:
            if self._seconds(endpoint) != 0:
                self._wait(endpoint)
            bucket = self._buckets[endpoint]
            bucket.in_flight += 1
            self._in_flight += 1

    def _wait(self, endpoint: str) -> None:
        counted = self.is_worker()
        self.waiting += counted
        self._waiting_at[endpoint] += 1
        self.changed()
        try:
            while (seconds := self._seconds(endpoint)) != 0:
                self._log_long_wait(endpoint, seconds)
                self._free.wait(seconds)
        finally:
            self._waiting_at[endpoint] -= 1
            self.waiting -= counted

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

    def _log_long_wait(self, endpoint: str, seconds: float | None) -> None:
        """Log a long wait once, with its reason and its end."""
        bucket = self._buckets[endpoint]
        until = max(bucket.reset, bucket.held_until)
        if seconds is None or seconds <= _LONG_WAIT or self._logged.get(endpoint) == until:
            return
        self._logged[endpoint] = until
        logger.info(
            "Waiting %.0f s, until %s: the API allows %s requests a window to %s, and they are used up.",
            seconds,
            time.strftime("%H:%M:%SZ", time.gmtime(until)),
            bucket.limit or "no more",
            endpoint,
        )


class RateLimitedAdapter(HTTPAdapter):
    """Sends the requests of one stream when the rate limiter has a slot, which is held until the body is read.

    After a 429 with a reset the request is sent again, once the limiter's wait is over. The engine would add a wait of
    its own, during which the thread counts as a busy worker.
    """

    def __init__(self, limiter: RateLimiter, stream: str, endpoint: str, max_retries: int) -> None:
        super().__init__(pool_connections=limiter.most, pool_maxsize=limiter.most)
        self._limiter = limiter
        self._endpoint = limiter.register(stream, endpoint)
        self._retries = max_retries
        self._sent: WeakSet[requests.PreparedRequest] = WeakSet()

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        # The engine sends the same request again after these retries; each of its retries is then a single one
        retries = 0 if request in self._sent else self._retries
        self._sent.add(request)
        for _ in range(retries):
            response = self._send_once(request, *args, **kwargs)
            seconds = self._limiter.seconds_held(self._endpoint, response)
            if not seconds:
                return response
            logger.info("HTTP 429 from %s: retrying in %.0f s, when its window ends.", self._endpoint, seconds)
        return self._send_once(request, *args, **kwargs)

    def _send_once(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        with self._limiter.slot(self._endpoint) as report:
            response = super().send(request, *args, **kwargs)
            response.content  # noqa: B018 - reads it
            report(response)
        return response
