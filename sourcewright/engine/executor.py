"""Thread pool that takes a task of each stream in turn."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, Final, NamedTuple

from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from typing_extensions import override

from sourcewright.http.pages import PageSlots
from sourcewright.http.rate_limits import RateLimiter

_MOST_WAITING: Final = 100
"""Partitions of a stream that wait for a worker at most; the others are not made yet, since each takes some 7 kB."""


class Task(NamedTuple):
    """One call that was submitted."""

    future: Future[Any]
    run: Callable[[], Any]


class FairExecutor(Executor):
    """Runs a task of each stream in turn, and none of a stream whose requests already wait for the rate limiter.

    In a pool with one queue, fifty projects' events that wait for the one request that Sentry allows at a time would
    block every other stream. A thread that waits for the rate limiter does not count as a worker. Neither does one that
    makes partitions: it may wait for a parent stream that another thread reads, and it sends only the parent's
    requests.
    """

    def __init__(self, workers: int, limiter: RateLimiter, slots: PageSlots) -> None:
        self._workers = workers
        self._limiter = limiter
        self._slots = slots
        self._queues: dict[str, deque[Task]] = {}
        self._running = 0
        self._lock = threading.Lock()
        self._thread = threading.local()
        limiter.is_worker = self.is_worker
        limiter.changed = self.dispatch

    def is_worker(self) -> bool:
        """Whether the calling thread counts as a worker."""
        return bool(self._thread.__dict__.get("is_worker"))

    @override
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        task = Task(Future(), lambda: fn(*args, **kwargs))
        if args and isinstance(args[0], Partition):
            with self._lock:
                self._queues.setdefault(args[0].stream_name(), deque()).append(task)
            self.dispatch()
        else:
            stream = args[0].name if args and isinstance(args[0], AbstractStream) else ""
            _spawn(partial(self._make_partitions, stream), task)
        return task.future

    def is_full(self) -> bool:
        """Whether enough partitions wait of the stream for which the calling thread makes partitions."""
        with self._lock:
            return len(self._queues.get(self._thread.__dict__.get("makes", ""), ())) >= _MOST_WAITING

    def dispatch(self) -> None:
        """Start all tasks that may run now."""
        with self._lock:
            while self._has_free_worker() and (task := self._next()):
                self._running += 1
                _spawn(self._work, task)

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            self._queues.clear()

    def _work(self, task: Task | None) -> None:
        self._thread.is_worker = True
        while task:
            self._run(task)
            with self._lock:
                self._running -= 1
                task = self._next() if self._has_free_worker() else None
                self._running += task is not None

    def _make_partitions(self, stream: str, task: Task) -> None:
        self._thread.makes = stream
        self._run(task)

    def _run(self, task: Task) -> None:
        try:
            with self._slots.reading():
                task.future.set_result(task.run())
        except BaseException as error:  # noqa: BLE001 - the engine reads it from the future
            task.future.set_exception(error)

    def _has_free_worker(self) -> bool:
        return self._running - self._limiter.waiting < self._workers

    def _next(self) -> Task | None:
        for stream, tasks in list(self._queues.items()):
            if tasks and not self._limiter.is_limited(stream):
                self._queues[stream] = self._queues.pop(stream)  # to the end of the queue
                return tasks.popleft()
        return None


class TaskManager(ThreadPoolManager):
    """The engine's list of tasks, without those that are done: it would keep 10,000 and then look through them all."""

    def __init__(self, executor: FairExecutor, logger: logging.Logger) -> None:
        super().__init__(executor, logger)  # type: ignore[arg-type]  # only `submit` and `shutdown` are used
        self._executor = executor
        self._changes = threading.Lock()

    @override
    def submit(self, function: Callable[..., Any], *args: Any) -> None:
        future = self._executor.submit(function, *args)
        with self._changes:
            self._futures = [*self._futures, future]
        future.add_done_callback(self._forget)

    @override
    def prune_to_validate_has_reached_futures_limit(self) -> bool:
        """Whether the thread that makes partitions of a stream has to wait, which the engine asks for each of them."""
        return self._executor.is_full()

    def _forget(self, future: Future[Any]) -> None:
        if not future.exception():  # the engine fails at its end because of the others
            with self._changes:  # another list, since the engine may be waiting for one future after the other
                self._futures = [each for each in self._futures if each is not future]


def _spawn(run: Callable[[Task], None], task: Task) -> None:
    # Daemon threads, so that the process can end when nobody reads its output any more
    threading.Thread(target=run, args=(task,), daemon=True).start()
