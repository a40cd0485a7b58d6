"""How far a sync is: what is counted, and where it is shown."""

import io
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from airbyte_cdk.sources.concurrent_source.partition_generation_completed_sentinel import (
    PartitionGenerationCompletedSentinel,
)
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.types import PartitionCompleteSentinel
from airbyte_cdk.sources.types import Record

from sourcewright.cli import progress as display
from sourcewright.http.rate_limits import Limits, RateLimiter
from sourcewright.log import logger
from sourcewright.progress import Progress


@pytest.fixture
def progress() -> Iterator[Progress]:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        yield Progress(RateLimiter(10, Limits("X-Sentry-Rate-Limit-")), total=3)


def a_partition(stream: str) -> Any:
    partition = Mock(spec=Partition)
    partition.stream_name.return_value = stream
    return partition


def read(progress: Progress, stream: str, found: tuple[int, int], records: int, *, whole: bool) -> None:
    """Let the queue tell of partitions: of `(3, 1)` three were found and one, of so many records, was read."""
    partitions, done = found
    for number in range(partitions):
        progress.note([a_partition(stream)])
        if number < done:
            progress.note([Record({"id": n}, stream) for n in range(records)])
            progress.note([PartitionCompleteSentinel(a_partition(stream))])
    if whole:
        progress.note([PartitionGenerationCompletedSentinel(SimpleNamespace(name=stream))])  # type: ignore[arg-type]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_given_streams_under_way_when_asked_then_partitions_records_and_pace_are_told(progress: Progress) -> None:
    read(progress, "teams", (1, 1), 2, whole=True)
    read(progress, "events", (40, 12), 100, whole=False)
    read(progress, "issues", (3, 1), 5, whole=True)

    sentence = re.sub(r"[\d,]+ a second", "N a second", progress.sentence())

    assert sentence == (
        "Progress: 1 of 3 streams done, 1,207 records, 0 s; events 12 of 40+ partitions, 1,200 records, N a second; "
        "issues 1 of 3 partitions, 5 records, N a second"
    )


def test_given_a_limit_that_is_used_up_when_asked_then_the_end_of_the_wait_is_told(progress: Progress) -> None:
    limiter = progress.limiter
    endpoint = limiter.register("events", "events/")
    headers = {"Limit": "1", "Remaining": "0", "Reset": "1795341660"}
    answer = Mock(status_code=200, headers={f"X-Sentry-Rate-Limit-{name}": value for name, value in headers.items()})
    read(progress, "events", (2, 1), 1, whole=True)
    with limiter.slot(endpoint) as report:
        report(answer)

    def ask() -> None:
        with limiter.slot(endpoint):
            pass

    waits = threading.Event()
    limiter.changed = waits.set
    threading.Thread(target=ask, daemon=True).start()
    assert waits.wait(5)

    assert progress.sentence().endswith(
        ", waits: the API allows 1 requests a window to events/, and they are used up until 10:01:00Z"
    )


class Told(logging.Handler):
    """Keeps the lines of the log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self.has_come = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self.has_come.set()


def test_given_no_terminal_when_shown_then_the_log_tells_of_it(
    progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    monkeypatch.setattr(display, "_SECONDS", 0.001)
    monkeypatch.setattr(logger, "handlers", [told])
    monkeypatch.setattr(logger, "level", logging.INFO)

    with display.shown(progress):
        assert told.has_come.wait(5)

    assert told.lines[0] == "Progress: 0 of 3 streams done, 0 records, 0 s"


@pytest.mark.parametrize("mixed", [False, True])
def test_given_a_terminal_when_shown_then_the_display_is_live_unless_records_go_there_too(
    progress: Progress, monkeypatch: pytest.MonkeyPatch, *, mixed: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(os, "isatty", lambda _: mixed)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    read(progress, "events", (40, 12), 100, whole=False)
    handler = logging.StreamHandler(terminal)
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])

    with display.shown(progress):
        logging.getLogger("airbyte").warning("a line of the log")

    shown = terminal.getvalue()
    assert ("12/40+" in shown) is not mixed
    assert "a line of the log\n" in shown.replace("\x1b[2K", "")
    assert handler.stream is terminal
