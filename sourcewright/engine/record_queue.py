"""The way of records from the readers' threads to the one that writes: a page at a time, one at a time."""

import threading
from collections import deque
from queue import Queue
from typing import Any, Final

from airbyte_cdk.sources.types import Record
from typing_extensions import override

PAGES: Final = 1
"""Pages that may lie between readers and writer. Memory goes with it: a page of full events takes some 4 MB."""
_PAGE_RECORDS: Final = 100


class ReadingStopped(Exception):  # noqa: N818 - no error, but the end of a thread that nobody waits for
    """Nobody takes the records any more."""


class PageQueue(Queue[Any]):
    """The engine's queue, bounded in pages, in which records travel together: a hundredth of the locking.

    put(record), put(record), …, end_page() -> one entry; get() -> record, record, … All else a thread puts comes
    after the records that it put before, as with any queue.
    """

    def __init__(self) -> None:
        super().__init__(maxsize=PAGES)
        self._arrived: deque[Any] = deque()
        self._stopped = False

    @override
    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if self._stopped:
            _collected().pop(self, None)
            raise ReadingStopped
        if isinstance(item, Record):
            records = _collected().setdefault(self, [])
            records.append(item)
            if len(records) >= _PAGE_RECORDS:
                self.flush()
        else:
            self.flush()
            super().put([item], block, timeout)

    def stop(self) -> None:
        """Let the threads that would put something end instead, those that are waiting to put included."""
        with self.mutex:
            self._stopped = True
            self.queue.clear()
            self.not_full.notify_all()

    def flush(self) -> None:
        """Put the records that this thread has collected."""
        if records := _collected().pop(self, None):
            super().put(records)

    @override
    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not self._arrived:
            self._arrived.extend(super().get(block, timeout))
        return self._arrived.popleft()

    @override
    def empty(self) -> bool:
        return not self._arrived and super().empty()


_local: Final = threading.local()


def _collected() -> dict[PageQueue, list[Record]]:
    """Records that this thread has put and that are not on their way yet, by queue."""
    return _local.__dict__.setdefault("records", {})  # type: ignore[no-any-return]


def end_page() -> None:
    """Put what this thread has collected on its way, as the page it came from is through."""
    for queue in list(_collected()):
        queue.flush()
