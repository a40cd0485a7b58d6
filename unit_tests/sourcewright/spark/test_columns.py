"""Records -> Arrow batches, without a Spark."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

columns = pytest.importorskip("sourcewright.spark.columns", exc_type=ImportError)
pytestmark = pytest.mark.spark
SCHEMA = {
    "properties": {
        "id": {"type": ["null", "string"]},
        "count": {"type": ["null", "integer"]},
        "rate": {"type": ["null", "number"]},
        "isOpen": {"type": ["null", "boolean"]},
        "dateCreated": {"type": ["null", "string"], "format": "date-time"},
        "user": {"type": ["null", "object"], "properties": {"id": {"type": "string"}, "age": {"type": "integer"}}},
        "tags": {"type": ["null", "array"], "items": {"type": "string"}},
        "value": {"type": ["null", "string", "integer"]},
    }
}


def rows(*records: dict[str, Any], structs: bool = False) -> list[dict[str, Any]]:
    """Rows of Arrow without nulls."""
    batches = columns.Columns(SCHEMA, structs=structs).batches(records)
    found = [row for batch in batches for row in batch.to_pylist()]
    return [{name: value for name, value in row.items() if value is not None} for row in found]


def test_given_values_of_every_type_when_made_columns_then_each_has_its_own() -> None:
    record = {"id": "7", "count": 3, "rate": 0.5, "isOpen": True, "dateCreated": "2026-11-22T12:00:00.123456+02:00"}
    moment = datetime(2026, 11, 22, 10, 0, 0, 123456, UTC)
    assert rows(record) == [{**record, "dateCreated": moment}]


def test_given_nested_values_when_made_columns_then_they_are_json() -> None:
    record = {"user": {"id": "1", "new": [1]}, "tags": ["a"], "value": 3}
    assert rows(record) == [{"user": '{"id":"1","new":[1]}', "tags": '["a"]', "value": "3"}]


def test_given_nested_values_when_made_structs_then_what_the_schema_lacks_is_rescued() -> None:
    known, more = {"user": {"id": "1", "age": None}, "tags": ["a", None]}, {"user": {"id": "2", "new": 1}}
    first, second = rows(known, more, structs=True)
    assert first == {"user": {"id": "1", "age": None}, "tags": ["a", None]}
    assert second["user"] == {"id": "2", "age": None}
    assert json.loads(second["_rescued_data"]) == {"user": {"id": "2", "new": 1}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", "many"),
        ("count", 1.5),
        ("count", True),
        ("count", 2**63),
        ("rate", "0.5"),
        ("isOpen", 1),
        ("dateCreated", "a while ago"),
        ("dateCreated", 1764288000),
        ("added", {"by": "the server"}),
    ],
)
def test_given_a_value_without_a_column_of_its_type_when_made_columns_then_it_is_rescued(name: str, value: Any) -> None:
    (row,) = rows({"id": "7", name: value})
    assert row == {"id": "7", "_rescued_data": row["_rescued_data"]}
    assert json.loads(row["_rescued_data"]) == {name: value}


@pytest.mark.parametrize(("name", "value"), [("tags", "none"), ("user", ["1"])])
def test_given_another_shape_than_the_schema_s_when_made_structs_then_it_is_rescued(name: str, value: Any) -> None:
    (row,) = rows({name: value}, structs=True)
    assert json.loads(row.pop("_rescued_data")) == {name: value}
    assert row == {}


def test_given_half_a_character_when_made_columns_then_the_row_comes_with_a_question_mark() -> None:
    assert rows({"id": "a\ud800", "count": 1.0}) == [{"id": "a?", "count": 1}]


def test_given_more_records_than_a_batch_holds_when_made_batches_then_none_is_missing() -> None:
    assert [row["count"] for row in rows(*({"count": number} for number in range(2500)))] == [*range(2500)]
