"""A PostgreSQL database as a target."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as adbc
import duckdb
from typing_extensions import override

from sourcewright import secrets
from sourcewright.inputs import wrong_input
from sourcewright.warehouse.batches import STAGED
from sourcewright.warehouse.columns import TIME, Table, quote, text
from sourcewright.warehouse.target import STATES, Target, first_line

_OLDEST: Final = 15
"""The version whose indexes take nulls as equal, as keys may have nulls; older ones are out of support."""
_TYPES: Final = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    TIME: "timestamp with time zone",
    "JSON": "jsonb",
}
_DUCK_TYPES: Final = {native: kind for kind, native in _TYPES.items()}


class PostgresTarget(Target):
    """Tables of a schema. DuckDB makes the rows, ADBC copies them into a temporary table, PostgreSQL merges them."""

    errors: ClassVar[tuple[type[Exception], ...]] = (duckdb.Error, adbc.Error)

    def __init__(self, address: str, source: str, schema: str = "") -> None:
        where = urlsplit(address)
        super().__init__(f"PostgreSQL at {where.netloc.rpartition('@')[2]}{where.path}", source, duckdb.connect())
        try:
            self._connection = adbc.connect(address, autocommit=True)
        except adbc.Error as error:
            said = first_line(error)
            for secret in secrets.in_address(address):  # libpq repeats an address that it does not understand
                said = said.replace(secret, "****")
            raise wrong_input(f"{self.name} cannot be reached: {said}") from None
        self._cursor = self._connection.cursor()
        self._native: dict[str, dict[str, str]] = {}
        """Type of each column of each table, in PostgreSQL's terms."""
        try:
            with self.problems():
                self._use(schema)
        except BaseException:
            self.close()
            raise

    def _use(self, schema: str) -> None:
        ((version,),) = self.rows("SELECT current_setting('server_version_num')::int / 10000")
        if version < _OLDEST:
            raise wrong_input(f"{self.name} is PostgreSQL {version}, but {_OLDEST} or later is needed.")
        if schema:
            if not self.rows(f"SELECT 1 FROM pg_namespace WHERE nspname = {text(schema)}"):
                self.execute(f"CREATE SCHEMA {quote(schema)}")
            self.execute(f"SET search_path TO {quote(schema)}")
        lock = f"SELECT pg_try_advisory_lock(hashtext({text(STATES)}), hashtext(current_schema()))"
        if self.rows(lock) != [(True,)]:
            raise wrong_input(f"Another sync writes into {self.name}: wait until it ends.")

    @override
    def execute(self, statement: str) -> None:
        self._cursor.execute(statement)

    @override
    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        self._cursor.execute(query)
        return self.duck.from_arrow(self._cursor.fetch_arrow()).fetchall()

    @override
    def columns_of(self, table: str) -> dict[str, str]:
        """Columns with DuckDB's types. One that somebody gave another type is filled with text, which is cast to it."""
        self._native[table] = super().columns_of(table)
        return {name: _DUCK_TYPES.get(native, "VARCHAR") for name, native in self._native[table].items()}

    @override
    def merge(self, table: Table) -> None:
        self._cursor.adbc_ingest(STAGED, self.duck.table(STAGED), mode="create", temporary=True)
        native = {name: self.native_type(kind) for name, kind in table.columns.items()} | self._native.get(
            table.name, {}
        )
        columns = list(table.columns)
        values = ", ".join(f"{quote(name)}::{native[name]}" for name in columns)
        key = ", ".join(map(quote, table.key))
        changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns)
        self.execute(
            f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) SELECT {values} FROM {STAGED} "
            f"ON CONFLICT ({key}) DO UPDATE SET {changes}"
        )
        self.execute(f"DROP TABLE {STAGED}")

    @override
    def native_type(self, kind: str) -> str:
        return _TYPES.get(kind, "text")

    @override
    def add_key(self, table: Table) -> None:
        self.execute(
            f"CREATE UNIQUE INDEX ON {quote(table.name)} ({', '.join(map(quote, table.key))}) NULLS NOT DISTINCT"
        )

    @override
    def close(self) -> None:
        super().close()
        self._cursor.close()
        self._connection.close()
