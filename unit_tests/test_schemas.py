"""What typed destinations want: each property has one type, and no two columns the same name in another case."""

import json
import re
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


@pytest.mark.parametrize("path", SCHEMAS)
def test_given_a_schema_when_read_then_what_pandas_takes_for_a_date_is_one(path: Any) -> None:
    columns = json.loads(path.read_bytes())["properties"]
    looks_like_a_date = re.compile(r"timestamp.*|.*_at|.*_time|date|datetime|modified", re.IGNORECASE)
    assert [
        name
        for name, column in columns.items()
        if looks_like_a_date.fullmatch(name) and column.get("format") not in {"date", "date-time"}
    ] == []


def test_given_two_types_when_looked_for_then_found_wherever_they_are() -> None:
    two = {"type": ["null", "string", "object"]}
    items = {"type": ["null", "array"], "items": two}
    any_items = {"type": ["null", "array"]}
    either = {"type": ["null", "string"], "oneOf": [{"format": "date"}, {"format": "date-time"}]}
    inner = {"type": ["null", "object"], "properties": {"c": items}}
    schema = {"properties": {"a": two, "b": inner, "d": {}, "e": any_items, "f": either}}
    assert [*ambiguous(schema, "")] == [".a", ".b.c[]", ".d", ".e[]", ".f"]


def ambiguous(schema: Any, place: str) -> Iterator[str]:
    """Places below an object or array whose type is not null and one other: `.owners`, `.annotations[]`."""
    for name, value in schema.get("properties", {}).items():
        yield from _value(value, f"{place}.{name}")
    if "array" in schema.get("type", []):
        yield from _value(schema.get("items", {}), f"{place}[]")


def _value(schema: Any, place: str) -> Iterator[str]:
    types = schema.get("type", [])
    if len(types) != 2 or "null" not in types or {"oneOf", "anyOf", "allOf"} & {*schema}:
        yield place
    yield from ambiguous(schema, place)
