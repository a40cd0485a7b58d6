"""Records on their way into tables: lines of JSON, collected in memory, which DuckDB turns into rows."""

import re
from collections.abc import Mapping
from typing import Any, Final

import duckdb

from sourcewright.lenient_json import OddRecords
from sourcewright.warehouse.columns import Table, quote, types_of

STAGED: Final = "_airbyte_staged"
"""Temporary table of the rows of a batch: of each key the newest."""
_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class Batch:
    """Records of one stream that are not in its table yet.

    A column that the table has keeps its type, whatever `schema` says.
    """

    def __init__(self, table: Table, schema: Mapping[str, Any], odd_records: OddRecords) -> None:
        for name, kind in types_of(schema).items():
            table.column_of(name, kind)
        self.table = table
        self._odd_records = odd_records
        self._known: set[str] = set(types_of(schema))
        self._renamed: dict[str, str] = {}
        self._lines: list[str] = []

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._lines)

    def add(self, record: Mapping[str, Any], emitted_at: int) -> int:
        """Add a record; its size in bytes. A field that the table does not have becomes a column of type JSON."""
        for name in sorted(record.keys() - self._known):
            self._known.add(name)
            if (column := self.table.column_of(name)) != name:
                self._renamed[name] = column
        if self._renamed:
            record = {self._renamed.get(name, name): value for name, value in record.items()}
        line = {"record": record, "emitted_at": emitted_at}
        data = self._odd_records.line(line, self.table.name, record, self.table.key)
        if b"\\u0000" in data:  # PostgreSQL has no such character: it becomes the text \u0000
            data = _NUL.sub(rb"\1\\\\u0000", data)
        self._lines.append(data.decode())
        return len(data)

    def stage(self, duck: duckdb.DuckDBPyConnection) -> None:
        """Make `STAGED` of the records, and forget them."""
        lines, self._lines = self._lines, []
        duck.execute(
            f"CREATE OR REPLACE TEMP TABLE {STAGED} AS SELECT {self.table.row} FROM (SELECT unnest(json_transform("
            f"line, ?)) FROM (SELECT unnest(?::VARCHAR[]) AS line))",
            [self.table.structure, lines],
        )
        key = ", ".join(map(quote, self.table.key))
        duck.execute(f"DELETE FROM {STAGED} WHERE rowid NOT IN (SELECT max(rowid) FROM {STAGED} GROUP BY {key})")
