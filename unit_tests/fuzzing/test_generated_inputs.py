"""Whatever a user's files hold: it is read, or one sentence says what is wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airbyte_cdk.models import ConnectorSpecification, FailureType
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import assume, given
from hypothesis import strategies as st

from source_sentry import SourceSentry
from source_sentry.config import NormalizeConfig
from source_sentry.states import ProjectState
from sourcewright import dates
from sourcewright.components.states import CheckedState, ChildState
from sourcewright.inputs import Entrypoint
from sourcewright.singer.bookmarks import to_airbyte, to_bookmark
from unit_tests.fuzzing.junk import DATES, JSON, OBJECTS, SCALARS, a_state, near
from unit_tests.source_sentry.builders import NOW, TOKEN, a_config

SPEC: ConnectorSpecification = SourceSentry().spec(cast("Any", None))
CURSOR = "dateCreated"
settings = st.sampled_from(sorted(SPEC.connectionSpecification["properties"]))


def refusal(act: Callable[[], object]) -> AirbyteTracedException | None:
    """Error for the user that `act` ends with, if any; no other may leave it."""
    try:
        act()
    except AirbyteTracedException as error:
        return error
    return None


def is_clear(error: AirbyteTracedException | None, *named: str) -> bool:
    """Whether nothing is wrong, or the error says what the user can fix."""
    if error is None:
        return True
    said = str(error.message)
    return error.failure_type is FailureType.config_error and all(name in said for name in named) and TOKEN not in said


def a_stream(*, partitioned: bool) -> DeclarativeStream:
    router = SimpleNamespace(parent="issues", carries={"issueLastSeen": "lastSeen"}) if partitioned else None
    return cast(
        "DeclarativeStream",
        SimpleNamespace(
            name="events",
            incremental_sync=SimpleNamespace(cursor_field=CURSOR),
            retriever=SimpleNamespace(partition_router=router),
        ),
    )


@given(DATES)
def test_given_a_date_when_read_then_its_text_has_the_one_form_of_all(text: str) -> None:
    try:
        moment = dates.from_text(text)
    except ValueError:
        assume(False)  # noqa: FBT003
    written = dates.to_text(moment)
    assert (len(written), dates.to_text(dates.from_text(written))) == (len(NOW), written)


@given(st.datetimes(), st.datetimes())
def test_given_two_moments_when_written_then_the_order_of_texts_is_theirs(one: Any, other: Any) -> None:
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    assert (one < other) == (dates.to_text(one) < dates.to_text(other))


@pytest.mark.parametrize(
    ("migration", "partitioned"),
    [(CheckedState, True), (CheckedState, False), (ProjectState, True), (ProjectState, False), (ChildState, True)],
)
@given(state=a_state(CURSOR))
def test_given_a_state_when_migrated_then_one_of_this_version_or_a_sentence(
    state: dict[str, Any], migration: type[CheckedState], *, partitioned: bool
) -> None:
    stream = a_stream(partitioned=partitioned)
    checked = migration(config=a_config(projects=[], sync_start=NOW), declarative_stream=stream)
    found: dict[str, Any] = {}
    error = refusal(lambda: checked.should_migrate(state) and found.update(checked.migrate(state)))
    assert is_clear(error, "`events`")
    assert json.loads(json.dumps(found)) == found
    assert not found or refusal(lambda: checked.migrate(found)) is None


@given(near(start=DATES, airbyte_state=a_state(CURSOR), replication_key_value=DATES, **{CURSOR: DATES}))
def test_given_a_bookmark_when_read_then_a_state_or_a_sentence(bookmark: dict[str, Any]) -> None:
    assert is_clear(refusal(lambda: to_airbyte("events", bookmark, CURSOR)), "`events`")


@given(a_state(CURSOR))
def test_given_a_state_when_made_a_bookmark_then_it_comes_back_the_same(state: dict[str, Any]) -> None:
    bookmark = to_bookmark(state, CURSOR)
    message = to_airbyte("events", bookmark, CURSOR)
    assert message is None or (message.stream and vars(message.stream.stream_state) == state)


@given(OBJECTS | st.dictionaries(settings, SCALARS | st.lists(SCALARS, max_size=2) | DATES, max_size=4))
def test_given_settings_when_validated_then_they_are_right_or_a_sentence_names_one(config: dict[str, Any]) -> None:
    full = {**a_config(), **config}
    NormalizeConfig().transform(full)
    assert is_clear(refusal(lambda: Entrypoint.validate_connection(SPEC, full)), "Setting `")


@pytest.mark.parametrize("role", ["config", "catalog", "state"])
def test_given_a_file_of_junk_when_read_then_its_content_or_a_sentence_names_it(role: str, tmp_path: Path) -> None:
    path = tmp_path / "input.json"
    stream = near(
        stream=near(name=st.text(), json_schema=OBJECTS), sync_mode=st.text(), destination_sync_mode=st.text()
    )
    state = near(
        type=st.sampled_from(["STREAM", "GLOBAL"]),
        stream=near(stream_descriptor=near(name=st.text()), stream_state=OBJECTS),
    )

    @given(near(streams=st.lists(stream, max_size=2)) | state | st.lists(state, max_size=2) | JSON)
    def read(content: Any) -> None:
        path.write_text(json.dumps(content), encoding="utf-8")
        assert is_clear(refusal(lambda: getattr(SourceSentry, f"read_{role}")(str(path))), "input.json")

    read()
