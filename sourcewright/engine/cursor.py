"""Cursors of streams that are read in partitions."""

import time
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final

from airbyte_cdk.sources.declarative.incremental.concurrent_partition_cursor import ConcurrentPerPartitionCursor
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice
from typing_extensions import override

from sourcewright import dates
from sourcewright.components.windows import Server, WindowProgress

CHECKPOINT_SECONDS: Final = 10.0
"""Seconds between STATE messages of a running stream; the engine's own are 600."""


class RecordCursor(ConcurrentCursor):
    """State of a stream without partitions: {"dateCreated": "…Z"}, the date of its newest record.

    A record that is dated after its window does not advance it: all later syncs would begin there.
    """

    @override
    def observe(self, record: Record) -> None:
        window = record.associated_slice
        date = dates.to_second(record.get(self.cursor_field.cursor_field_key))
        if date and not (window and "end_time" in window and date > dates.next_second(window["end_time"])):
            super().observe(record)


class PartitionCursor(ConcurrentPerPartitionCursor):
    """{"use_global_cursor": false, "states": [{"partition": {"project": "42"}, "cursor": {"dateCreated": "…Z"}}]}.

    The engine's global cursor is left out: a partition that appears later would start at the others' cursor, and slower
    partitions would lose records.
    """

    SWITCH_TO_GLOBAL_LIMIT = DEFAULT_MAX_PARTITIONS_NUMBER = 2**31

    @property
    @override
    def state(self) -> MutableMapping[str, Any]:
        return {name: value for name, value in super().state.items() if name in ("use_global_cursor", "states")}


class WindowCursor(PartitionCursor):
    """State that says how far each partition was read, not the date of its newest record.

    {"use_global_cursor": false, "states": [{"partition": {"project": "42"}, "cursor": {"dateCreated": "…Z"}}]}

    The cursor is exclusive: everything before it was read. So a quiet project is not read anew from its last event
    on, a new one starts at `start_date` and not at the others' cursor, and no record's date is parsed.
    """

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        self._started = time.time()
        self._server = Server()
        return super().stream_slices()

    @override
    def _generate_slices_from_partition(
        self, partition: StreamSlice, parent_state: Mapping[str, Any]
    ) -> Iterable[StreamSlice]:
        return WindowProgress.attach(
            list(super()._generate_slices_from_partition(partition, parent_state)), self._server
        )

    @override
    def observe(self, record: Record) -> None:
        """Emit states while a long window is read; the record itself changes nothing."""
        if time.time() - max(self._last_emission_time, self._started) > CHECKPOINT_SECONDS:
            with self._lock:
                self._emit_state_message()

    @override
    def close_partition(self, partition: Partition) -> None:
        """Advance past a window that was read to its end; the engine calls this when its last page was read."""
        window = partition.to_slice()
        assert isinstance(window, StreamSlice)  # noqa: S101 - what stream_slices yields
        key = self._to_partition_key(window.partition)
        with self._lock:
            self._semaphore_per_partition[key].acquire()
            progress = WindowProgress.of(window)
            if progress.is_complete:
                self._advance(key, progress.all_read(window))
            self._cleanup_if_done(key)
            self._emit_state_message()

    def _advance(self, key: str, window: StreamSlice) -> None:
        """Count the window's end as the newest record seen, since all before it was read."""
        boundary = {self.cursor_field.cursor_field_key: dates.next_second(window["end_time"])}
        cursor = self._cursor_per_partition[key]
        cursor.observe(Record(data=boundary, stream_name=self._stream_name, associated_slice=window))
        cursor.close_partition(_Closed(window))

    @override
    def _throttle_state_message(self) -> float | None:
        now = time.time()
        return now if now - self._last_emission_time > CHECKPOINT_SECONDS else None


class _Closed(Partition):
    """What was read, as the engine's cursor takes it."""

    def __init__(self, window: StreamSlice) -> None:
        self._window = window

    @override
    def to_slice(self) -> StreamSlice:
        return self._window

    @override
    def read(self) -> Iterable[Record]:
        raise NotImplementedError

    @override
    def stream_name(self) -> str:
        raise NotImplementedError

    @override
    def __hash__(self) -> int:
        return hash(self._window)
