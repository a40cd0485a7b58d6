"""The checks of paths and properties bite."""

from typing import Any

import pytest

from unit_tests.source_sentry.builders import Json
from unit_tests.source_sentry.conformance.builders import (
    DATE,
    OUR_TEXT,
    PATH,
    PLACE,
    ROW,
    TEXT,
    a_conformance,
    a_description,
    a_get,
    a_schema,
    a_stream,
)
from unit_tests.source_sentry.conformance.connector import Stream
from unit_tests.source_sentry.conformance.description import Description
from unit_tests.source_sentry.conformance.shapes import Shape, shape_of

MISSING, SURPLUS = "described, not in our schema", "in our schema, not described"
REPOS = {"/api/0/organizations/{organization_id_or_slug}/repos/": a_get({"type": "array", "items": {}})}


def test_given_a_stream_as_described_when_compared_then_no_complaint() -> None:
    conformance = a_conformance()
    assert conformance.complaints() == []
    assert conformance.comparison.properties == 8


@pytest.mark.parametrize(
    ("changed", "complaints"),
    [
        pytest.param(
            {"name": None, "nmae": OUR_TEXT},
            [f"teams.nmae: {SURPLUS}", f"teams.name: {MISSING}"],
            id="misspelt property",
        ),
        pytest.param(
            {"name": {"type": ["null", "integer"]}},
            ["teams.name: integer in our schema, string described"],
            id="wrong type",
        ),
        pytest.param(
            {"name": {"type": ["null", "string", "object"]}},
            ["teams.name: object or string in our schema, string described"],
            id="two types",
        ),
        pytest.param({"name": None}, [f"teams.name: {MISSING}"], id="dropped property"),
        pytest.param(
            {"dateCreated": OUR_TEXT}, ["teams.dateCreated: described as a date, none in our schema"], id="no date"
        ),
        pytest.param(
            {"avatar": {"type": ["null", "object"], "properties": {"uri": OUR_TEXT}}},
            [f"teams.avatar.uri: {SURPLUS}", f"teams.avatar.url: {MISSING}"],
            id="misspelt property of an object",
        ),
        pytest.param(
            {"avatar": {"type": ["null", "object"]}},
            ["teams.avatar: no properties in our schema, described with url"],
            id="object without its properties",
        ),
        pytest.param(
            {"tags": {"type": ["null", "array"]}},
            ["teams.tags: no items in our schema, described as object"],
            id="array without its items",
        ),
        pytest.param(
            {"tags": {"type": ["null", "array"], "items": OUR_TEXT}},
            ["teams.tags[]: string in our schema, object described"],
            id="wrong type of items",
        ),
    ],
)
def test_given_another_schema_when_compared_then_complaint(changed: Json, complaints: list[str]) -> None:
    assert sorted(a_conformance(a_stream(a_schema(**changed))).complaints()) == sorted(complaints)


@pytest.mark.parametrize(
    ("description", "complaints"),
    [
        pytest.param(
            Description({"paths": {}}),
            ["teams is not described, and undescribed.yaml has no reason"],
            id="removed path",
        ),
        pytest.param(
            a_description(**REPOS),
            [f"{next(iter(REPOS))} is no stream, and no_stream.yaml has no reason"],
            id="path without a stream",
        ),
    ],
)
def test_given_other_paths_when_compared_then_complaint(description: Description, complaints: list[str]) -> None:
    assert a_conformance(description=description).complaints() == complaints


@pytest.mark.parametrize(
    ("stream", "description", "reasons"),
    [
        pytest.param(a_stream(), Description({"paths": {}}), {"undescribed": {"teams": "private"}}, id="no path"),
        pytest.param(
            a_stream(), a_description(**REPOS), {"no_stream": {"organizations/{o}/repos/": "lookup"}}, id="no stream"
        ),
        pytest.param(
            a_stream(a_schema(name={"type": ["null", "object"]})),
            a_description(),
            {"exceptions": {"teams.name": "seen"}},
            id="other type",
        ),
        pytest.param(
            a_stream(a_schema(role=OUR_TEXT)), a_description(), {"richer": {"teams.role": "old servers"}}, id="richer"
        ),
    ],
)
def test_given_a_reason_when_compared_then_no_complaint(stream: Stream, description: Description, reasons: Any) -> None:
    assert a_conformance(stream, description, **reasons).complaints() == []


@pytest.mark.parametrize(
    ("file", "entry"),
    [
        ("undescribed", "teams"),
        ("undescribed", "taems"),
        ("no_stream", "organizations/{organization}/teams/"),
        ("no_stream", "organizations/{organization}/taems/"),
        ("exceptions", "teams.name"),
        ("richer", "teams.name"),
    ],
)
def test_given_a_reason_that_nothing_needs_when_compared_then_complaint(file: str, entry: str) -> None:
    reasons: Any = {file: {entry: "any"}}
    assert a_conformance(**reasons).complaints() == [f"{file}.yaml: {entry} is superfluous"]


def test_given_an_envelope_when_compared_then_the_records_in_it() -> None:
    row = a_description().gets[PLACE].answer
    inside = {"type": "object", "properties": {"data": {"type": "object", "properties": {"rows": {"$ref": "/Team"}}}}}
    assert row.row.properties
    description = Description({**a_description().content, "paths": {PATH: a_get(inside, {"data": {"rows": [ROW]}})}})
    assert a_conformance(a_stream(page="data.rows"), description).complaints() == []
    assert a_conformance(a_stream(a_schema(name=None), page="data.rows"), description).complaints() == [
        f"teams.name: {MISSING}"
    ]


def test_given_choices_when_resolved_then_their_union() -> None:
    one, other = {"type": "object", "properties": {"a": TEXT, "b": DATE}}, {"properties": {"a": {"type": "integer"}}}
    for choice in ("allOf", "anyOf", "oneOf"):
        shape = shape_of({choice: [one, {"$ref": "#/components/schemas/Other"}]}, {"Other": other})
        assert shape.types == {"object"}
        assert shape.at("a").types == {"integer", "string"}
        assert (shape.at("b").is_date, shape.at("c")) == (True, Shape())


def test_given_a_component_inside_of_itself_when_resolved_then_anything() -> None:
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/x/Tree"}}}}
    assert shape_of({"$ref": "#/x/Tree"}, {"Tree": tree}).at("children").items == Shape()
