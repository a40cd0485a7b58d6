"""States come soon enough for a crash to cost little, and stay small beside what is read."""

from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.types import Record

from sourcewright.engine.pace import StatePace
from unit_tests.source_sentry.builders import BACKEND, NOW, WEB, Json, an_event
from unit_tests.source_sentry.sentry_mock import SentryMock
from unit_tests.source_sentry.sync import project_states
from unit_tests.source_sentry.test_engine import states_of
from unit_tests.sourcewright.engine.test_growth import a_source, events_cursor

HOUR = 3_600
DAY = 24 * HOUR
LARGE = {"states": ["x" * 80] * 10_000}
"""Of ten thousand projects."""
SMALL = {"states": ["x" * 80] * 100}
SIZE = 830_000


def states_in(seconds: int, state: Any, bytes_a_second: int, clock: time_machine.Traveller) -> list[int]:
    """Seconds at which a state that changes each second is put out, where so much is read."""
    read = 0
    pace, found = StatePace(lambda: read), []
    for second in range(1, seconds + 1):
        clock.shift(1)
        read += bytes_a_second
        if pace.is_due:
            pace.note(state)
            found.append(second)
    return found


def gaps(seconds: list[int]) -> list[int]:
    return [after - before for before, after in zip([0, *seconds], seconds, strict=False)]


def test_given_small_state_when_it_changes_then_every_ten_seconds_however_little_is_read(
    frozen: time_machine.Traveller,
) -> None:
    found = states_in(HOUR, SMALL, 0, frozen)
    assert set(gaps(found)) == {11}, "more than ten whole seconds"


def test_given_large_state_when_much_is_read_then_every_ten_seconds_and_a_hundredth_of_it(
    frozen: time_machine.Traveller,
) -> None:
    found = states_in(HOUR, LARGE, 8_000_000, frozen)
    assert set(gaps(found)) == {11}
    assert len(found) * SIZE < HOUR * 8_000_000 / 100


@pytest.mark.parametrize(("seconds", "most"), [(300, 10), (10_000, 50), (DAY, 75)])
def test_given_large_state_when_little_is_read_then_few_and_no_more_than_a_tenth_is_lost(
    seconds: int, most: int, frozen: time_machine.Traveller
) -> None:
    found = states_in(seconds, LARGE, 100, frozen)
    assert len(found) <= most
    assert all(gap <= max(30, second / 10 + 1) for gap, second in zip(gaps(found), found, strict=True))


def test_given_much_to_read_in_bursts_when_a_state_is_large_then_they_never_make_more_than_a_hundredth(
    frozen: time_machine.Traveller,
) -> None:
    found = states_in(HOUR, LARGE, 3_000_000, frozen)
    assert len(found) * SIZE <= HOUR * 3_000_000 / 100
    assert max(gaps(found)) <= 30


def reading(sentry: SentryMock, *projects: Json) -> tuple[Any, ...]:
    """Cursor of the events of `projects`, what it puts states into, and the window of each."""
    sentry.answers_projects(*projects)
    cursor = events_cursor(a_source(len(projects)))
    cursor._message_repository = repository = InMemoryMessageRepository()  # noqa: SLF001
    return cursor, repository, *cursor.stream_slices()


def closing(cursor: Any, window: Any) -> None:
    cursor.close_partition(SimpleNamespace(to_slice=lambda: window))


def test_given_no_window_closed_when_records_come_then_no_further_state(
    sentry: SentryMock, frozen: time_machine.Traveller
) -> None:
    cursor, repository, first, second = reading(sentry, BACKEND, WEB)
    frozen.shift(11)
    closing(cursor, first)
    assert len(states_of(repository)) == 1
    for number in range(60):
        frozen.shift(1)
        cursor.observe(Record(an_event(number), "events", associated_slice=second))
    assert states_of(repository) == []


def test_given_closed_window_that_no_state_told_yet_when_records_come_then_it_is_told(
    sentry: SentryMock, frozen: time_machine.Traveller
) -> None:
    cursor, repository, first, second = reading(sentry, BACKEND, WEB)
    closing(cursor, first)
    assert states_of(repository) == []
    frozen.shift(11)
    cursor.observe(Record(an_event(1), "events", associated_slice=second))
    assert len(states_of(repository)) == 1


@pytest.mark.parametrize("waits", [0, 11])
def test_given_stream_at_its_end_when_read_then_its_last_state_comes_once(
    waits: int, sentry: SentryMock, frozen: time_machine.Traveller
) -> None:
    cursor, repository, window = reading(sentry, BACKEND)
    frozen.shift(waits)
    closing(cursor, window)
    cursor.ensure_at_least_one_state_emitted()
    assert states_of(repository) == [project_states("dateCreated", {"1": NOW})]
