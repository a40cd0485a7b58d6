import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
import requests
import time_machine

from source_sentry.source import SourceSentry
from sourcewright.http.buckets import Bucket
from sourcewright.http.rate_limits import Limits, RateLimiter
from sourcewright.record_queue import ReadingStopped
from unit_tests.source_sentry.handler import a_response

LIMITS = SourceSentry.limits
NOW = 1795341600.0  # 2026-11-22T10:00:00Z


def an_answer(status: int = HTTPStatus.OK, **numbers: object) -> requests.Response:
    """An answer whose rate limit headers are `numbers`: an_answer(Limit=60, Remaining=59, Reset=1795341630)."""
    headers = {f"X_Sentry_Rate_Limit_{name}": str(number) for name, number in numbers.items()}
    return a_response(status, [], **headers)


def a_bucket(*answers: requests.Response, in_flight: int = 0) -> Bucket:
    bucket = Bucket(LIMITS.prefix, in_flight=in_flight)
    for answer in answers:
        bucket.learn(answer, NOW)
    return bucket


EVENTS, TEAMS = "projects/{organization}/{project}/events/", "organizations/{organization}/teams/"


def test_given_stream_when_registered_then_its_budget_is_that_of_the_template_of_its_endpoint() -> None:
    limiter = RateLimiter(10, LIMITS)
    assert (limiter.register("events", EVENTS), limiter.register("more_events", EVENTS)) == (EVENTS, EVENTS)


def test_given_api_with_one_budget_when_streams_are_registered_then_they_share_it() -> None:
    limiter = RateLimiter(10, Limits("X-", per_endpoint=False))
    assert limiter.register("events", EVENTS) == limiter.register("teams", TEAMS)


def test_given_nothing_known_when_asked_then_one_request_at_a_time() -> None:
    assert Bucket(LIMITS.prefix).wait(NOW) == 0.0
    assert Bucket(LIMITS.prefix, in_flight=1, sent=NOW).wait(NOW + 3) == 7.0


def test_given_nothing_known_when_the_first_request_is_not_answered_then_it_holds_the_next_for_ten_seconds() -> None:
    bucket = Bucket(LIMITS.prefix, in_flight=1, sent=NOW)
    assert bucket.wait(NOW + 10) == 0.0
    bucket.in_flight, bucket.sent = 2, NOW + 10
    assert bucket.wait(NOW + 12) == 8.0


def test_given_server_without_limits_when_asked_then_nothing_is_held_back() -> None:
    bucket = a_bucket(an_answer(), in_flight=10_000)
    assert bucket.wait(NOW) == 0.0


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        pytest.param(an_answer(Limit=60, Remaining=59, Reset=int(NOW) + 30), 0.0, id="some left"),
        pytest.param(an_answer(Limit=60, Remaining=0, Reset=int(NOW) + 30), 30.02, id="none left"),
        pytest.param(an_answer(429, Limit=60, Remaining=0, Reset=int(NOW) + 30), 30.02, id="429"),
        pytest.param(an_answer(429, Reset=int(NOW) + 30), 30.02, id="429 with a reset only"),
        pytest.param(an_answer(429, Limit=60, Remaining=20, Reset=int(NOW) + 30), 0.0, id="429 for too many at once"),
        pytest.param(an_answer(Limit=60, Remaining=0, Reset="None"), 0.0, id="no reset"),
        pytest.param(an_answer(429, Limit=60, Remaining=0, Reset="None"), 0.0, id="429 without reset"),
        pytest.param(an_answer(429, Remaining=0), 1.0, id="429 without limit"),
        pytest.param(an_answer(429), 1.0, id="429 without headers"),
        pytest.param(an_answer(Limit=60, Remaining=0, Reset=int(NOW) - 5), 0.0, id="window that has passed"),
        pytest.param(an_answer(Limit="", Remaining="-1", Reset="x"), 0.0, id="no numbers"),
    ],
)
def test_given_answer_when_asked_then_until_its_reset_and_a_second_where_a_429_says_nothing(
    answer: requests.Response, seconds: float
) -> None:
    assert a_bucket(answer).wait(NOW) == pytest.approx(seconds, abs=0.001)


def test_given_used_up_window_when_it_has_ended_then_requests_go_again() -> None:
    bucket = a_bucket(an_answer(Limit=60, Remaining=0, Reset=int(NOW) + 30))
    assert bucket.wait(NOW + 30.03) == 0.0
    assert bucket.used == 0


def test_given_requests_in_flight_at_the_end_of_a_window_when_the_next_begins_then_they_count_in_it() -> None:
    bucket = a_bucket(an_answer(Limit=4, Remaining=0, Reset=int(NOW) + 30), in_flight=3)
    assert bucket.wait(NOW + 30.03) == 0.0
    bucket.in_flight = 4
    assert bucket.wait(NOW + 30.03) is None


def test_given_answers_out_of_order_when_learned_then_the_highest_count_holds() -> None:
    bucket = a_bucket(*(an_answer(Limit=60, Remaining=left, Reset=int(NOW) + 30) for left in (10, 0, 5)))
    assert bucket.wait(NOW) == pytest.approx(30.02, abs=0.001)


def test_given_an_answer_of_the_last_window_when_learned_then_the_new_count_holds() -> None:
    bucket = a_bucket(
        an_answer(Limit=60, Remaining=59, Reset=int(NOW) + 31), an_answer(Limit=60, Remaining=0, Reset=int(NOW) + 1)
    )
    assert (bucket.wait(NOW), bucket.used) == (0.0, 1)


