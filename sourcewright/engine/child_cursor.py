"""Cursor of streams whose partitions are the parents that changed since the last sync."""

import threading
from collections import deque
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, CursorField
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice
from typing_extensions import override

from sourcewright.components.parents import TouchedRouter
from sourcewright.components.windows import WindowProgress
from sourcewright.engine.pace import StatePace

BATCH: Final = "batch"
"""Extra field of a slice: the `Batch` that it is of."""


@dataclass(eq=False)
class Batch:
    """The children of one batch of parents."""

    state: Mapping[str, Any]
    """State of the parent stream once all of them were read."""
    open: int = 1
    """Partitions that are not closed yet, plus one while partitions are still being made."""


class ChildCursor(Cursor):
    """State of the parent stream at which the children were last read.

    {"parent_state": {"issues": {"use_global_cursor": false, "states": […]}}}

    It is as small as the parent's own state, whatever the number of parents. It advances when all children of a batch
    of parents were read, and those of all batches before it. A child that was refused holds it back.
    """

    def __init__(  # noqa: PLR0913 - all by name, as the engine calls the factory
        self,
        *,
        stream_name: str,
        cursor_field: str,
        router: TouchedRouter,
        stream_state: Mapping[str, Any],
        state_manager: ConnectorStateManager,
        message_repository: MessageRepository,
        pace: StatePace,
    ) -> None:
        self.cursor_field = CursorField(cursor_field)
        self._stream_name = stream_name
        self._router = router
        self._saved: Mapping[str, Any] = (stream_state.get("parent_state") or {}).get(router.parent) or {}
        self._state_manager = state_manager
        self._message_repository = message_repository
        self._batches: deque[Batch] = deque()
        self._lock = threading.Lock()
        self._pace = pace
        self._is_new = True
        """Whether the state differs from the last one that was emitted."""

    @property
    @override
    def state(self) -> MutableMapping[str, Any]:
        return {"parent_state": {self._router.parent: self._saved}} if self._saved else {}

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        for found in self._router.batches(self._saved):
            batch = Batch(found.state)
            with self._lock:
                self._batches.append(batch)
            for slice_ in self._router.slices(found.rows):
                with self._lock:
                    batch.open += 1
                extra_fields = {**slice_.extra_fields, BATCH: batch}
                child = StreamSlice(
                    partition=slice_.partition, cursor_slice=found.window or {}, extra_fields=extra_fields
                )
                yield from WindowProgress.attach([child])
            self._close(batch)

    @override
    def observe(self, record: Record) -> None:
        """Ignore records: the state of their parents says what was read."""

    @override
    def should_be_synced(self, record: Record) -> bool:
        return True

    @override
    def close_partition(self, partition: Partition) -> None:
        slice_ = partition.to_slice()
        assert isinstance(slice_, StreamSlice)  # noqa: S101 - what stream_slices yields
        if WindowProgress.of(slice_).is_complete:
            self._close(slice_.extra_fields[BATCH])

    @override
    def ensure_at_least_one_state_emitted(self) -> None:
        with self._lock:
            if self._is_new:
                self._emit()

    def _close(self, batch: Batch) -> None:
        with self._lock:
            batch.open -= 1
            while self._batches and not self._batches[0].open:
                saved = self._batches.popleft().state
                self._is_new |= saved != self._saved
                self._saved = saved
            if self._is_new and self._pace.is_due:
                self._emit()

    def _emit(self) -> None:
        self._is_new = False
        self._pace.note(self.state)
        self._state_manager.update_state_for_stream(self._stream_name, None, self.state)
        self._message_repository.emit_message(self._state_manager.create_state_message(self._stream_name, None))
