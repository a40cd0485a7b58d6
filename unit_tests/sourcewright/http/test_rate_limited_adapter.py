"""Requests that go through the rate limiter, with a clock that waits advance."""

import threading
from typing import cast
from unittest.mock import patch

import pytest
import requests
from requests.adapters import HTTPAdapter

from sourcewright.http.rate_limits import RateLimitedAdapter, RateLimiter
from unit_tests.source_sentry.builders import API
from unit_tests.sourcewright.http.test_rate_limits import EVENTS, LIMITS, NOW, an_answer


class Waiting:
    """A condition whose waits advance the clock instead."""

    def __init__(self) -> None:
        self.now = NOW
        self.waited: list[float | None] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def notify_all(self) -> None:
        pass

    def wait(self, seconds: float | None) -> None:
        self.waited.append(seconds)
        self.now += seconds or 0


def test_given_window_that_is_used_up_when_requests_are_sent_then_the_next_waits_for_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    waiting = Waiting()
    limiter = RateLimiter(10, LIMITS, clock=lambda: waiting.now)
    limiter._free = cast("threading.Condition", waiting)  # noqa: SLF001
    answers = [
        an_answer(Limit=60, Remaining=0, Reset=int(NOW) + 30),
        an_answer(Limit=60, Remaining=59, Reset=int(NOW) + 90),
    ]
    adapter = RateLimitedAdapter(limiter, "events", EVENTS, max_retries=8)
    with patch.object(HTTPAdapter, "send", side_effect=answers):
        got = [adapter.send(requests.Request("GET", API).prepare()) for _ in range(2)]
    assert got == answers
    assert waiting.waited == [pytest.approx(30.02)]
    assert f"Waiting 30 s, until 10:00:30Z: the API allows 60 requests a window to {EVENTS}" in caplog.text


def test_given_429_with_a_reset_when_a_request_is_sent_then_it_is_sent_again_after_one_wait() -> None:
    waiting = Waiting()
    limiter = RateLimiter(10, LIMITS, clock=lambda: waiting.now)
    limiter._free = cast("threading.Condition", waiting)  # noqa: SLF001
    answers = [
        an_answer(429, Limit=60, Remaining=0, Reset=int(NOW) + 30),
        an_answer(Limit=60, Remaining=59, Reset=int(NOW) + 90),
    ]
    with patch.object(HTTPAdapter, "send", side_effect=answers):
        got = RateLimitedAdapter(limiter, "events", EVENTS, max_retries=8).send(requests.Request("GET", API).prepare())
    assert got is answers[1]
    assert waiting.waited == [pytest.approx(30.02)]


def test_given_429s_without_end_when_a_request_is_sent_then_the_last_is_the_answer() -> None:
    waiting = Waiting()
    limiter = RateLimiter(10, LIMITS, clock=lambda: waiting.now)
    limiter._free = cast("threading.Condition", waiting)  # noqa: SLF001
    answers = [an_answer(429, Limit=60, Remaining=0, Reset=int(NOW) + 30 * number) for number in (1, 2, 3)]
    with patch.object(HTTPAdapter, "send", side_effect=answers):
        got = RateLimitedAdapter(limiter, "events", EVENTS, max_retries=2).send(requests.Request("GET", API).prepare())
    assert (got, len(waiting.waited)) == (answers[2], 2)


def test_given_request_that_is_sent_again_when_429s_go_on_then_each_further_try_is_one_request() -> None:
    waiting = Waiting()
    limiter = RateLimiter(10, LIMITS, clock=lambda: waiting.now)
    limiter._free = cast("threading.Condition", waiting)  # noqa: SLF001
    answers = [an_answer(429, Limit=60, Remaining=0, Reset=int(NOW) + 30 * number) for number in range(1, 6)]
    adapter, request = (
        RateLimitedAdapter(limiter, "events", EVENTS, max_retries=2),
        requests.Request("GET", API).prepare(),
    )
    with patch.object(HTTPAdapter, "send", side_effect=answers) as sent:
        got = [adapter.send(request) for _ in range(3)]
    assert got == answers[2:]
    assert sent.call_count == 3 + 1 + 1
