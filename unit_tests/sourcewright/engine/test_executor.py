import logging
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

from sourcewright.engine.executor import FairExecutor, TaskManager
from sourcewright.http.pages import PageSlots
from sourcewright.http.rate_limits import RateLimiter


class Slice:
    """A partition of `stream`, as the executor sees it."""

    def __init__(self, stream: str) -> None:
        self._stream = stream

    def stream_name(self) -> str:
        return self._stream


Partition.register(Slice)


class Stream:
    """A stream, as the executor sees it."""

    def __init__(self, name: str) -> None:
        self.name = name


AbstractStream.register(Stream)


class FakeLimiter:
    """A rate limiter that limits `limited`."""

    def __init__(self) -> None:
        self.waiting = 0
        self.limited: set[str] = set()

    def is_limited(self, stream: str) -> bool:
        return stream in self.limited


def an_executor(limiter: FakeLimiter, workers: int = 1) -> FairExecutor:
    return FairExecutor(workers, cast("RateLimiter", limiter), PageSlots())


def submit(executor: FairExecutor, ran: list[str], *names: str) -> list[Any]:
    """One task for each of `names`, which begin with the letter of their stream."""
    return [executor.submit(lambda _, name=name: ran.append(name), Slice(name[0])) for name in names]


def blocked(executor: FairExecutor, stream: str = "a") -> tuple[threading.Event, Any]:
    """A task that takes a worker until its gate is opened."""
    gate, started = threading.Event(), threading.Event()

    def wait(_: Slice) -> bool:
        started.set()
        return gate.wait(5)

    future = executor.submit(wait, Slice(stream))
    assert started.wait(5)
    return gate, future


def test_given_long_queue_of_one_stream_when_another_comes_then_their_tasks_alternate() -> None:
    executor, ran = an_executor(FakeLimiter()), list[str]()
    gate, _ = blocked(executor)
    futures = submit(executor, ran, "a1", "a2", "a3", "b1", "b2")
    gate.set()
    for future in futures:
        future.result(5)
    assert ran in (["a1", "b1", "a2", "b2", "a3"], ["b1", "a1", "b2", "a2", "a3"])


def test_given_limited_stream_when_a_worker_is_free_then_another_runs_and_it_follows_when_it_may() -> None:
    limiter = FakeLimiter()
    limiter.limited = {"a"}
    executor, ran = an_executor(limiter), list[str]()
    a, b = submit(executor, ran, "a1", "b1")
    b.result(5)
    assert ran == ["b1"]
    limiter.limited = set()
    executor.dispatch()
    a.result(5)
    assert ran == ["b1", "a1"]


def test_given_worker_that_waits_for_its_limit_when_another_stream_comes_then_it_runs() -> None:
    limiter = FakeLimiter()
    executor, ran = an_executor(limiter), list[str]()
    gate, first = blocked(executor)
    (future,) = submit(executor, ran, "b1")
    assert ran == []
    limiter.waiting = 1
    executor.dispatch()
    future.result(5)
    assert ran == ["b1"]
    gate.set()
    assert first.result(5)


def test_given_task_that_fails_when_run_then_its_future_says_so_and_the_worker_goes_on() -> None:
    executor, ran = an_executor(FakeLimiter()), list[str]()

    def fail(_: Slice) -> None:
        raise RuntimeError("no")

    failed = executor.submit(fail, Slice("a"))
    (future,) = submit(executor, ran, "a1")
    with pytest.raises(RuntimeError, match="no"):
        failed.result(5)
    future.result(5)
    assert ran == ["a1"]


def test_given_shutdown_when_tasks_wait_then_they_do_not_run() -> None:
    executor, ran = an_executor(FakeLimiter()), list[str]()
    gate, first = blocked(executor)
    submit(executor, ran, "a1", "b1")
    executor.shutdown(wait=False)
    gate.set()
    assert first.result(5)
    executor.dispatch()
    assert ran == []


def test_given_busy_workers_when_partitions_are_made_then_that_waits_for_no_worker() -> None:
    executor, ran = an_executor(FakeLimiter()), list[str]()
    gate, first = blocked(executor)
    executor.submit(ran.append, "partitions").result(5)
    assert ran == ["partitions"]
    gate.set()
    assert first.result(5)


def test_given_threads_of_both_kinds_when_asked_then_only_those_that_read_are_workers() -> None:
    executor, found = an_executor(FakeLimiter()), list[bool]()
    executor.submit(lambda _: found.append(executor.is_worker()), "partitions").result(5)
    executor.submit(lambda _: found.append(executor.is_worker()), Slice("a")).result(5)
    assert found == [False, True]


def making(tasks: TaskManager, stream: str) -> Callable[[], bool]:
    """Whether the thread that makes partitions of `stream` has to wait."""

    def ask() -> bool:
        found: list[bool] = []
        done = threading.Event()

        def make(_: Stream) -> None:
            found.append(tasks.prune_to_validate_has_reached_futures_limit())
            done.set()

        tasks.submit(make, Stream(stream))
        assert done.wait(5)
        return found[0]

    return ask


def test_given_many_waiting_partitions_of_a_stream_when_more_are_made_then_its_maker_alone_waits() -> None:
    executor, ran = an_executor(FakeLimiter()), list[str]()
    tasks = TaskManager(executor, logging.getLogger(__name__))
    of_a, of_b = making(tasks, "a"), making(tasks, "b")
    gate, first = blocked(executor)
    waiting = submit(executor, ran, *["a"] * 99)
    assert not of_a()
    waiting += submit(executor, ran, "a")
    assert (of_a(), of_b()) == (True, False)
    gate.set()
    for future in [first, *waiting]:
        future.result(5)
    assert not of_a()


def test_given_tasks_when_done_then_only_failed_ones_are_kept_and_told_at_the_end() -> None:
    executor = an_executor(FakeLimiter())
    tasks = TaskManager(executor, logging.getLogger(__name__))

    def fail(_: Slice) -> None:
        raise RuntimeError("no")

    tasks.submit(lambda _: None, Slice("a"))
    tasks.submit(fail, Slice("a"))
    tasks.submit(lambda _: None, Slice("a"))
    executor.submit(lambda _: None, Slice("a")).result(5)  # by then the one worker is done with the others

    assert len(tasks._futures) == 1  # noqa: SLF001
    with pytest.raises(RuntimeError, match="Failed reading with errors"):
        tasks.check_for_errors_and_shutdown()
