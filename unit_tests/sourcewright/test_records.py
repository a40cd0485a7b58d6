from typing import Any

import pytest
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright.components.parents import CARRIED, ParentRouter, placeholders
from sourcewright.components.records import ParentIds, Text
from sourcewright.components.runtime import Runtime
from unit_tests.source_sentry.builders import Json
from unit_tests.source_sentry.handler import KnownStreams, a_runtime


@pytest.mark.parametrize(
    ("record", "changed"),
    [
        ({"active": True}, {"active": "true"}),
        ({"active": ["ie9", "opera"]}, {"active": '["ie9","opera"]'}),
        ({"active": "ie9"}, {"active": "ie9"}),
        ({"active": None}, {"active": None}),
        ({"id": "1"}, {"id": "1"}),
    ],
)
def test_given_values_of_several_types_when_changed_then_texts(record: Json, changed: Json) -> None:
    Text(config={}, parameters={}, fields=["active"]).transform(record)
    assert record == changed


@pytest.mark.parametrize("config", [{"schedule": [1, "day"]}, None, "x"])
def test_given_a_path_when_changed_then_the_nested_value_as_far_as_there_is_one(config: Any) -> None:
    record = {"config": config}
    Text(config={}, parameters={}, fields=["config.schedule"]).transform(record)
    assert record == {"config": {"schedule": '[1,"day"]'} if isinstance(config, dict) else config}


def test_given_a_record_of_a_child_when_changed_then_it_has_the_parents_key_and_what_the_router_carries() -> None:
    slice_ = StreamSlice(
        partition={"issueId": "7"},
        cursor_slice={},
        extra_fields={"id": "7", CARRIED: {"issueLastSeen": "2026-11-20T08:00:00Z"}},
    )
    record = {"id": "a"}
    ParentIds(config={}, parameters={}).transform(record, stream_slice=slice_)
    assert record == {"id": "a", "issueId": "7", "issueLastSeen": "2026-11-20T08:00:00Z"}


def test_given_a_parent_without_children_when_partitioned_then_no_request_is_made_for_it() -> None:
    router = ParentRouter(
        config={},
        parameters={},
        parent="releases",
        endpoint="organizations/{organization}/releases/{version}/deploys/",
        counted_by="deployCount",
        carries={"releaseDateCreated": "dateCreated"},
    )
    router.wire(a_runtime())
    rows: list[Json] = [
        {"id": "1", "version": "web 1/2", "deployCount": 2, "dateCreated": "2026-11-20T08:00:00Z"},
        {"id": "2", "version": "web@2", "deployCount": 0},
        {"id": "3", "version": "web@3"},
    ]
    found = [(slice_.partition, slice_.extra_fields) for slice_ in router.slices(rows)]
    assert found == [
        ({"id": "1"}, {"version": "web%201%2F2", CARRIED: {"releaseDateCreated": "2026-11-20T08:00:00Z"}}),
        ({"id": "3"}, {"version": "web%403", CARRIED: {"releaseDateCreated": None}}),
    ]


def test_given_an_endpoint_when_looked_at_then_its_placeholders() -> None:
    assert placeholders("teams/{organization}/{slug}/members/") == {"organization", "slug"}


def test_given_a_parent_that_no_url_can_name_when_partitioned_then_it_is_left_out_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    endpoint = "projects/{organization}/tags/{key}/values/"
    router = ParentRouter(config={}, parameters={}, parent="tags", name="values", endpoint=endpoint)
    router.wire(a_runtime())
    found = [
        slice_.extra_fields["key"] for slice_ in router.slices([{"id": "1", "key": ".."}, {"id": "2", "key": "a.b"}])
    ]
    assert found == ["a.b"]
    assert "Skipped: stream `values` below {'id': '1'}" in caplog.text


class FailingStreams(KnownStreams):
    """A parent stream that fails with `sentence`."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    @override
    def parent_rows(self, _: str, *fields: str) -> list[Json]:
        raise AirbyteTracedException(message=self.sentence)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("Of `tags` nothing came.", "Stream `values` is read below `tags`, which failed: Of `tags` nothing came."),
        ("No stream `x` is open to the token.", "No stream `x` is open to the token."),
    ],
)
def test_given_parent_that_fails_when_partitioned_then_the_child_is_named_if_the_reason_is_the_parents_own(
    reason: str, sentence: str
) -> None:
    router = ParentRouter(config={}, parameters={}, parent="tags", name="values")
    router.wire(Runtime(FailingStreams(reason)))
    with pytest.raises(AirbyteTracedException) as caught:
        list(router.stream_slices())
    assert str(caught.value) == sentence
