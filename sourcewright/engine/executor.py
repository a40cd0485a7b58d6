"""Runs the work of all streams in turn."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple

from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from typing_extensions import override

from sourcewright.http.pages import drop_page
from sourcewright.http.rate_limits import Governor


class Task(NamedTuple):
    """One call that was submitted."""

    future: Future[Any]
    run: Callable[[], Any]


class FairExecutor(Executor):
    """Takes a task of each stream in turn, and none of a stream whose requests already wait for their limit.

    A pool with one queue would let fifty projects' events, waiting for the one request that Sentry allows at a time,
    hold up every other stream. A thread that waits for its limit does not count as one of the workers.
    """

    def __init__(self, workers: int, governor: Governor) -> None:
        self._workers = workers
        self._governor = governor
        self._queues: dict[str, deque[Task]] = {}
        self._running = 0
        self._lock = threading.Lock()

    @override
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        task = Task(Future(), lambda: fn(*args, **kwargs))
        with self._lock:
            self._queues.setdefault(_stream_of(args), deque()).append(task)
        self.dispatch()
        return task.future

    def dispatch(self) -> None:
        """Start what may run now."""
        with self._lock:
            while self._has_room() and (task := self._next()):
                self._running += 1
                # Daemons, so that a process whose reader is gone can end
                threading.Thread(target=self._work, args=(task,), daemon=True).start()

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            self._queues.clear()

    def _work(self, task: Task | None) -> None:
        while task:
            try:
                task.future.set_result(task.run())
            except BaseException as error:  # noqa: BLE001 - the engine looks at it
                task.future.set_exception(error)
            drop_page()
            with self._lock:
                self._running -= 1
                task = self._next() if self._has_room() else None
                self._running += task is not None

    def _has_room(self) -> bool:
        return self._running - self._governor.waiting < self._workers

    def _next(self) -> Task | None:
        for stream, tasks in list(self._queues.items()):
            if tasks and not self._governor.is_held_up(stream):
                self._queues[stream] = self._queues.pop(stream)  # to the end of the line
                return tasks.popleft()
        return None


def _stream_of(args: tuple[Any, ...]) -> str:
    """Name of the stream that a task reads; making partitions, which reads no stream but their parent, has its own."""
    return args[0].stream_name() if args and isinstance(args[0], Partition) else "partitions"
