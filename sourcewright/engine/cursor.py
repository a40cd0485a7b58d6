"""Cursors of streams that are read in partitions."""

from collections.abc import Iterable, Mapping, MutableMapping
from datetime import timedelta
from typing import Any

from airbyte_cdk.sources.declarative.incremental.concurrent_partition_cursor import ConcurrentPerPartitionCursor
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice
from typing_extensions import override

from sourcewright import dates
from sourcewright.components.parents import ParentRouter
from sourcewright.components.states import READ
from sourcewright.components.windows import Run, Server, WindowProgress
from sourcewright.engine.pace import StatePace
from sourcewright.engine.partitions import PartitionAround

Entry = Mapping[str, Any]
"""{"partition": {"project": "42"}, "cursor": {"dateCreated": "…Z"}}."""


class PartitionCursor(ConcurrentPerPartitionCursor):
    """{"use_global_cursor": false, "states": [{"partition": {"project": "42"}, "cursor": {"dateCreated": "…Z"}}]}.

    The engine's global cursor is left out: a partition that appears later would start at the others' cursor, and slower
    partitions would lose records.

    Only partitions that are being read have a cursor of the engine, of some 2 kB and 50 µs for each look at its state.
    The others are their entry in the state, which nobody changes once it is made.
    """

    SWITCH_TO_GLOBAL_LIMIT = DEFAULT_MAX_PARTITIONS_NUMBER = 2**31
    _entries: dict[str, Entry]
    _pace: StatePace
    _is_new = True
    """Whether the state differs from the last one that was emitted."""

    def resume(self, saved: Iterable[Entry], pace: StatePace) -> None:
        """Go on from the entries of a state; called once, before anything is read."""
        self._entries = {self._to_partition_key(entry["partition"]): entry for entry in saved}
        self._pace = pace

    @property
    @override
    def state(self) -> MutableMapping[str, Any]:
        return {"use_global_cursor": False, "states": list(self._entries.values())}

    @override
    def _generate_slices_from_partition(
        self, partition: StreamSlice, parent_state: Mapping[str, Any]
    ) -> Iterable[StreamSlice]:
        key = self._to_partition_key(partition.partition)
        if key not in self._cursor_per_partition:
            cursor = self._create_cursor_of(self._entries.get(key) or {"cursor": self._global_cursor})
            with self._lock:
                self._cursor_per_partition[key] = cursor
                self._note(key)
        return super()._generate_slices_from_partition(partition, parent_state)

    def _create_cursor_of(self, entry: Entry) -> ConcurrentCursor:
        return self._create_cursor(entry["cursor"])

    @override
    def _create_cursor(self, cursor_state: Any, runtime_lookback_window: int = 0) -> ConcurrentCursor:
        """Copy a cursor, as the engine parses its definition for each anew, which takes a millisecond."""
        cursor = self._get_request_window_splitting_cursor().copy_without_state()
        cursor.start, cursor._concurrent_state = cursor._get_concurrent_state(dict(cursor_state or {}))  # noqa: SLF001
        return cursor

    @override
    def _cleanup_if_done(self, partition_key: str) -> None:
        self._note(partition_key)
        super()._cleanup_if_done(partition_key)
        if partition_key not in self._semaphore_per_partition:
            del self._cursor_per_partition[partition_key]

    def _note(self, key: str) -> None:
        """Renew the entry of a partition, which changes only when one of its windows is closed."""
        entry = self._entry(key)
        if entry and entry != self._entries.get(key):
            self._entries[key] = entry
            self._is_new = True

    def _entry(self, key: str) -> Entry:
        saved = self._cursor_per_partition[key].state
        return {"partition": self._to_dict(key), "cursor": dict(saved)} if saved else {}

    @override
    def _emit_state_message(self, throttle: bool = True) -> None:
        """Emit the state if it differs from the last one, once it is due or the stream ends."""
        if self._is_new and (self._pace.is_due or not throttle):
            self._is_new = False
            super()._emit_state_message(throttle=False)
            self._pace.note(self.state)


