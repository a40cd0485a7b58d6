"""A stream of the sync that is also the parent of others: its records are read once, for both."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice
from typing_extensions import override

from sourcewright.components.runtime import Row
from sourcewright.engine.partitions import PartitionAround
from sourcewright.record_queue import ReadingStopped


@dataclass
class SharedRows:
    """What children need of the records that the sync reads of their parent, once all of them are there."""

    fields: frozenset[str]
    """What is kept of a record."""
    _rows: list[Row] = field(default_factory=list)
    _open: int = 1
    """Partitions that are not read yet, and 1 until all were made."""
    _error: Exception | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def rows(self) -> list[Row]:
        """All rows; the thread waits for those that read them, so it must be none of the workers.

        Raises:
            Exception: What ended the reading.

        """
        with self._changed:
            self._changed.wait_for(lambda: self._error or not self._open)
            if self._error:
                raise self._error
            return self._rows

    def begin(self) -> None:
        """Wait for one more partition."""
        with self._changed:
            self._open += 1

    def end(self, rows: Iterable[Row]) -> None:
        """Take the rows of a partition, or none when all partitions were made."""
        with self._changed:
            self._rows += rows
            self._open -= 1
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """Let the children fail too."""
        with self._changed:
            self._error = error if isinstance(error, Exception) else ReadingStopped()
            self._changed.notify_all()


class SharedStream(DefaultStream):
    """Yields partitions whose records go to the children too."""

    shared: SharedRows

    @classmethod
    def of(cls, stream: DefaultStream, fields: frozenset[str]) -> SharedRows:
        """Share `fields` of the records of `stream` from now on."""
        stream.__class__ = cls  # the engine has no hook for it
        made: Any = stream
        made.shared = rows = SharedRows(fields)
        return rows

    @override
    def generate_partitions(self) -> Iterable[Partition]:
        try:
            for partition in super().generate_partitions():
                self.shared.begin()
                yield _SharedPartition(partition, self.shared)
        except BaseException as error:
            self.shared.fail(error)
            raise
        self.shared.end(())


class _SharedPartition(PartitionAround):
    """A partition whose records are noted as they pass."""

    def __init__(self, partition: Partition, shared: SharedRows) -> None:
        super().__init__(partition)
        self.shared = shared

    @override
    def read(self) -> Iterable[Record]:
        of_slice, rows = fields_of(self.partition), []
        try:
            for record in self.partition.read():
                rows.append(only(self.shared.fields, of_slice, record.data))
                yield record
        except BaseException as error:
            self.shared.fail(error)
            raise
        self.shared.end(rows)


def only(fields: frozenset[str], *sources: Mapping[str, Any]) -> Row:
    """`fields`, each from the last of `sources` that has it."""
    return {name: source[name] for source in sources for name in fields if name in source}


def fields_of(partition: Partition) -> Mapping[str, Any]:
    """Fields of the slice of a partition."""
    found = partition.to_slice()
    return {**found.partition, **found.extra_fields} if isinstance(found, StreamSlice) else {}
