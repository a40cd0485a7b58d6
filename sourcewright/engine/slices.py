"""One stream in slices that any process can read by itself, without a state."""

# ruff: noqa: SLF001 - of the source, and of the engine's stream

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypedDict

from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.message import NoopMessageRepository
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice

from sourcewright import dates, raw_records
from sourcewright.components.windows import PROGRESS, Run, Server, WindowProgress
from sourcewright.engine.child_cursor import BATCH, ChildCursor
from sourcewright.engine.cursor import PartitionCursor, WindowCursor
from sourcewright.engine.factory import ComponentFactory
from sourcewright.engine.parents import states_of
from sourcewright.engine.record_cursor import RecordCursor
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import wrong_input

_OF_PROCESS: Final = frozenset({PROGRESS, BATCH})
_PROBES: Final = 3
"""Partitions of which two windows are asked for, to see whether the server obeys windows."""


class Slice(TypedDict):
    """What is read of a stream by itself; it is pickled."""

    partition: Mapping[str, Any]
    """{"project": "42"}"""
    windows: list[Mapping[str, Any]]
    """[{"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-11-22T09:59:59Z"}], or [{}] where there is none."""
    extra: Mapping[str, Any]
    """What routers hand on: {"project": "web", "carried": {…}}."""
    is_tracked: bool
    """Whether it is known of its windows if they were read."""


