"""Batches: planned by the driver, read by the executors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql.datasource import DataSourceReader, InputPartition
from typing_extensions import override

from sourcewright import dates, secrets
from sourcewright.engine.slices import Slice, SlicedStream
from sourcewright.engine.source import ManifestSource
from sourcewright.spark.columns import Columns
from sourcewright.spark.errors import in_a_sentence
from sourcewright.spark.options import Options


@dataclass
class Task(InputPartition):
    """Slices that one task reads."""

    slices: list[Slice]
    sync_start: str
    """When the reading began, for all tasks: `2026-11-22T10:00:00Z`."""
    share: int
    """Tasks that share the server's limits."""
    state: Mapping[str, Any]
    """State that filters of whole lists go by."""


@dataclass
class Reading:
    """What driver and executors do for one DataFrame; pickled with its options alone."""

    source_class: type[ManifestSource]
    options: Options

    @in_a_sentence()
    def open(
        self, sync_start: str, state: Mapping[str, Any] | None = None, *, share: int = 1, prepared: bool = False
    ) -> SlicedStream:
        """Build the stream as of `sync_start`; `prepared` where settings are compared with the server's data before."""
        secrets.know_settings(self.options.settings)
        source = self.source_class(config={**self.options.settings, "sync_start": sync_start})
        stream = SlicedStream(source, self.options.stream, state, share=share)
        if prepared:
            source.prepare([stream.model])
        return stream

    def tasks(self, stream: SlicedStream, slices: list[Slice]) -> list[Task]:
        """Slices in as many tasks as there may be requests at once: each task sends one at a time."""
        most = min(len(slices), self.options.tasks)
        if most > 1:
            most = int(min(most, stream.most_at_once(slices)))
        sync_start, state = str(stream.settings["sync_start"]), stream.state_of_filter
        return [Task(slices[number::most], sync_start, most, state) for number in range(most)]

    def read(self, task: Task, *, whole: bool = False) -> Iterator[pa.RecordBatch]:
        """Arrow batches of the records of a task."""
        stream = self.open(task.sync_start, task.state, share=task.share)
        columns = Columns(stream.stream.get_json_schema(), structs=self.options.structs)
        with in_a_sentence():
            yield from columns.batches(stream.read(task.slices, whole=whole))


@dataclass
class BatchReader(DataSourceReader):
    """Reads the whole stream, as a first sync does."""

    reading: Reading

    @override
    @in_a_sentence()
    def partitions(self) -> list[Task]:
        stream = self.reading.open(dates.to_text(datetime.now(UTC)), prepared=True)
        return self.reading.tasks(stream, stream.slices())

    @override
    def read(self, partition: InputPartition | None) -> Iterator[pa.RecordBatch]:
        if isinstance(partition, Task):  # Spark makes one without a value where there is none
            yield from self.reading.read(partition)
