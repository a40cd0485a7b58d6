"""How requests are sent: in bounds of time, size and place, and, in a sync, when the rate limiter has a slot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3 import PoolManager, ProxyManager

from sourcewright.defaults import MAX_ANSWER_MB
from sourcewright.http.bodies import read_body
from sourcewright.http.deadlines import timely
from sourcewright.http.errors import host_of, is_timeout, place
from sourcewright.http.lasting import LimitedError, SilenceError, name_request
from sourcewright.http.rate_limits import NoSlotError, RateLimiter
from sourcewright.http.redirects import forbid_other_host
from sourcewright.http.retry_after import LONGEST_WAIT, MINUTE
from sourcewright.log import logger

SILENT_TRIES: Final = 3
"""Tries of a request that nobody answers in time; each costs a whole time-out."""


@dataclass(frozen=True)
class Bounds:
    """How often, how long and for how much one request of a stream is sent."""

    retries: int = 0
    wait: float = LONGEST_WAIT
    """Seconds that all tries together may wait for the server's limits."""
    answer_mb: int = MAX_ANSWER_MB

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Bounds":
        """The bounds of normalized settings: {"max_retries": 8, "max_wait": 3600, "max_answer_mb": 256}."""
        default = cls()
        return cls(
            int(config.get("max_retries", default.retries)),
            float(config.get("max_wait", default.wait)),
            int(config.get("max_answer_mb", default.answer_mb)),
        )


class BoundedAdapter(HTTPAdapter):
    """Answers come whole and in time, are no larger than allowed, and redirect to no other host."""

    def __init__(self, stream: str, bounds: Bounds, connections: int = 1) -> None:
        super().__init__(pool_connections=connections, pool_maxsize=connections)
        self.stream = stream
        self.bounds = bounds

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _be_timely(self.poolmanager)

    @override
    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        is_new = proxy not in self.proxy_manager
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        if is_new:
            _be_timely(manager)
        return manager

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send a request and read its answer.

        Raises:
            LastingError: The answer is too large, or redirects to another host.
            requests.RequestException: No answer came, or none in time.

        """
        try:
            response = super().send(request, *args, **{**options, "stream": True})
            read_body(response, self.bounds.answer_mb, self.stream)
        except requests.RequestException as error:
            name_request(error, request)
            raise
        forbid_other_host(response)
        return response


def _be_timely(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = timely(manager.pool_classes_by_scheme)


@dataclass
class _Attempts:
    """What one request has met with, in all its tries: the engine sends the same request again."""

    until: float
    """When a wait for the server's limits has to end."""
    since: float = 0.0
    """When the next try may be made."""
    limited: int = 0
    silent: int = 0


class RateLimitedAdapter(BoundedAdapter):
    """Sends the requests of one stream when the rate limiter has a slot, which is held until the body is read.

    After an answer that asks to wait (429 or 5xx, with a reset or Retry-After) the request is sent again when that is
    over, and no sooner than after 0, 1, 3, 7, … seconds. It waits in the limiter, where the thread does not count as a
    busy worker, as it does while the engine waits.
    """

    def __init__(self, limiter: RateLimiter, stream: str, endpoint: str, bounds: Bounds) -> None:
        super().__init__(stream, bounds, limiter.most)
        self._limiter = limiter
        self._endpoint = limiter.register(stream, endpoint)
        self._attempts: WeakKeyDictionary[requests.PreparedRequest, _Attempts] = WeakKeyDictionary()

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        attempts = self._attempts.setdefault(request, _Attempts(self._limiter.clock() + self.bounds.wait))
        while True:
            response = self._try(request, attempts, *args, **options)
            seconds = self._limiter.seconds_held(self._endpoint, response)
            if not seconds:
                return response
            seconds = max(seconds, 2.0**attempts.limited - 1)
            attempts.limited += 1
            attempts.since = self._limiter.clock() + seconds
            if attempts.limited > self.bounds.retries or attempts.since > attempts.until:
                raise self._limited(response, attempts, seconds)
            logger.info("HTTP %d from %s: retrying in %.0f s.", response.status_code, self._endpoint, seconds)

    def _try(
        self, request: requests.PreparedRequest, attempts: _Attempts, *args: Any, **options: Any
    ) -> requests.Response:
        try:
            with self._limiter.slot(self._endpoint, attempts.since, attempts.until) as report:
                response = super().send(request, *args, **options)
                report(response)
        except NoSlotError as error:
            raise LimitedError(
                f"Stream `{self.stream}` waited in vain for its turn at `{host_of(request.url)}`: {error}",
                request=request,
            ) from None
        except requests.RequestException as error:
            attempts.silent += is_timeout(error)
            if attempts.silent < SILENT_TRIES:
                raise
            raise self._silent(request) from error
        attempts.silent = 0
        return response

    def _silent(self, request: requests.PreparedRequest) -> SilenceError:
        return SilenceError(
            f"`{host_of(request.url)}` accepted a request of stream `{self.stream}` {SILENT_TRIES} times, and did not "
            f"answer it in time: {(request.url or '').split('?')[0]}",
            request=request,
        )

    def _limited(self, response: requests.Response, attempts: _Attempts, seconds: float) -> LimitedError:
        return LimitedError(
            f"`{host_of(response.url)}` limits stream `{self.stream}`: HTTP {response.status_code} came "
            f"{attempts.limited} time(s) from {place(response)}, and the next try would have to wait {seconds:.0f} s. "
            f"One request is tried {self.bounds.retries + 1} times, and for {self.bounds.wait / MINUTE:.0f} minutes.",
            request=response.request,
            response=response,
        )
