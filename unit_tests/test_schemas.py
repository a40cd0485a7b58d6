"""What typed destinations want: each property has one type, and no two columns the same name in another case."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from unit_tests.manifests import SOURCES, streams

SCHEMAS = [
    pytest.param(source.manifest.parent / "schemas" / f"{stream}.json", id=f"{package}.{stream}")
    for package, source in SOURCES.items()
    for stream in streams(package)
]


@pytest.mark.parametrize("path", SCHEMAS)
def test_given_a_schema_when_read_then_each_property_is_nullable_and_of_one_type(path: Any) -> None:
    assert [*ambiguous(json.loads(path.read_bytes()), "")] == []


@pytest.mark.parametrize("path", SCHEMAS)
def test_given_a_schema_when_read_then_no_two_columns_differ_in_case_alone(path: Any) -> None:
    columns = [name.lower() for name in json.loads(path.read_bytes())["properties"]]
    assert sorted(columns) == sorted(set(columns))


def test_given_two_types_when_looked_for_then_found_wherever_they_are() -> None:
    two = {"type": ["null", "string", "object"]}
    items = {"type": ["null", "array"], "items": two}
    schema = {"properties": {"a": two, "b": {"type": ["null", "object"], "properties": {"c": items}}, "d": {}}}
    assert [*ambiguous(schema, "")] == [".a", ".b.c[]", ".d"]


def ambiguous(schema: Any, place: str) -> Iterator[str]:
    """Places below an object or array whose type is not null and one other: `.owners`, `.annotations[]`."""
    for name, value in schema.get("properties", {}).items():
        yield from _value(value, f"{place}.{name}")
    if "items" in schema:
        yield from _value(schema["items"], f"{place}[]")


def _value(schema: Any, place: str) -> Iterator[str]:
    types = schema.get("type", [])
    if len(types) != 2 or "null" not in types:
        yield place
    yield from ambiguous(schema, place)
