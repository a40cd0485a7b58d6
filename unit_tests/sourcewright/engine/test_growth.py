"""The work that a state of many partitions makes, counted in calls and entries, not in seconds."""

import sys
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from airbyte_cdk.sources.message import NoopMessageRepository

from source_sentry import SourceSentry
from unit_tests.source_sentry.builders import BACKEND, NOW, a_config, a_project, an_issue
from unit_tests.source_sentry.endpoints import issues, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, page
from unit_tests.source_sentry.sync import a_catalog, a_state, project_states


def calls(act: Callable[[], object]) -> int:
    """How many functions `act` calls, of Python and of C."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return counted


def a_source(partitions: int) -> SourceSentry:
    """A source that goes on from a state of so many projects, of which the server may know some."""
    saved = {"events": project_states("dateCreated", {str(number): NOW for number in range(1, partitions + 1)})}
    return SourceSentry(catalog=a_catalog("events"), config=a_config(), state=a_state(saved))


def events_cursor(source: SourceSentry) -> Any:
    source._chosen = {"events"}  # noqa: SLF001 - what `read` does
    (stream,) = source.streams(source.settings)
    return stream.cursor


def test_given_larger_state_when_streams_are_built_then_each_partition_takes_a_few_calls(
    frozen: time_machine.Traveller,
) -> None:
    del frozen
    sources = {partitions: a_source(partitions) for partitions in (100, 200, 300)}
    events_cursor(sources[100])  # the first one fills caches
    work = {partitions: calls(partial(events_cursor, source)) for partitions, source in sources.items()}

    assert work[200] - work[100] < 100 * 200, "a cursor of the engine takes 1,600 calls, copies of its entry take most"
    assert work[300] - work[200] == pytest.approx(work[200] - work[100], rel=0.05)


@pytest.mark.parametrize("act", ["close", "state"])
def test_given_larger_state_when_a_window_is_closed_or_the_state_asked_for_then_the_same_work(
    act: str, sentry: SentryMock
) -> None:
    sentry.answers(projects(), page(BACKEND), page(BACKEND))

    def work(partitions: int) -> int:
        cursor = events_cursor(a_source(partitions))
        cursor._message_repository = NoopMessageRepository()  # noqa: SLF001
        (window,) = cursor.stream_slices()
        cursor._emit_state_message()  # noqa: SLF001 - the next one is due in ten seconds
        if act == "state":
            return calls(lambda: cursor.state)
        return calls(lambda: cursor.close_partition(SimpleNamespace(to_slice=lambda: window)))

    assert abs(work(1000) - work(10)) < 100


def test_given_partition_that_is_read_when_closed_then_its_cursor_is_freed_and_its_entry_stays(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND, a_project(3, "new"))
    cursor = events_cursor(a_source(2))
    cursor._message_repository = NoopMessageRepository()  # noqa: SLF001
    for window in cursor.stream_slices():
        cursor.close_partition(SimpleNamespace(to_slice=lambda window=window: window))

    assert not cursor._cursor_per_partition  # noqa: SLF001
    assert cursor.state == project_states("dateCreated", {"1": NOW, "2": NOW, "3": NOW})


def test_given_many_partitions_of_a_parent_when_its_children_are_found_then_the_states_are_no_larger_than_the_rows(
    sentry: SentryMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sourcewright.engine.parents.BATCH_PARENTS", 1)
    found = [a_project(number, f"p{number}") for number in range(1, 33)]
    sentry.answers_projects(*found)
    for project in found:
        sentry.answers(issues(project["id"]), page(an_issue(int(project["id"]))))
    streams = SourceSentry(config=a_config())._defined  # noqa: SLF001
    streams.keep("issues", ["id"])

    batches = streams.touched("issues", {})

    assert sum(len(batch.rows) for batch in batches) == 32
    assert [len(batch.state["states"]) for batch in batches] == [1, 2, 4, 8, 16, 32, 32]
