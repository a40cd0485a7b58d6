"""What all targets have in common: a table for each stream, and rows and states written in one transaction."""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Final

import duckdb
import orjson
from airbyte_cdk.models import AirbyteStream, FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.inputs import wrong_input
from sourcewright.lenient_json import OddRecords
from sourcewright.log import logger
from sourcewright.warehouse.batches import STAGED, Batch
from sourcewright.warehouse.columns import EXTRACTED_AT, META, Table, quote, text

STATES: Final = "_airbyte_state"
"""Table of the state of each stream."""
_STATE_SCHEMA: Final = {"properties": {"stream": {"type": "string"}, "source": {"type": "string"}, "state": {}}}


class NotWrittenError(AirbyteTracedException):
    """A target failed; the message is one sentence."""


class Target(ABC):
    """Where the rows go."""

    errors: ClassVar[tuple[type[Exception], ...]] = (duckdb.Error,)
    """What its database raises."""

    def __init__(self, name: str, source: str, duck: duckdb.DuckDBPyConnection) -> None:
        self.name = name
        """How messages name it."""
        self.source = source
        """The account that is read: two never share a table."""
        self.duck = duck
        """Makes the rows, wherever they go."""
        self.batches: dict[str, Batch] = {}
        """Records of each stream that are not written yet."""
        self._odd_records = OddRecords()
        self._misfitting: set[str] = set()
        duck.execute("SET TimeZone = 'UTC'")  # dates that name no zone are in UTC

    def prepare(self, streams: Iterable[AirbyteStream]) -> list[dict[str, Any]]:
        """Make the tables and columns that are missing. Returns the states of the streams that have a table already.

        Raises:
            AirbyteTracedException: A table was not made by this command, or another account was read into it.

        """
        with self._transaction():
            self._states = self._batch(STATES, ["stream"], _STATE_SCHEMA)
            self._store(self._states.table)
            saved = {str(row[0]): row[1:] for row in self.rows(f"SELECT stream, source, state FROM {STATES}")}
            return [state for stream in streams if (state := self._prepare(stream, *saved.get(stream.name, ("", ""))))]

    def write(self, states: Mapping[str, Any]) -> None:
        """Write the records of the batches and the `states` of streams: all of it, or nothing."""
        now = time.time_ns() // 1_000_000
        for name, state in states.items():
            self._states.add({"stream": name, "source": self.source, "state": state}, now)
        with self._transaction():
            for batch in filter(None, [*self.batches.values(), self._states]):
                self._store(batch.table)
                batch.stage(self.duck)
                self._warn_of_misfits(batch.table.name)
                self.merge(batch.table)

    def finish(self) -> None:  # noqa: B027 - most have nothing to do
        """Do what is left after the last record."""

    @abstractmethod
    def execute(self, statement: str) -> None:
        """Run a statement."""

    @abstractmethod
    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Rows of a query."""

    @abstractmethod
    def merge(self, table: Table) -> None:
        """Put the rows of `STAGED` into `table`, in place of those with the same key."""

    def add_key(self, table: Table) -> None:  # noqa: B027
        """Index the key of a new table, where `merge` needs that."""

    def close(self) -> None:
        """Let go of the database."""
        self.duck.close()

    @abstractmethod
    def native_type(self, kind: str) -> str:
        """What DuckDB's type `kind` is in this database."""

    def columns_of(self, table: str) -> dict[str, str]:
        """Type of each column, in the terms of the database; empty where there is no such table."""
        query = (
            "SELECT column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = "
            f"current_schema() AND table_name = {text(table)} ORDER BY ordinal_position"
        )
        return dict(self.rows(query))

    @contextmanager
    def problems(self) -> Iterator[None]:
        """Turn errors of the database into one sentence.

        Raises:
            NotWrittenError: The database refused something.

        """
        try:
            yield
        except self.errors as error:
            message = f"{self.name} cannot be written: {first_line(error)}"
            raise NotWrittenError(message=message, failure_type=FailureType.config_error) from error

    def _prepare(self, stream: AirbyteStream, owner: str, state: str) -> dict[str, Any] | None:
        key = [path[0] for path in stream.source_defined_primary_key or []]
        batch = self.batches[stream.name] = self._batch(stream.name, key, stream.json_schema)
        if not batch.table.stored:
            # Rows that were there went with their table, so they are read again
            self.execute(f"DELETE FROM {STATES} WHERE stream = {text(stream.name)}")
            owner = state = ""
        self._store(batch.table)
        if owner and owner != self.source:
            raise wrong_input(
                f"Table `{stream.name}` of {self.name} holds records of {owner}, not of {self.source}: "
                "write them elsewhere, or with another --schema."
            )
        return orjson.loads(state) if state else None

    def _batch(self, name: str, key: Sequence[str], schema: Mapping[str, Any]) -> Batch:
        existing = self.columns_of(name)
        if existing and not existing.keys() >= {EXTRACTED_AT, META}:
            raise wrong_input(
                f"{self.name} has a table `{name}` that this command did not make: name another target, or a --schema."
            )
        types = {column: kind for column, kind in existing.items() if column not in (EXTRACTED_AT, META)}
        return Batch(Table(name, key, types, set(types)), schema, self._odd_records)

    def _store(self, table: Table) -> None:
        """Make the table, or the columns that it lacks."""
        if not table.stored:
            columns = ", ".join(f"{quote(name)} {self.native_type(kind)}" for name, kind in table.columns.items())
            self.execute(f"CREATE TABLE {quote(table.name)} ({columns})")
            self.add_key(table)
        for name in table.new_columns if table.stored else ():
            column = f"{quote(name)} {self.native_type(table.types[name])}"
            self.execute(f"ALTER TABLE {quote(table.name)} ADD COLUMN {column}")
        table.stored.update(table.types)

    def _warn_of_misfits(self, stream: str) -> None:
        """Tell once of each stream that it has values which do not fit their columns."""
        found = f"SELECT 1 FROM {STAGED} WHERE {META} NOT NULL LIMIT 1"
        if stream not in self._misfitting and self.duck.execute(found).fetchall():
            self._misfitting.add(stream)
            logger.warning("Stream `%s` has values that do not fit the types of their columns: see `%s`.", stream, META)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")


def first_line(error: Exception) -> str:
    """What a database says, without the preface of its kind: `IO Error: …`, `INTERNAL: [libpq] …`."""
    line = next(iter(str(error).strip().splitlines()), "")
    return re.sub(r"^(?:[\w ]*Error: |[A-Z_]+: (?:\[libpq\] )?)+", "", line)
