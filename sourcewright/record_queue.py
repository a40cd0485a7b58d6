"""Bounded queue from the reader threads to the writer thread; records travel in batches of 100."""

import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import Queue
from typing import Any, Final

from airbyte_cdk.sources.streams.concurrent.partitions.types import PartitionCompleteSentinel
from airbyte_cdk.sources.types import Record
from typing_extensions import override

from sourcewright.raw_records import RAW

BATCHES: Final = 1
"""Batches in the queue at most, which bounds the memory: 100 full events take some 4 MB."""
_BATCH_RECORDS: Final = 100


class ReadingStopped(Exception):  # noqa: N818 - no error, it ends a thread whose records are not needed
    """Nobody reads the records any more."""


class RecordQueue(Queue[Any]):
    """The engine's queue, bounded in batches, which locks a hundredth as often.

    put(record), put(record), …, flush() -> one entry; get() -> record, record, … Anything else that a thread puts
    comes after the records that it put before, as with any queue.
    """

    def __init__(self, note: Callable[[Sequence[Any]], None] = lambda _: None) -> None:
        super().__init__(maxsize=BATCHES)
        self._note = note
        """Told of each entry that is taken out."""
        self.progressed: set[str] = set()
        """Streams of which a partition was read to its end."""
        self._arrived: deque[Any] = deque()
        self._stopped = False

    @override
    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if self._stopped:
            _batches().pop(self, None)
            raise ReadingStopped
        if isinstance(item, Record) and RAW in item.data:
            super().put([item], block, timeout)
        elif isinstance(item, Record):
            records = _batches().setdefault(self, [])
            records.append(item)
            if len(records) >= _BATCH_RECORDS:
                self.flush()
        else:
            if isinstance(item, PartitionCompleteSentinel) and item.is_successful:
                self.progressed.add(item.partition.stream_name())
            self.flush()
            super().put([item], block, timeout)

    def stop(self) -> None:
        """End the threads that put something from now on, or that wait to."""
        with self.mutex:
            self._stopped = True
            self.maxsize = sys.maxsize  # room for all that wait: nobody takes anything out any more
            self.queue.clear()
            self.not_full.notify_all()

    def flush(self) -> None:
        """Put the batch of this thread."""
        if records := _batches().pop(self, None):
            super().put(records)

    @override
    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not self._arrived:
            batch = super().get(block, timeout)
            self._note(batch)
            self._arrived.extend(batch)
        return self._arrived.popleft()

    @override
    def empty(self) -> bool:
        return not self._arrived and super().empty()


_local: Final = threading.local()


def _batches() -> dict[RecordQueue, list[Record]]:
    """Records that this thread has put and that are not in the queue yet, by queue."""
    return _local.__dict__.setdefault("batches", {})  # type: ignore[no-any-return]


def flush_records() -> None:
    """Put the batches of this thread; called at the end of a page."""
    for queue in list(_batches()):
        queue.flush()
