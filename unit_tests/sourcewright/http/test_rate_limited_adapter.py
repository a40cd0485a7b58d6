"""Requests that go through the rate limiter, with a clock that waits advance."""

import io
import threading
from collections.abc import Iterator
from typing import cast
from unittest.mock import MagicMock, patch

import pytest
import requests
import time_machine
from airbyte_cdk.models import FailureType
from requests.adapters import HTTPAdapter

from source_sigma.source import LIMITS as SIGMA_LIMITS
from sourcewright.http.adapters import Bounds, RateLimitedAdapter
from sourcewright.http.lasting import LimitedError, SilenceError
from sourcewright.http.rate_limits import Limits, RateLimiter
from unit_tests.sourcewright.http.test_rate_limits import EVENTS, LIMITS, NOW

URL = "http://sentry.test:9000/api/0/projects/acme/web/events/"
MOMENT = "Sun, 22 Nov 2026 10:00:40 GMT"


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


class Sending:
    """An adapter of the stream `events`, what it sends and gets, and how long it waits."""

    def __init__(self, sent: MagicMock, bounds: Bounds, limits: Limits) -> None:
        self.sent = sent
        self.waiting = Waiting()
        self.limiter = RateLimiter(10, limits, clock=lambda: self.waiting.now)
        self.limiter._free = cast("threading.Condition", self.waiting)  # noqa: SLF001
        self.adapter = RateLimitedAdapter(self.limiter, "events", EVENTS, bounds)
        self.request = requests.Request("GET", URL).prepare()

    def send(self, request: requests.PreparedRequest | None = None) -> requests.Response:
        return self.adapter.send(request or self.request)

    @property
    def waited(self) -> float:
        """Seconds, in all."""
        return sum(seconds or 0 for seconds in self.waiting.waited)


@pytest.fixture
def wire() -> Iterator[MagicMock]:
    """What the network answers: `side_effect`."""
    with patch.object(HTTPAdapter, "send") as sent:
        yield sent


def an_answer(status: int = 200, retry_after: str | None = None, **limits: object) -> requests.Response:
    """An answer whose rate limit headers are `limits`, its body not read yet."""
    response = requests.Response()
    response.status_code = status
    response.headers.update({f"X-Sentry-Rate-Limit-{name}": str(value) for name, value in limits.items()})
    if retry_after is not None:
        response.headers["Retry-After"] = retry_after
    response.raw = io.BytesIO(b"[]")
    response.url = URL
    response.request = requests.Request("GET", URL).prepare()
    return response


def sending(
    wire: MagicMock,
    *answers: requests.Response | Exception,
    retries: int = 8,
    wait: float = 3600,
    limits: Limits = LIMITS,
) -> Sending:
    wire.side_effect = answers
    return Sending(wire, Bounds(retries, wait), limits)


