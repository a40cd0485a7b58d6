"""States of any version, as `ProjectState` migrates them."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry.states import ProjectState
from unit_tests.source_sentry.builders import START, Json, a_config
from unit_tests.source_sentry.sync import project_states

CURSOR = "2026-11-10T00:00:00Z"
PROJECT_TWICE = [("1", "2026-11-15T00:00:00Z"), (1, CURSOR), ("1", "2026-11-20T00:00:00Z")]
FUTURE = "2027-01-01T00:00:00Z"


def migrated(state: Any, *, per_project: bool = True, **settings: Any) -> Any:
    """The migrated `state` of a stream with the cursor field `dateCreated`."""
    stream = SimpleNamespace(
        name="events",
        incremental_sync=SimpleNamespace(cursor_field="dateCreated"),
        retriever=SimpleNamespace(partition_router=object() if per_project else None),
    )
    checked = ProjectState(
        config=a_config(**{"projects": [], "sync_start": "2026-11-22T10:00:00Z", **settings}),
        declarative_stream=cast("DeclarativeStream", stream),
    )
    return checked.migrate(state) if checked.should_migrate(state) else state


@pytest.mark.parametrize("per_project", [True, False])
@pytest.mark.parametrize("state", [{}, {"dateCreated": None}])
def test_given_nothing_saved_when_migrated_then_nothing(state: Json, *, per_project: bool) -> None:
    assert migrated(state, per_project=per_project, projects=["backend"]) == {}


@pytest.mark.parametrize(
    "saved",
    [
        "2026-11-10T00:00:00Z",
        "2026-11-10T00:00:00.000000Z",
        "2026-11-10T00:00:00.999Z",
        "2026-11-10T00:00:00",
        "2026-11-10",
        "2026-11-10T00:00:00+00:00",
        "2026-11-10T01:00:00.5+01:00",
    ],
)
def test_given_published_connectors_state_and_one_project_when_migrated_then_its_cursor(saved: str) -> None:
    assert migrated({"dateCreated": saved}, projects=["backend"]) == {
        "use_global_cursor": False,
        "states": [],
        "state": {"dateCreated": CURSOR},
    }


@pytest.mark.parametrize("projects", [[], ["backend", "web"]])
def test_given_published_connectors_state_and_many_projects_when_migrated_then_a_start_with_a_warning(
    projects: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert migrated({"dateCreated": CURSOR}, projects=projects) == {}
    (warning,) = [record.getMessage() for record in caplog.records]
    assert "Stream events" in warning
    assert CURSOR in warning
    assert START in warning


def test_given_state_of_a_stream_without_projects_when_migrated_then_its_cursor() -> None:
    assert migrated({"dateCreated": "2026-11-10T00:00:00.5Z"}, per_project=False) == {"dateCreated": CURSOR}


def test_given_state_of_today_when_migrated_then_the_same() -> None:
    state = project_states("dateCreated", {"1": CURSOR, "2": FUTURE})
    assert migrated(state) == state


def test_given_state_with_a_global_cursor_beside_when_migrated_then_no_new_project_starts_at_it() -> None:
    """A project that appears later would start at the others' cursor, and its history would never be read."""
    today = project_states("dateCreated", {"1": CURSOR})
    state = {**today, "state": {"dateCreated": CURSOR}, "lookback_window": 7, "parent_state": {}}
    assert migrated(state) == today


def test_given_global_state_alone_when_migrated_then_every_project_starts_at_it() -> None:
    state = {"use_global_cursor": True, "state": {"dateCreated": CURSOR}, "lookback_window": 7}
    assert migrated(state) == {"use_global_cursor": False, "states": [], "state": {"dateCreated": CURSOR}}


def test_given_future_cursor_when_migrated_then_it_stays() -> None:
    assert migrated(project_states("dateCreated", {"1": FUTURE})) == project_states("dateCreated", {"1": FUTURE})


