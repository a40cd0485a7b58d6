"""Columns of a table, and the SQL that makes their values of records.

DuckDB makes the values for every target, so a record becomes the same row everywhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

EXTRACTED_AT: Final = "_airbyte_extracted_at"
"""When a record was read."""
META: Final = "_airbyte_meta"
"""Values that do not fit their columns: {"changes": [{"field", "change", "reason", "value"}]}; else null."""
TIME: Final = "TIMESTAMP WITH TIME ZONE"
_TYPES: Final = {"string": "VARCHAR", "boolean": "BOOLEAN", "integer": "BIGINT", "number": "DOUBLE"}
_LONGEST_NAME: Final = 63
"""Bytes of a name in PostgreSQL."""


def quote(name: str) -> str:
    """Write `name` as a name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Write `value` as a string in SQL."""
    return "'" + value.replace("'", "''") + "'"


def types_of(schema: Mapping[str, Any]) -> dict[str, str]:
    """DuckDB's type of each field of a JSON schema.

    {"id": {"type": ["null", "integer"]}, "tags": {"type": ["null", "array"]}} -> {"id": "BIGINT", "tags": "JSON"}

    Objects, lists, and what may be of several types are JSON.
    """
    return {name: _type_of(about) for name, about in schema.get("properties", {}).items()}


@dataclass
class Table:
    """A stream's table: its columns, in their order and with DuckDB's types, and its key."""

    name: str
    key: Sequence[str]
    types: dict[str, str] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    """Columns that the target's table has already."""
    _fields: dict[str, str] = field(default_factory=dict)
    """The field that each column was given to, by the column's name in lower case."""

    def column_of(self, name: str, kind: str = "JSON") -> str:
        """Column of the field `name`; a new one has the type `kind`.

        DuckDB does not tell `userId` from `userID`: the second of them becomes the column `userID_2`.
        """
        spelled = {column.lower(): column for column in self.types}
        short = name.encode()[:_LONGEST_NAME].decode(errors="ignore")
        for number in count(1):
            column = short if number == 1 else f"{short[: _LONGEST_NAME - 4]}_{number}"
            is_other = number == 1 and spelled.get(column.lower(), column) != column
            if not is_other and self._fields.setdefault(column.lower(), name) == name:
                self.types.setdefault(column, kind)
                return column
        raise AssertionError  # `count` does not end

    @property
    def new_columns(self) -> list[str]:
        """Columns that the target's table lacks."""
        return [column for column in self.types if column not in self.stored]

    @property
    def columns(self) -> dict[str, str]:
        """DuckDB's type of every column, with those that the command adds."""
        return {**self.types, EXTRACTED_AT: TIME, META: "JSON"}

    @property
    def structure(self) -> str:
        """What json_transform shall find in a line: {"record": {"id": "JSON", …}, "emitted_at": "BIGINT"}."""
        return json.dumps({"record": dict.fromkeys(self.types, "JSON"), "emitted_at": "BIGINT"})

    @property
    def row(self) -> str:
        """SELECT list that makes a row of `record`, a struct of JSON values, and of `emitted_at`, in milliseconds."""
        values = [f"{self._value(column)} AS {quote(column)}" for column in self.types]
        return ", ".join([*values, f"to_timestamp(emitted_at / 1000) AS {EXTRACTED_AT}", f"{self._meta()} AS {META}"])

    def _value(self, column: str) -> str:
        value = self._cast(column)
        if column not in self.key or not self._may_misfit(column):
            return value
        # Rows that lost their key would be taken for one
        problem = text(f"Key `{column}` of stream `{self.name}` must be {self.types[column]}, but is ")
        return f"CASE WHEN {self._misfits(column)} THEN error({problem} || {_raw(column)}) ELSE {value} END"

    def _cast(self, column: str) -> str:
        kind, string = self.types[column], f"({_raw(column)}->>'$')"
        if kind == "JSON":
            return _raw(column)
        if kind == "BIGINT":  # a cast alone would round 1.5
            return f"CASE WHEN TRY_CAST({string} AS DOUBLE) % 1 = 0 THEN TRY_CAST({string} AS BIGINT) END"
        return string if kind == "VARCHAR" else f"TRY_CAST({string} AS {kind})"

    def _meta(self) -> str:
        changes = ", ".join(
            f"CASE WHEN {self._misfits(column)} THEN json_object('field', {text(column)}, 'change', 'NULLED', "
            f"'reason', 'DESTINATION_TYPECAST_ERROR', 'value', {_raw(column)}) END"
            for column in self.types
            if self._may_misfit(column)
        )
        return (
            f"('{{\"changes\":[' || nullif(concat_ws(',', NULL, {changes}), '') || ']}}')::JSON"
            if changes
            else "NULL::JSON"
        )

    def _misfits(self, column: str) -> str:
        return f"({_raw(column)} IS NOT NULL AND {self._cast(column)} IS NULL)"

    def _may_misfit(self, column: str) -> bool:
        return self.types[column] not in ("JSON", "VARCHAR")


def _type_of(about: Mapping[str, Any]) -> str:
    if about.get("format") == "date-time":
        return TIME
    types = about.get("type", [])
    given = [kind for kind in ([types] if isinstance(types, str) else types) if kind != "null"]
    return _TYPES.get(given[0], "JSON") if len(given) == 1 else "JSON"


def _raw(column: str) -> str:
    return f"record.{quote(column)}"