class SlicedStream:
    """One stream of a source, cut into slices, or some of its slices, read."""

    def __init__(
        self, source: ManifestSource, name: str, state: Mapping[str, Any] | None = None, *, share: int = 1
    ) -> None:
        """Build the stream, which sends a `share`-th of what the server allows."""
        self.name = name
        self.model, *_ = source.choose([name])
        self.settings = source.settings
        self._state = state or {}
        self._runtime = source._runtime
        self._limiter = source._limiter
        self._limiter.limits = replace(source.limits, share=share)
        factory = ComponentFactory(
            self._runtime,
            *source._parts,
            message_repository=NoopMessageRepository(),
            connector_state_manager=states_of(name, self._state),
        )
        self.stream: AbstractStream = factory.create_component(
            DeclarativeStream, source.definition(name), source.settings
        )
        """The engine's stream, which emits no message."""
        self._server = Server()
        self._partitions: list[Partition] = []

    def state_after(self) -> Mapping[str, Any]:
        """State once all that the state before it leaves was read, by the stream's own cursor; nothing is read."""
        cursor: Any = self.stream.cursor
        for partition in self.partitions():
            window = _slice_of(partition)
            if isinstance(cursor, RecordCursor):  # which else stops before the end of the window
                ConcurrentCursor.observe(cursor, self._newest(cursor, dates.next_second(window["end_time"]), window))
            elif type(cursor) is PartitionCursor:
                cursor.observe(self._newest(cursor, window["end_time"], window))
            cursor.close_partition(partition)
        return dict(cursor.state)

    def _newest(self, cursor: Any, moment: str, window: StreamSlice) -> Record:
        return Record(
            data={cursor.cursor_field.cursor_field_key: moment}, stream_name=self.name, associated_slice=window
        )

    @property
    def state_of_filter(self) -> Mapping[str, Any]:
        """The state, where a list is read whole and those who read it filter it; else nothing."""
        is_window = isinstance(self.stream.cursor, WindowCursor | ChildCursor)
        return {} if is_window else self._state

    def slices(self) -> list[Slice]:
        """All slices: one for each window where the server obeys windows, and otherwise one for each run of them."""
        runs: dict[int, list[Partition]] = {}
        for partition in self.partitions():
            progress = WindowProgress.find(_slice_of(partition))
            runs.setdefault(id(progress.run if progress else partition), []).append(partition)
        if any(len(run) > 1 for run in runs.values()) and self._obeys_windows(runs.values()):
            return [_described([partition]) for run in runs.values() for partition in run]
        return list(map(_described, runs.values()))

    def partitions(self) -> list[Partition]:
        """The engine's partitions, made once by the stream's own router and cursor."""
        with self._runtime.slots.reading():
            self._partitions = self._partitions or list(self.stream.generate_partitions())
        return self._partitions

    def most_at_once(self, slices: list[Slice]) -> float:
        """How many requests the server lets be under way at once, which the first answer of a slice tells."""
        with self._runtime.slots.reading():
            next(self._records_of(self._windows_of(slices[0])), None)
        return self._limiter.most_at_once(self.name)

    def read(self, slices: Iterable[Slice], *, whole: bool = False) -> Iterator[Mapping[str, Any]]:
        """Records of `slices`, each as the dict that a sync writes as JSON.

        Raises:
            AirbyteTracedException: A request failed for good, or, if they must be read `whole`, it was refused.

        """
        with self._runtime.slots.reading():
            for one in slices:
                windows = self._windows_of(one)
                yield from self._records_of(windows)
                if whole and not self._were_read(windows):
                    raise wrong_input(
                        f"Stream `{self.name}`: the server refuses {dict(one['partition']) or 'it'}, as the log of the "
                        "executor says. It would be missing for good, since a Spark stream does not come back to it."
                    )
        self._runtime.odd_dates.tell()

    def _records_of(self, windows: Iterable[StreamSlice]) -> Iterator[Mapping[str, Any]]:
        for window in windows:
            for record in self._factory.create(window).read():
                yield from raw_records.records(record.data)

    def _windows_of(self, one: Slice) -> list[StreamSlice]:
        cursor = self.stream.cursor
        if type(cursor) is PartitionCursor:  # whose filter goes by the cursor of the partition, made only with slices
            cursor._generate_slices_from_partition(StreamSlice(partition=one["partition"], cursor_slice={}), {})
        windows = [
            StreamSlice(partition=one["partition"], cursor_slice=window, extra_fields=one["extra"])
            for window in one["windows"]
        ]
        return WindowProgress.attach(windows, self._server) if one["is_tracked"] else windows

    def _were_read(self, windows: Iterable[StreamSlice]) -> bool:
        progresses = list(filter(None, map(WindowProgress.find, windows)))
        # Where one window is read for all of its run, the others are not
        read = all(progress.is_complete or progress.run.reader not in (None, progress) for progress in progresses)
        return read and self._runtime.refusals.is_saved(self.name)

    def _obeys_windows(self, runs: Iterable[list[Partition]]) -> bool:
        """Whether the server sends nothing from after the end of a window, where it has something."""
        requester: Any = self.model.retriever.requester  # type: ignore[union-attr]
        if not requester.parameters.get("by_time"):
            return True  # the window is a part of the search
        for oldest, *_, newest in [run for run in runs if len(run) > 1][:_PROBES]:
            if self._has_any(newest):
                self._has_any(oldest)
                return not _run_of(oldest).server.ignores_windows
        return False

    def _has_any(self, partition: Partition) -> bool:
        with self._runtime.slots.reading():
            return next(iter(partition.read()), None) is not None

    @property
    def _factory(self) -> Any:
        return self.stream._stream_partition_generator._partition_factory  # type: ignore[attr-defined]


def _slice_of(partition: Partition) -> StreamSlice:
    found = partition.to_slice()
    assert isinstance(found, StreamSlice)  # noqa: S101 - what the engine's slicers yield
    return found


def _run_of(partition: Partition) -> Run:
    return WindowProgress.of(_slice_of(partition)).run


def _described(run: list[Partition]) -> Slice:
    first, *_ = windows = list(map(_slice_of, run))
    return Slice(
        partition=dict(first.partition),
        windows=[dict(window.cursor_slice) for window in windows],
        extra={name: value for name, value in first.extra_fields.items() if name not in _OF_PROCESS},
        is_tracked=WindowProgress.find(first) is not None,
    )