@pytest.mark.parametrize(
    ("remaining", "limit", "shared"),
    [((30, 28), 40, True), ((39, 28), 40, False), ((30, 28), 50, False)],
    ids=["both see more than they sent", "one is by itself", "other limits"],
)
def test_given_two_endpoints_when_the_server_counts_them_together_then_they_share(
    *, remaining: tuple[int, int], limit: int, shared: bool
) -> None:
    first = a_bucket(an_answer(Limit=40, Remaining=remaining[0], Reset=int(NOW) + 1))
    second = a_bucket(an_answer(Limit=limit, Remaining=remaining[1], Reset=int(NOW) + 1), in_flight=2)
    assert first.shares_with(second) is shared
    first.absorb(second)
    assert first.in_flight == 2


@pytest.mark.parametrize(("in_flight", "seconds"), [(1, 0.0), (2, None)])
def test_given_concurrency_limit_when_asked_then_no_more_at_once(in_flight: int, seconds: float | None) -> None:
    answer = an_answer(Limit=60, Remaining=50, Reset=int(NOW) + 30, ConcurrentLimit=2)
    assert a_bucket(answer, in_flight=in_flight).wait(NOW) == seconds


def test_given_a_budget_that_processes_share_when_asked_then_one_of_them_gets_its_part() -> None:
    shared = Bucket(LIMITS.prefix, share=4)
    others = an_answer(Limit=30, Remaining=10, Reset=int(NOW) + 30, ConcurrentLimit=15)
    for _ in range(6):
        shared.learn(others, NOW)
    assert (shared.limit, shared.concurrency, shared.wait(NOW)) == (7, 3, 0.0)
    shared.learn(others, NOW)
    assert shared.wait(NOW) == pytest.approx(30.0, abs=0.1)


def test_given_a_shared_budget_when_others_used_it_up_then_nothing_is_sent() -> None:
    shared = Bucket(LIMITS.prefix, share=4)
    shared.learn(an_answer(Limit=30, Remaining=0, Reset=int(NOW) + 30), NOW)
    assert shared.wait(NOW) == pytest.approx(30.0, abs=0.1)


def test_given_local_clock_five_minutes_ahead_when_429_then_about_a_second_is_waited() -> None:
    """By the local clock the window has ended, so its real end is unknown."""
    wait = a_bucket(an_answer(429, Limit=60, Remaining=0, Reset=int(NOW) - 300)).wait(NOW)
    assert 0 < (wait or 0) < 2


class Other:
    """A thread that wants a slot; `waits` is set when it has to wait."""

    def __init__(self, limiter: RateLimiter, endpoint: str) -> None:
        self.done = threading.Event()
        self.waits = threading.Event()
        limiter.changed = self.waits.set
        self._thread = threading.Thread(target=self._run, args=(limiter, endpoint), daemon=True)
        self._thread.start()

    def _run(self, limiter: RateLimiter, endpoint: str) -> None:
        with limiter.slot(endpoint) as answered:
            answered(an_answer())
        self.done.set()


def test_given_first_answer_is_not_there_yet_when_another_of_the_endpoint_wants_a_slot_then_it_waits(
    frozen: time_machine.Traveller,
) -> None:
    del frozen
    limiter = RateLimiter(10, LIMITS)
    limiter.register("events", EVENTS)
    limiter.register("teams", TEAMS)
    with limiter.slot(EVENTS) as answered:
        other = Other(limiter, EVENTS)
        assert other.waits.wait(5)
        assert (limiter.waiting, limiter.is_limited("events"), limiter.is_limited("teams")) == (1, True, False)
        answered(an_answer())
    assert other.done.wait(5)
    assert (limiter.waiting, limiter.is_limited("events")) == (0, False)


def test_given_one_endpoint_waits_when_another_wants_a_slot_then_it_gets_one(frozen: time_machine.Traveller) -> None:
    del frozen
    limiter = RateLimiter(10, LIMITS)
    with limiter.slot(EVENTS) as answered:
        assert Other(limiter, TEAMS).done.wait(5)
        answered(an_answer())


def test_given_most_requests_in_flight_when_another_endpoint_wants_a_slot_then_it_waits(
    frozen: time_machine.Traveller,
) -> None:
    del frozen
    limiter = RateLimiter(1, LIMITS)
    with limiter.slot(EVENTS) as answered:
        other = Other(limiter, TEAMS)
        assert other.waits.wait(5)
        answered(an_answer())
    assert other.done.wait(5)


def test_given_a_request_that_waits_when_the_reading_stops_then_it_and_all_later_ones_end(
    frozen: time_machine.Traveller,
) -> None:
    del frozen
    limiter = RateLimiter(1, LIMITS)
    with limiter.slot(EVENTS), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(limiter.slot(EVENTS).__enter__)
        while not limiter.waiting:
            pass
        limiter.stop()
        assert isinstance(waiting.exception(10), ReadingStopped)
    with pytest.raises(ReadingStopped):
        limiter.slot(TEAMS).__enter__()


def test_given_request_that_breaks_when_another_waits_then_it_gets_the_slot(frozen: time_machine.Traveller) -> None:
    del frozen
    limiter = RateLimiter(1, LIMITS)

    def breaks() -> Other:
        with limiter.slot(EVENTS):
            other = Other(limiter, EVENTS)
            assert other.waits.wait(5)
            raise requests.ConnectionError

    with pytest.raises(requests.ConnectionError):
        breaks()
    with limiter.slot(EVENTS) as answered:
        answered(an_answer())
