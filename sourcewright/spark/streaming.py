"""Streams: each micro-batch reads from the state of the last one to a moment that its offset has pinned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

import pyarrow as pa
from pyspark.sql.datasource import DataSourceStreamReader, InputPartition
from pyspark.sql.streaming.datasource import ReadLimit, SupportsTriggerAvailableNow
from typing_extensions import override

from sourcewright import dates
from sourcewright.engine.slices import Slice
from sourcewright.spark.batch import Reading, Task
from sourcewright.spark.errors import in_a_sentence


class Offset(TypedDict):
    """Where a micro-batch begins or ends; the offsets in the checkpoint are all that is saved."""

    state: Mapping[str, Any]
    """The state of the stream, as a sync saves it."""
    until: str
    """The moment up to which it was read, `2026-11-22T10:00:00Z`; empty at the start."""


@dataclass
class StreamReader(DataSourceStreamReader, SupportsTriggerAvailableNow):
    """Reads what is new, once: rows that come late are waited for, `lag` long, and not looked back for."""

    reading: Reading
    lag: timedelta
    _available: str = ""
    """Up to when is read where Spark asked for what is available now."""
    _planned: dict[str, list[Task]] = field(default_factory=dict)
    """Tasks of the last micro-batch that `latestOffset` planned."""

    @override
    def initialOffset(self) -> Offset:
        return Offset(state={}, until="")

    @override
    def prepareForTriggerAvailableNow(self) -> None:
        self._available = self._now()

    @override
    @in_a_sentence()
    def latestOffset(self, start: Offset, limit: ReadLimit) -> Offset:
        until = self._available or self._now()
        if until <= start["until"]:
            return start
        stream = self.reading.open(until, start["state"], prepared=True)
        end = Offset(state=stream.state_after(), until=until)
        self._planned = {_key(start, end): self.reading.tasks(stream, stream.slices())}
        return end

    @override
    @in_a_sentence()
    def partitions(self, start: Offset, end: Offset) -> list[Task]:
        planned = self._planned.get(_key(start, end))
        if planned is not None or start == end:
            return planned or []
        stream = self.reading.open(end["until"], start["state"], prepared=True)
        return self.reading.tasks(stream, [one for one in stream.slices() if _is_of(one, end)])

    @override
    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        assert isinstance(partition, Task)  # noqa: S101 - what `partitions` returns
        return self.reading.read(partition, whole=True)

    def _now(self) -> str:
        """The end of what is read now: whole minutes, so that no micro-batch is about seconds."""
        return dates.to_text((datetime.now(UTC) - self.lag).replace(second=0))


def _key(start: Offset, end: Offset) -> str:
    return f"{start['until']} {end['until']}"


def _is_of(one: Slice, end: Offset) -> bool:
    """Whether a slice is of `end`: a project that came later is read from its start by the next micro-batch."""
    states = end["state"].get("states")
    return states is None or one["partition"] in [entry["partition"] for entry in states]