class WindowCursor(PartitionCursor):
    """State that says how far each partition was read, not the date of its newest record.

    {"use_global_cursor": false, "states": [{"partition": {"project": "42"}, "cursor": {"dateCreated": "…Z"}}]}

    The cursor is exclusive: everything before it was read. So a quiet project is not read anew from its last event
    on, a new one starts at `start_date` and not at the others' cursor, and no record's date is parsed.

    Where the server ignores windows, they are read in one walk, newest first. What it has read, before its end reaches
    the cursor, is in "read": {"start": "…Z", "end": "…Z"} beside the cursor; the next sync leaves it out.
    """

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        self._server = Server()
        self._runs: dict[str, list[Run]] = {}
        self._read = self._read_before()
        return super().stream_slices()

    def _read_before(self) -> frozenset[str]:
        """Partitions of which the router knows that they were read up to now without a request for each."""
        router = self._partition_router
        found = list(router.read_before(self._entries.values())) if isinstance(router, ParentRouter) else []
        entries = {self._to_partition_key(entry["partition"]): entry for entry in found}
        self._entries |= entries
        return frozenset(entries)

    @override
    def _generate_slices_from_partition(
        self, partition: StreamSlice, parent_state: Mapping[str, Any]
    ) -> Iterable[StreamSlice]:
        if self._to_partition_key(partition.partition) in self._read:
            return ()
        windows = list(super()._generate_slices_from_partition(partition, parent_state))
        attached, runs = WindowProgress.attach_runs(windows, self._server)
        self._runs[self._to_partition_key(partition.partition)] = runs
        return attached

    @override
    def _cleanup_if_done(self, partition_key: str) -> None:
        super()._cleanup_if_done(partition_key)
        if partition_key not in self._cursor_per_partition:
            self._runs.pop(partition_key, None)

    @override
    def _create_cursor_of(self, entry: Entry) -> ConcurrentCursor:
        cursor = super()._create_cursor_of(entry)
        if READ in entry:
            parse, slices = self._connector_state_converter.parse_value, cursor._concurrent_state["slices"]  # noqa: SLF001
            lookback: Any = cursor._lookback_window or timedelta()  # noqa: SLF001
            # The engine reads a gap from a second after what lies before it, and looks back from the last part alone
            slices[0]["end"] = max(slices[0]["end"] - lookback, slices[0]["start"]) - timedelta(seconds=1)
            start, end = (parse(entry[READ][name]) for name in ("start", "end"))
            slices.append({"start": start, "end": end, "most_recent_cursor_value": end})
        return cursor

    @override
    def _entry(self, key: str) -> Entry:
        entry = super()._entry(key)
        if not (entry and self._server.ignores_windows):
            return entry
        converter, cursor = self._connector_state_converter, self._cursor_per_partition[key]
        found: list[MutableMapping[str, Any]] = [dict(read) for read in cursor._concurrent_state["slices"]]  # noqa: SLF001
        for run in filter(lambda run: run.read_from, self._runs.get(key, ())):
            start, end = run.read_from, dates.next_second(run.bounds["end_time"])
            found.append({"start": converter.parse_value(start), "end": converter.parse_value(end)})
        _, *later = converter.merge_intervals(found)
        if later:
            return {**entry, READ: {name: converter.output_format(later[-1][name]) for name in ("start", "end")}}
        return entry

    @override
    def observe(self, record: Record) -> None:
        """Emit states while a long window is read; the record itself changes nothing."""
        is_walk = self._server.ignores_windows
        if (is_walk or self._is_new) and self._pace.is_due:
            with self._lock:
                if is_walk and record.associated_slice:
                    self._note(self._to_partition_key(record.associated_slice.partition))
                self._emit_state_message()

    @override
    def ensure_at_least_one_state_emitted(self) -> None:
        for key in self._cursor_per_partition:
            self._note(key)
        super().ensure_at_least_one_state_emitted()

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
                self._advance(key, partition, progress.all_read(window))
            self._cleanup_if_done(key)
            self._emit_state_message()

    def _advance(self, key: str, partition: Partition, window: StreamSlice) -> None:
        """Count the window's end as the newest record seen, since all before it was read."""
        boundary = {self.cursor_field.cursor_field_key: dates.next_second(window["end_time"])}
        cursor = self._cursor_per_partition[key]
        end = Record(data=boundary, stream_name=self._stream_name, associated_slice=window)
        ConcurrentCursor.observe(cursor, end)  # not the one of records, which stops before it
        cursor.close_partition(_PartitionOf(partition, window))


class _PartitionOf(PartitionAround):
    """`partition` with the slice that was read for it, which may be all of its run."""

    def __init__(self, partition: Partition, read: StreamSlice) -> None:
        super().__init__(partition)
        self._slice = read

    @override
    def to_slice(self) -> StreamSlice:
        return self._slice
