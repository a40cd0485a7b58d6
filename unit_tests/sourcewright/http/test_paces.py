"""Servers that refuse requests without a header: how many they refuse, and how long all takes, in virtual time."""

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count

import pytest

from sourcewright.http.paces import Pace

WORKERS = 10
REQUESTS = 2_000
TICK = 0.001
"""Seconds by which a thread may wake up too late."""

Server = Callable[[float], bool]
"""Whether a request that arrives at this moment is answered well."""


def fixed_window(most: int, seconds: float = 1.0) -> Server:
    taken: dict[int, int] = {}

    def takes(now: float) -> bool:
        window = int((now + 0.37) / seconds)
        taken[window] = taken.get(window, 0) + 1
        return taken[window] <= most

    return takes


def sliding_window(most: int) -> Server:
    taken: deque[float] = deque()

    def takes(now: float) -> bool:
        while taken and taken[0] <= now - 1:
            taken.popleft()
        if len(taken) < most:
            taken.append(now)
            return True
        return False

    return takes


def token_bucket(a_second: int, burst: int) -> Server:
    left, last = float(burst), 0.0

    def takes(now: float) -> bool:
        nonlocal left, last
        left, last = min(burst, left + (now - last) * a_second), now
        if left < 1:
            return False
        left -= 1
        return True

    return takes


@dataclass
class Sync:
    """Requests that workers send as the pace allows; who is refused tries again after 1, 2, 4, … seconds."""

    server: Server
    latency: float
    pace: Pace = field(default_factory=Pace)
    sent: int = 0
    refused: int = 0
    now: float = 0.0

    def run(self) -> None:
        """Advance the clock from one event to the next until all requests are answered."""
        chance, number = random.Random(1), count()  # noqa: S311 - a simulation
        events: list[tuple[float, int, Callable[[], None]]] = []
        ready, left, idle = deque[int](), REQUESTS, WORKERS
        wakes = 0.0

        def at(moment: float, what: Callable[[], None]) -> None:
            heapq.heappush(events, (moment, next(number), what))

        def arrive(sent: float, tries: int) -> None:
            good = self.server(self.now)
            at(self.now + self.latency / 2, lambda: answer(sent, tries, good=good))

        def answer(sent: float, tries: int, *, good: bool) -> None:
            nonlocal idle
            if good:
                idle += 1
                self.pace.accept(self.now)
            else:
                self.refused += 1
                self.pace.refuse(sent, self.now)
                at(self.now + 2**tries, lambda: ready.append(tries + 1))

        while True:
            while (ready or (left and idle)) and not self.pace.wait(self.now):
                tries = ready.popleft() if ready else 0
                left, idle = (left, idle) if tries else (left - 1, idle - 1)
                self.pace.take(self.now)
                self.sent += 1
                at(self.now + self.latency / 2, partial(arrive, self.now, tries))
            turn = self.now + self.pace.wait(self.now)
            if (ready or (left and idle)) and not self.now < wakes <= turn + TICK:
                wakes = turn + chance.uniform(0, TICK)
                at(wakes, lambda: None)
            if not events:
                return
            self.now, _, what = heapq.heappop(events)
            what()


@pytest.mark.parametrize("latency", [0.01, 0.05, 0.3])
@pytest.mark.parametrize(
    ("server", "a_second"),
    [
        pytest.param(lambda: fixed_window(20), 20, id="20 in a fixed second"),
        pytest.param(lambda: fixed_window(5), 5, id="5 in a fixed second"),
        pytest.param(lambda: sliding_window(20), 20, id="20 in any second"),
        pytest.param(lambda: token_bucket(20, 20), 20, id="20 tokens"),
        pytest.param(lambda: token_bucket(20, 5), 20, id="5 tokens, 20 a second"),
        pytest.param(lambda: token_bucket(20, 100), 20, id="100 tokens, 20 a second"),
    ],
)
def test_given_a_server_without_headers_when_read_then_few_are_refused_and_little_time_is_lost(
    server: Callable[[], Server], a_second: int, latency: float
) -> None:
    sync = Sync(server(), latency)
    sync.run()
    assert sync.refused / sync.sent < 0.02
    assert sync.now < 1.1 * REQUESTS / a_second


def test_given_a_server_that_never_refuses_when_read_then_nothing_waits() -> None:
    sync = Sync(lambda _: True, 0.1)
    sync.run()
    assert sync.now == pytest.approx(REQUESTS * 0.1 / WORKERS)


def test_given_a_limit_that_rises_when_read_then_the_pace_follows_within_90_seconds() -> None:
    few, many = fixed_window(5), fixed_window(50)
    sync = Sync(lambda now: few(now) if now < 60 else many(now), 0.05)
    sync.run()
    assert sync.now < 60 + 90 + REQUESTS / 50


def test_given_a_window_of_a_minute_when_it_is_used_up_then_few_requests_ask_for_its_end() -> None:
    sync = Sync(fixed_window(1_000, 60), 0.05)
    sync.run()
    assert sync.refused < 30


def test_given_requests_under_way_when_one_is_refused_then_the_others_lower_the_pace_no_further() -> None:
    pace = Pace()
    for _ in range(20):
        pace.accept(0.1)
    pace.refuse(0.1, 0.2)
    rate = pace.rate
    pace.refuse(0.15, 0.21)
    assert (rate, pace.rate) == (19, 19)
    assert pace.wait(0.21) == pytest.approx(0.99)


def test_given_refusals_without_a_good_answer_when_asked_then_the_waits_double_to_a_minute() -> None:
    pace, now, waits = Pace(), 0.0, []
    for _ in range(9):
        pace.take(now)
        pace.refuse(now, now + 0.01)
        waits.append(round(pace.held_until - now))
        now += 0.01 + pace.wait(now + 0.01)
    assert waits == [1, 1, 2, 4, 8, 16, 32, 60, 60]
