"""The replay bites: records that differ from the example, or do not fit the schema."""

import pytest
import requests

from unit_tests.source_sentry.builders import Json, without
from unit_tests.source_sentry.conformance.builders import (
    PATH,
    PLACE,
    ROW,
    a_description,
    a_get,
    a_schema,
    a_stream,
)
from unit_tests.source_sentry.conformance.description import Description
from unit_tests.source_sentry.conformance.examples import RECENT, Example
from unit_tests.source_sentry.conformance.replay import complaints
from unit_tests.source_sentry.conformance.server import Replayer


def an_example(schema: Json | None = None) -> Example:
    return Example(a_stream(schema), a_description().gets[PLACE])


def test_given_records_as_sent_when_compared_then_no_complaint() -> None:
    assert [*complaints(an_example(), [ROW, ROW])] == []


LOST, CHANGED = "did not come out as sent", "came out, not sent"


@pytest.mark.parametrize(
    ("records", "found"),
    [
        pytest.param([], ["teams: no records came"], id="nothing"),
        pytest.param([without(ROW, "name")], [f"teams.name: {LOST}"], id="dropped field"),
        pytest.param([without(ROW, "manager")], [f"teams.manager: {LOST}"], id="dropped null"),
        pytest.param(
            [{**ROW, "avatar": {}}],
            [f"teams.avatar: {LOST}", f"teams.avatar: {CHANGED}"],
            id="dropped field of an object",
        ),
        pytest.param([ROW, {**ROW, "name": "B"}], [f"teams.name: {CHANGED}"], id="changed value"),
        pytest.param(
            [ROW, {**ROW, "rank": 1}],
            [f"teams.rank: {CHANGED}", "teams.rank: sent, not in our schema"],
            id="no property",
        ),
        pytest.param(
            [ROW, {**ROW, "tags": [{"key": 1}]}],
            [f"teams.tags: {CHANGED}", "teams.tags[].key: sent as 1"],
            id="other type",
        ),
        pytest.param(
            [ROW, {**ROW, "dateCreated": "soon"}],
            [f"teams.dateCreated: {CHANGED}", "teams.dateCreated: sent as 'soon'"],
            id="no date",
        ),
    ],
)
def test_given_other_records_when_compared_then_complaint(records: list[Json], found: list[str]) -> None:
    assert [str(one) for one in complaints(an_example(), records)] == found


def test_given_an_example_when_served_then_its_dates_are_recent_and_it_has_children() -> None:
    get = a_description().gets[PLACE]
    stream = a_stream(a_schema(count={"type": ["null", "integer"]}))
    assert Example(stream, get, dates=frozenset({"dateCreated"}), counted=frozenset({"count"})).answer == [
        {**ROW, "dateCreated": RECENT, "count": 1}
    ]
    assert get.examples == [[ROW]]


def test_given_no_example_when_served_then_one_of_the_described_shape() -> None:
    envelope = {"type": "object", "properties": {"data": {"$ref": "/Team"}}}
    description = Description({**a_description().content, "paths": {PATH: a_get(envelope)}})
    example = Example(a_stream(page="data"), description.gets[PLACE])
    (row,) = example.rows
    assert {*row} == {*ROW}
    assert not example.is_documented


def test_given_no_description_when_served_then_a_record_of_our_schema() -> None:
    (row,) = Example(a_stream(page="rows"), None).answer["rows"]
    assert {*row} == {*ROW}


def test_given_a_path_when_asked_then_the_answer_with_the_fewest_placeholders() -> None:
    answers = {"a/{}/": [1], "a/b/": [2], "a/{}/c/": [3]}
    paths = ("a/x/?y=1", "a/b/", "a/b/c/", "b/", "")
    with Replayer(answers).serve() as server:
        found = [requests.get(f"{server.url}/api/0/{path}", timeout=5) for path in paths]
    assert [response.status_code for response in found] == [200, 200, 200, 404, 200]
    assert [response.json() for response in found[:3]] == [[1], [2], [3]]


def test_given_a_page_when_asked_for_again_and_again_then_it_is_refused() -> None:
    replayer = Replayer({"a/": [1]})
    assert [replayer.answer(f"/api/0/a/?page={page}")[0] for page in (1, 1, 2, 1)] == [200, 200, 200, 400]
