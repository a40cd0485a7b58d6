"""Columns of a DataFrame, and the Arrow batches that are made of records."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from sourcewright import dates

RESCUED: Final = "_rescued_data"
"""JSON of the fields that the schema lacks, and of the values that are not of their column's type; else null."""
_ROWS: Final = 1_000
_LONG: Final = range(-(2**63), 2**63)


class _MisfitError(ValueError):
    """A value is not of its column's type."""


class Column(NamedTuple):
    """Type of a column, and what makes its values of JSON values."""

    kind: DataType
    convert: Callable[[Any, list[str]], Any]
    """Raises ValueError for a value of another type, and notes the names of fields that it leaves out."""


class Columns:
    """Columns of a stream, one for each field of its JSON schema, and `RESCUED`.

    {"id": {"type": "string"}, "tags": {"type": "array"}} -> id STRING, tags STRING (JSON), _rescued_data STRING

    Objects, lists, and what may be of several types are JSON texts; with `structs`, those whose parts the schema names
    are STRUCT and ARRAY. A field with parts that the schema lacks is in `RESCUED` too, as a whole.
    """

    def __init__(self, schema: Mapping[str, Any], *, structs: bool) -> None:
        self._columns = {name: _column(about, structs=structs) for name, about in schema["properties"].items()}
        fields = [StructField(name, column.kind) for name, column in self._columns.items()]
        self.schema = StructType([*fields, StructField(RESCUED, StringType())])
        """Spark's schema."""

    def batches(self, records: Iterable[Mapping[str, Any]]) -> Iterator[pa.RecordBatch]:
        """Arrow batches of `records`."""
        arrow = to_arrow_schema(self.schema, timezone="UTC")
        waiting = iter(records)
        while rows := list(islice(waiting, _ROWS)):
            rescued: list[dict[str, Any]] = [
                {name: value for name, value in row.items() if name not in self._columns} for row in rows
            ]
            values = [_values(name, column, rows, rescued) for name, column in self._columns.items()]
            values.append([as_json(odd) if odd else None for odd in rescued])
            yield pa.RecordBatch.from_arrays(list(map(_array, values, arrow.types)), schema=arrow)


def as_json(value: Any) -> str:
    """JSON text of a value, also of numbers and characters that orjson does not take."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def _values(name: str, column: Column, rows: list[Mapping[str, Any]], rescued: list[dict[str, Any]]) -> list[Any]:
    values: list[Any] = []
    for row, odd in zip(rows, rescued, strict=True):
        value, left_out = row.get(name), list[str]()
        try:
            values.append(None if value is None else column.convert(value, left_out))
        except ValueError:
            values.append(None)
            left_out.append(name)
        if left_out:
            odd[name] = value
    return values


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:  # half characters, which JSON can have and UTF-8 cannot
        return pa.array([value and value.encode("utf-8", "replace").decode() for value in values], kind)


def _column(about: Mapping[str, Any], *, structs: bool) -> Column:
    types = about.get("type", [])
    given = [kind for kind in ([types] if isinstance(types, str) else types) if kind != "null"]
    kind = given[0] if len(given) == 1 else ""
    if about.get("format") == "date-time":
        return Column(TimestampType(), _moment)
    if kind in _SCALARS:
        return _SCALARS[kind]
    if structs and kind == "object" and about.get("properties"):
        return _struct({name: _column(of, structs=True) for name, of in about["properties"].items()})
    if structs and kind == "array" and about.get("items"):
        return _list(_column(about["items"], structs=True))
    return Column(StringType(), _json)


def _struct(columns: Mapping[str, Column]) -> Column:
    def convert(value: Any, left_out: list[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _MisfitError
        left_out += value.keys() - columns.keys()
        known = [name for name in columns if value.get(name) is not None]
        return {name: columns[name].convert(value[name], left_out) for name in known}

    return Column(StructType([StructField(name, column.kind) for name, column in columns.items()]), convert)


def _list(column: Column) -> Column:
    def convert(value: Any, left_out: list[str]) -> list[Any]:
        if not isinstance(value, list):
            raise _MisfitError
        return [None if item is None else column.convert(item, left_out) for item in value]

    return Column(ArrayType(column.kind), convert)


def _json(value: Any, _: list[str]) -> str:
    return as_json(value)


def _text(value: Any, _: list[str]) -> str:
    return value if isinstance(value, str) else as_json(value)


def _flag(value: Any, _: list[str]) -> bool:
    if not isinstance(value, bool):
        raise _MisfitError
    return value


def _whole(value: Any, _: list[str]) -> int:
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if not isinstance(number, int) or isinstance(number, bool) or number not in _LONG:
        raise _MisfitError
    return number


def _number(value: Any, _: list[str]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _MisfitError
    return float(value)


def _moment(value: Any, _: list[str]) -> datetime:
    if not isinstance(value, str):
        raise _MisfitError
    return dates.from_text(value)


_SCALARS: Final[Mapping[str, Column]] = {
    "boolean": Column(BooleanType(), _flag),
    "integer": Column(LongType(), _whole),
    "number": Column(DoubleType(), _number),
    "string": Column(StringType(), _text),
}