@pytest.mark.parametrize("per_project", [True, False])
@pytest.mark.parametrize(
    "state",
    [
        {"dateCreated": "yesterday"},
        {"dateCreated": ""},
        {"dateCreated": 1795341600},
        {"dateCreated": ["2026-11-10"]},
        {"dateCreated": {}},
        {"lastSeen": CURSOR},
        {"state": CURSOR},
        {"state": None},
        {"state": {"dateCreated": 7}},
        {"garbage": True},
        {"use_global_cursor": False},
    ],
)
def test_given_garbage_when_migrated_then_one_sentence_with_the_stream_and_the_value(
    state: Json,
    *,
    per_project: bool,
) -> None:
    with pytest.raises(AirbyteTracedException) as caught:
        migrated(state, per_project=per_project, projects=["backend"])
    message, value = str(caught.value.message), next(iter(state.values()))
    assert caught.value.failure_type is FailureType.config_error
    assert message.startswith("The saved state of stream `events` is not one")
    assert json.dumps(value) in message
    assert '{"dateCreated": "2026-01-31T00:00:00Z"}' in message


@pytest.mark.parametrize(
    "states",
    [
        None,
        "2026-11-10",
        {"1": CURSOR},
        [CURSOR],
        [None],
        [{}],
        [{"partition": {"project": "1"}}],
        [{"cursor": {"dateCreated": CURSOR}}],
        [{"partition": {"project": "1"}, "cursor": None}],
        [{"partition": {"project": "1"}, "cursor": CURSOR}],
        [{"partition": {"project": "1"}, "cursor": {}}],
        [{"partition": {"project": "1"}, "cursor": {"dateCreated": "x"}}],
        [{"partition": {"project": "1"}, "cursor": {"dateCreated": None}}],
        [{"partition": "1", "cursor": {"dateCreated": CURSOR}}],
        [{"partition": {"slug": "backend"}, "cursor": {"dateCreated": CURSOR}}],
    ],
)
def test_given_garbage_among_project_states_when_migrated_then_one_sentence(states: Any) -> None:
    with pytest.raises(AirbyteTracedException, match="The saved state of stream `events` is not one") as caught:
        migrated({"use_global_cursor": False, "states": states})
    assert caught.value.failure_type is FailureType.config_error


def test_given_garbage_among_many_project_states_when_migrated_then_the_sentence_shows_it_alone() -> None:
    states = [{"partition": {"project": str(number)}, "cursor": {"dateCreated": CURSOR}} for number in range(1000)]
    with pytest.raises(AirbyteTracedException) as caught:
        migrated({"states": [*states, {"partition": {"project": "7"}, "cursor": {"dateCreated": "x" * 1000}}]})
    assert "xxx…. Expected" in str(caught.value.message)
    assert len(str(caught.value.message)) < 700


def test_given_many_cursors_ahead_when_migrated_then_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    cursors = {"1": CURSOR, "2": FUTURE, "3": "2026-12-01T00:00:00Z"}
    migrated(project_states("dateCreated", cursors))
    assert [record.message for record in caplog.records] == [
        f"Stream events: its saved cursor {FUTURE} (and 1 more) lies ahead of now, so nothing is read until then."
    ]


def test_given_a_project_twice_when_migrated_then_its_earlier_cursor() -> None:
    entries = [{"partition": {"project": key}, "cursor": {"dateCreated": date}} for key, date in PROJECT_TWICE]
    (entry,) = migrated({"states": entries})["states"]
    assert entry == {"partition": {"project": "1"}, "cursor": {"dateCreated": CURSOR}}


@pytest.mark.parametrize(
    ("start", "end", "is_read"),
    [
        (CURSOR, "2026-11-20T00:00:00Z", True),
        ("2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z", False),
        (CURSOR, "2099-01-01T00:00:00Z", False),
        ("2026-11-20T00:00:00Z", CURSOR, False),
    ],
)
def test_given_what_was_read_after_the_cursor_when_migrated_then_it_stays_if_it_may_be_true(
    start: str, end: str, *, is_read: bool
) -> None:
    entry = {"partition": {"project": "1"}, "cursor": {"dateCreated": CURSOR}, "read": {"start": start, "end": end}}
    (found,) = migrated({"states": [entry]})["states"]
    assert ("read" in found) == is_read


def test_given_a_state_without_projects_when_migrated_then_it_stays(caplog: pytest.LogCaptureFixture) -> None:
    assert migrated({"use_global_cursor": True, "states": []}) == {"use_global_cursor": False, "states": []}
    assert not caplog.records