def test_given_window_that_is_used_up_when_requests_are_sent_then_the_next_waits_for_its_end(
    wire: MagicMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    answers = [
        an_answer(Limit=60, Remaining=0, Reset=int(NOW) + 30),
        an_answer(Limit=60, Remaining=59, Reset=int(NOW) + 90),
    ]
    client = sending(wire, *answers)
    assert [client.send(requests.Request("GET", URL).prepare()) for _ in range(2)] == answers
    assert client.waiting.waited == [pytest.approx(30.02)]
    assert f"Waiting 30 s: the API allows 60 requests a window to {EVENTS}" in caplog.text
    assert "they are used up until 10:00:30Z." in caplog.text


def test_given_429_with_a_reset_when_a_request_is_sent_then_it_is_sent_again_after_one_wait(wire: MagicMock) -> None:
    limited, good = an_answer(429, Limit=60, Remaining=0, Reset=int(NOW) + 30), an_answer()
    client = sending(wire, limited, good)
    assert client.send() is good
    assert client.waiting.waited == [pytest.approx(30.02)]


@pytest.mark.parametrize("limits", [LIMITS, SIGMA_LIMITS], ids=["sentry", "sigma"])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", ["40", MOMENT])
def test_given_retry_after_when_a_request_is_sent_then_it_is_obeyed(
    wire: MagicMock, frozen: time_machine.Traveller, limits: Limits, status: int, asked: str
) -> None:
    del frozen
    good = an_answer()
    client = sending(wire, an_answer(status, asked), good, limits=limits)
    assert client.send() is good
    assert client.waiting.waited == [pytest.approx(40)]


def test_given_retry_after_when_another_request_of_the_endpoint_is_sent_then_it_waits_too(wire: MagicMock) -> None:
    client = sending(wire, an_answer(503, "40"), an_answer(), retries=0)
    with pytest.raises(LimitedError):
        client.send()
    client.send(requests.Request("GET", URL).prepare())
    assert client.waited == pytest.approx(40)


def test_given_429s_without_end_when_a_request_is_sent_then_no_wait_follows_the_last_and_all_is_named(
    wire: MagicMock,
) -> None:
    client = sending(wire, *(an_answer(429, "30") for _ in range(3)), retries=2)
    with pytest.raises(LimitedError) as caught:
        client.send()
    assert str(caught.value) == (
        f"`sentry.test:9000` limits stream `events`: HTTP 429 came 3 time(s) from {URL}, and the next try would "
        "have to wait 30 s. One request is tried 3 times, and for 60 minutes."
    )
    assert client.sent.call_count == 3
    assert client.waited == pytest.approx(60)
    assert caught.value.failure_type is FailureType.transient_error


def test_given_short_windows_that_others_use_up_when_a_request_is_sent_again_then_it_has_minutes(
    wire: MagicMock,
) -> None:
    client = sending(wire)
    wire.side_effect = lambda *_, **__: an_answer(429, Limit=40, Remaining=0, Reset=int(client.waiting.now) + 1)
    with pytest.raises(LimitedError, match=r"HTTP 429 came 9 time\(s\)"):
        client.send()
    assert client.waited == pytest.approx(248, abs=2)


def test_given_long_waits_when_a_request_is_sent_again_then_all_its_tries_together_wait_an_hour_at_most(
    wire: MagicMock,
) -> None:
    client = sending(wire, *(an_answer(status, "1500") for status in (429, 503, 429, 429)))
    with pytest.raises(LimitedError, match="would have to wait 1500 s"):
        client.send()
    assert client.sent.call_count == 3
    assert client.waited == pytest.approx(3000)


def test_given_limit_that_another_request_met_when_one_would_wait_too_long_then_it_fails_at_once(
    wire: MagicMock,
) -> None:
    client = sending(wire, an_answer(Limit=60, Remaining=0, Reset=int(NOW) + 600), wait=300)
    client.send()
    with pytest.raises(LimitedError) as caught:
        client.send(requests.Request("GET", URL).prepare())
    assert str(caught.value) == (
        "Stream `events` waited in vain for its turn at `sentry.test:9000`: the API allows 60 requests a window to "
        f"{EVENTS}, and they are used up until 10:10:00Z"
    )
    assert client.waited == 0


@pytest.mark.parametrize(
    ("answer", "header"),
    [
        (an_answer(429, Limit=60, Remaining=0, Reset=int(NOW + 30) * 1000), "Reset: 1795341630000"),
        (an_answer(429, Limit=60, Remaining=0, Reset=int(NOW) + 3601), "Reset: 1795345201"),
        (an_answer(429, Reset="9" * 20), f"Reset: {'9' * 20}"),
        (an_answer(429, "99999"), "Retry-After: 99999"),
        (an_answer(503, "99999999999999999999"), "Retry-After: 99999999999999999999"),
        (an_answer(503, "Fri, 31 Dec 9999 23:59:59 GMT"), "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
    ids=["milliseconds", "over an hour", "any number", "seconds", "many digits", "date"],
)
def test_given_absurd_wait_when_two_requests_are_sent_then_it_is_not_obeyed_and_one_warning_says_so(
    wire: MagicMock, caplog: pytest.LogCaptureFixture, answer: requests.Response, header: str
) -> None:
    client = sending(wire, answer, answer)
    assert [client.send(requests.Request("GET", URL).prepare()) for _ in range(2)] == [answer, answer]
    has_pace = (
        answer.status_code == requests.codes.too_many_requests and "X-Sentry-Rate-Limit-Limit" not in answer.headers
    )
    assert client.waited == (1 if has_pace else 0)
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert f"{header}` of {URL}, since no wait is longer than an hour" in warning


@pytest.mark.parametrize(
    "value", ["None", "-5", "1e400", "²", "9" * 5000, "later", ""], ids=lambda value: f"{value:.6}"
)
def test_given_header_that_is_no_number_when_a_request_is_sent_then_it_says_nothing(
    wire: MagicMock, value: str
) -> None:
    answer = an_answer(429, value, Limit=value, Remaining=value, Reset=value, ConcurrentLimit=value)
    client = sending(wire, answer)
    assert (client.send(), client.waited) == (answer, 0)


def test_given_reset_in_the_distant_past_when_learned_then_the_next_one_holds(wire: MagicMock) -> None:
    """It is no sign of a clock that is wrong by so much."""
    client = sending(
        wire, an_answer(429, Remaining=0, Reset=0), an_answer(429, Remaining=0, Reset=int(NOW) + 30), an_answer()
    )
    client.send()
    client.send(requests.Request("GET", URL).prepare())
    assert client.waited == pytest.approx(30.02)


def test_given_wait_of_minutes_when_a_request_is_sent_then_it_is_told_every_minute(
    wire: MagicMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    client = sending(wire, an_answer(503, "250"), an_answer())
    client.send()
    told = [line for line in caplog.messages if line.startswith("Waiting")]
    assert [line.split(":")[0] for line in told] == [f"Waiting {left} s" for left in (250, 190, 130, 70)]
    assert told[0] == f"Waiting 250 s: the API takes no request to {EVENTS} before 10:04:10Z."


def test_given_almost_an_hour_when_other_requests_wake_it_then_it_is_told_every_minute_all_the_same(
    wire: MagicMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    client = sending(wire, an_answer(429, "3500"), an_answer())
    with patch.object(client.waiting, "wait", lambda seconds: Waiting.wait(client.waiting, min(seconds, 45))):
        client.send()
    told = [line.split(" s:")[0] for line in caplog.messages if line.startswith("Waiting")]
    assert told == [f"Waiting {left}" for left in range(3500, 10, -60)]
    assert client.waited == pytest.approx(3500)


def test_given_wait_that_breaks_when_another_request_is_sent_then_nothing_is_left_of_it(wire: MagicMock) -> None:
    client = sending(wire, an_answer(429, "30"), an_answer())
    with patch.object(client.waiting, "wait", side_effect=OverflowError), pytest.raises(OverflowError):
        client.send()
    assert (client.limiter.waiting, client.limiter.is_limited("events")) == (0, False)
    client.send(requests.Request("GET", URL).prepare())
    assert client.waited == pytest.approx(30)


def test_given_start_of_other_tasks_that_breaks_when_a_request_waits_then_nothing_is_left_of_it(
    wire: MagicMock,
) -> None:
    client = sending(wire, an_answer(429, "30"))
    client.limiter.changed = MagicMock(side_effect=[None, RuntimeError("can't start new thread")])
    with pytest.raises(RuntimeError):
        client.send()
    assert (client.limiter.waiting, client.limiter.is_limited("events")) == (0, False)


def a_timeout() -> requests.RequestException:
    return requests.ReadTimeout("Read timed out.", request=requests.Request("GET", URL).prepare())


def test_given_first_request_that_is_not_answered_when_others_want_a_slot_then_one_goes_every_ten_seconds(
    wire: MagicMock,
) -> None:
    client = sending(wire)
    with client.limiter.slot(EVENTS), client.limiter.slot(EVENTS), client.limiter.slot(EVENTS):
        assert client.waiting.waited == [10, 10]


def test_given_server_that_never_answers_when_a_request_is_sent_again_then_the_third_time_is_the_last(
    wire: MagicMock,
) -> None:
    client = sending(wire, *(a_timeout() for _ in range(3)))
    for _ in range(2):
        with pytest.raises(requests.ReadTimeout):
            client.send()
    with pytest.raises(SilenceError) as caught:
        client.send()
    assert str(caught.value) == (
        f"`sentry.test:9000` accepted a request of stream `events` 3 times, and did not answer it in time: {URL}"
    )
    assert caught.value.failure_type is FailureType.transient_error


def test_given_answer_between_timeouts_when_a_request_is_sent_again_then_they_are_counted_anew(
    wire: MagicMock,
) -> None:
    client = sending(wire, a_timeout(), a_timeout(), an_answer(500), a_timeout(), a_timeout())
    for expected in (requests.ReadTimeout, requests.ReadTimeout, None, requests.ReadTimeout, requests.ReadTimeout):
        if expected:
            with pytest.raises(expected):
                client.send()
        else:
            client.send()


def test_given_host_that_cannot_be_reached_when_a_request_is_sent_again_then_it_is_no_silence(wire: MagicMock) -> None:
    client = sending(wire, *(requests.ConnectTimeout() for _ in range(9)))
    for _ in range(9):
        with pytest.raises(requests.ConnectTimeout):
            client.send()
