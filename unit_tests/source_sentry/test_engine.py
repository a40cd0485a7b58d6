"""What the connector changes in the engine, and which behaviour of the engine it relies on."""

import logging
from typing import Any

import pytest
import time_machine
from airbyte_cdk.models import Type
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry import SourceSentry
from sourcewright.engine.cursor import WindowCursor
from sourcewright.engine.factory import ComponentFactory
from unit_tests.source_sentry.builders import BACKEND, NOW, START, WEB, Json, a_config, a_project, an_event, an_issue
from unit_tests.source_sentry.endpoints import events, issues, keys, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, page
from unit_tests.source_sentry.sync import a_catalog, project_states, read


def stream_of(source: SourceSentry, name: str) -> Any:
    return next(stream for stream in source.streams(dict(source.settings)) if stream.name == name)


def cursor_of(source: SourceSentry, name: str) -> Any:
    stream = stream_of(source, name)
    assert isinstance(stream, DefaultStream)
    return stream.cursor


def test_given_quiet_project_when_synced_again_then_one_window_from_the_last_sync_on(
    sentry: SentryMock, frozen: time_machine.Traveller
) -> None:
    sentry.answers(projects(), page(BACKEND), page(BACKEND))
    for start, end in [
        ("2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"),
        ("2026-11-08T00:00:00Z", "2026-11-15T00:00:00Z"),
        ("2026-11-15T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("2026-11-22T00:00:00Z", NOW),
    ]:
        sentry.answers(events("backend", start, end), page())
    config = a_config(events_window_days=7)
    first = read("events", config=config)
    frozen.move_to("2026-11-22T12:00:00Z", tick=False)
    sentry.answers(events("backend", "2026-11-22T09:00:00Z", "2026-11-22T12:00:00Z"), page())
    second = read("events", config=config, state={"events": first.state("events")})
    assert second.state("events") == project_states("dateCreated", {"1": "2026-11-22T12:00:00Z"})


def test_given_project_that_is_new_when_read_then_from_start_date_though_others_have_cursors(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(events("backend", "2026-11-22T08:00:00Z"), page())
    sentry.answers(events("web", START), page(an_event(1, START)))
    sync = read("events", state={"events": project_states("dateCreated", {"1": "2026-11-22T09:00:00Z"})})
    assert sync.records("events") == [an_event(1, START)]
    assert sync.cursors("events") == {"1": NOW, "2": NOW}


def test_given_project_that_is_gone_when_read_then_its_cursor_stays(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-22T08:00:00Z"), page())
    saved = {"1": "2026-11-22T09:00:00Z", "2": "2026-11-02T00:00:00Z"}
    sync = read("events", state={"events": project_states("dateCreated", saved)})
    assert sync.cursors("events") == {"1": NOW, "2": "2026-11-02T00:00:00Z"}


def test_given_project_that_was_renamed_when_read_then_its_cursor_counts(sentry: SentryMock) -> None:
    sentry.answers_projects(a_project(1, "renamed"))
    sentry.answers(events("renamed", "2026-11-22T08:00:00Z"), page())
    read("events", state={"events": project_states("dateCreated", {"1": "2026-11-22T09:00:00Z"})})


@pytest.mark.parametrize(("cursor", "kept"), [("2026-11-22T10:00:30Z", "2026-11-22T10:00:30Z"), (NOW, NOW)])
def test_given_cursor_not_before_the_sync_start_when_read_then_it_does_not_go_back(
    cursor: str, kept: str, sentry: SentryMock
) -> None:
    """The clock of another machine may have been ahead."""
    start = "2026-11-22T09:00:30Z" if cursor > NOW else "2026-11-22T09:00:00Z"
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", start), page())
    sync = read("events", state={"events": project_states("dateCreated", {"1": cursor})})
    assert sync.cursors("events") == {"1": kept}


def test_given_cursor_far_ahead_when_read_then_a_warning_says_that_nothing_is_read_until_then(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND)
    sync = read("events", state={"events": project_states("dateCreated", {"1": "2027-01-01T00:00:00Z"})})
    (warning,) = sync.warnings()
    assert "events" in warning
    assert "2027-01-01T00:00:00Z" in warning


def test_given_list_that_shifts_between_pages_when_projects_are_read_then_each_once(sentry: SentryMock) -> None:
    sentry.answers(projects(), page(BACKEND, next_cursor="4711:1:0"))
    sentry.answers(projects(cursor="4711:1:0"), page(BACKEND, WEB))
    for slug in ("backend", "web"):
        sentry.answers(events(slug), page())
        sentry.answers(keys(slug), page({"id": slug}))
    sync = read("events", "project_keys")
    assert sorted(key["id"] for key in sync.records("project_keys")) == ["backend", "web"]


def test_given_two_streams_with_projects_when_read_then_the_list_is_asked_for_once(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(an_event(1)))
    sentry.answers(issues("1"), page(an_issue(1)))
    sync = read("events", "issues")
    assert (sync.cursors("events"), sync.cursors("issues")) == ({"1": NOW}, {"1": NOW})


def test_given_list_of_projects_that_failed_when_the_next_stream_is_read_then_it_fails_without_another_request(
    sentry: SentryMock,
) -> None:
    sentry.answers(projects(), *[answer("", 500)] * 9)
    source = SourceSentry(catalog=a_catalog("project_keys"), config=a_config())
    for _ in range(2):
        with pytest.raises(AirbyteTracedException, match="HTTP 500"):
            source.parent_rows("project_list", *BACKEND)


def test_given_parents_when_read_then_only_the_fields_that_children_need_are_kept(sentry: SentryMock) -> None:
    sentry.answers(projects(), page(BACKEND))
    source = SourceSentry(catalog=a_catalog("project_keys"), config=a_config())
    assert source.parent_rows("project_list", "id", "slug") == [{"id": "1", "slug": "backend"}]


def states_of(repository: InMemoryMessageRepository) -> list[Json]:
    """States that wait to be printed."""
    messages = list(repository.consume_queue())
    streams = [message.state.stream for message in messages if message.type is Type.STATE and message.state]
    return [dict(stream.stream_state.__dict__) for stream in streams if stream and stream.stream_state]


def test_given_long_window_when_records_come_in_then_no_state_before_one_of_them_was_read(
    sentry: SentryMock, frozen: time_machine.Traveller
) -> None:
    sentry.answers_projects(BACKEND)
    cursor = cursor_of(SourceSentry(catalog=a_catalog("events"), config=a_config()), "events")
    cursor._message_repository = repository = InMemoryMessageRepository()  # noqa: SLF001
    window, *_ = list(cursor.stream_slices())
    found = []
    for second in range(300):
        cursor.observe(Record(an_event(second), "events", associated_slice=window))
        found += [(second, state) for state in states_of(repository)]
        frozen.shift(1)
    assert found == [(11, project_states("dateCreated", {"1": START}))], "the window is not read yet"


def test_given_many_projects_when_sliced_then_no_switch_to_a_global_cursor(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    cursor = cursor_of(SourceSentry(catalog=a_catalog("events"), config=a_config()), "events")
    cursor._number_of_partitions = 1_000_000  # noqa: SLF001
    assert [window.partition for window in cursor.stream_slices()] == [{"project": "1"}, {"project": "2"}]
    assert cursor.state == project_states("dateCreated", {"1": START, "2": START})


def test_given_null_in_a_record_when_read_then_the_connector_passes_it_on(sentry: SentryMock) -> None:
    """The engine leaves out what is null at the top of a record when it prints it, not before."""
    event = an_event(1, user=None)
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(event))
    catalog, config = a_catalog("events"), a_config()
    source = SourceSentry(catalog=catalog, config=config)
    messages = source.read(logging.getLogger("airbyte"), config, catalog, [])
    assert [message.record.data for message in messages if message.record] == [event]


@pytest.mark.parametrize("stream", ["events", "issues"])
def test_given_stream_of_projects_when_built_then_with_the_connectors_cursor(
    stream: str, frozen: time_machine.Traveller
) -> None:
    del frozen
    source = SourceSentry(catalog=a_catalog(stream), config=a_config())
    assert type(cursor_of(source, stream)) is WindowCursor
    assert isinstance(source._constructor, ComponentFactory)  # noqa: SLF001
