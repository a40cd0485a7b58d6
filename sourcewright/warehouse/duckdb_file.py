"""A DuckDB database as a target."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from typing_extensions import override

from sourcewright.inputs import wrong_input
from sourcewright.warehouse.batches import STAGED
from sourcewright.warehouse.columns import Table, quote
from sourcewright.warehouse.target import Target, first_line


class DuckDBTarget(Target):
    """A database in a file. Rows are typed, merged and saved by DuckDB alone."""

    @classmethod
    def open(cls, path: Path, source: str, schema: str = "") -> "DuckDBTarget":
        """Open the database at `path`, or make it.

        Raises:
            AirbyteTracedException: The file cannot be opened, is none of DuckDB's, or is open elsewhere.

        """
        target = cls(f"`{path}`", source, open_file(path))
        if schema:
            with target.problems():
                target.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(schema)}")
                target.execute(f"USE {quote(schema)}")
        return target

    @override
    def execute(self, statement: str) -> None:
        self.duck.execute(statement)

    @override
    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        return self.duck.execute(query).fetchall()

    @override
    def merge(self, table: Table) -> None:
        name = quote(table.name)
        self.execute(f"DELETE FROM {name} AS old USING {STAGED} AS new WHERE {same_key(table, 'old', 'new')}")
        self.execute(f"INSERT INTO {name} BY NAME FROM {STAGED}")

    @override
    def native_type(self, kind: str) -> str:
        return kind


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """Connection to the database at `path`, which alone may write to it."""
    try:
        return duckdb.connect(str(path))
    except duckdb.Error as error:
        said = first_line(error)
        if "lock" in said:
            reason = "another process has it open"
        elif "not a valid DuckDB" in said:
            reason = "it is no DuckDB database"
        elif not path.absolute().parent.is_dir():
            reason = "its folder does not exist"
        else:
            reason = said
        raise wrong_input(f"`{path}` cannot be opened: {reason}.") from error


def same_key(table: Table, one: str, other: str) -> str:
    """Condition of rows of the same key; a key may have nulls."""
    keys = map(quote, table.key)
    return " AND ".join(f"{one}.{key} IS NOT DISTINCT FROM {other}.{key}" for key in keys)
