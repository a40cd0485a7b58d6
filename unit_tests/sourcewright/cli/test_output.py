import errno
import io
import itertools
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from source_sentry.run import main as source_sentry
from source_sentry.tap import TapSentry
from sourcewright.cli import output
from sourcewright.cli.output import LineWriter, PrintedLines
from sourcewright.engine import pace
from unit_tests.source_sentry.builders import BACKEND, NOW, Json, a_config, a_project, an_event
from unit_tests.source_sentry.command import run
from unit_tests.source_sentry.endpoints import events
from unit_tests.source_sentry.sentry_mock import SentryMock, page


def printed(writer: LineWriter) -> PrintedLines:
    return PrintedLines(lambda line: writer.write_line(line.encode()), writer.flush)


def lines_of(binary: io.BytesIO) -> list[bytes]:
    return sorted(binary.getvalue().splitlines())


def test_given_lines_and_texts_when_written_then_all_arrive_in_order() -> None:
    binary = io.BytesIO()
    writer = LineWriter(binary)
    writer.write_line(b"one")
    printed(writer).write("two\n")
    writer.write_line("drei \u2603".encode())
    writer.flush()
    assert binary.getvalue() == "one\ntwo\ndrei \u2603\n".encode()


def test_given_print_in_one_thread_when_another_writes_a_line_in_between_then_both_stay_whole() -> None:
    """`print` writes its text and the end of the line in two calls."""
    binary = io.BytesIO()
    writer = LineWriter(binary)
    text = printed(writer)
    text.write("printed")
    other = threading.Thread(target=writer.write_line, args=(b"record",))
    other.start()
    other.join()
    text.write("\n")
    text.flush()
    assert lines_of(binary) == [b"printed", b"record"]


def test_given_much_or_old_output_when_written_then_it_is_flushed_before_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    binary = io.BytesIO()
    writer = LineWriter(binary)
    writer.write_line(b"first")
    writer.write_line(b"waits")
    assert binary.getvalue() == b"first\n"
    clock[0] = 100.2
    writer.write_line(b"old")
    assert binary.getvalue() == b"first\nwaits\nold\n"
    for _ in range(100):
        writer.write_line(b"x" * 10_000)
    assert len(binary.getvalue()) == len(b"first\nwaits\nold\n") + 81 * 10_001  # 27 lines exceed 256 KiB


def test_given_stream_that_takes_a_few_bytes_when_written_then_all_arrive() -> None:
    class Unbuffered(io.BytesIO):
        def write(self, data: Any) -> int:
            return super().write(data[:3])

    binary = Unbuffered()
    writer = LineWriter(binary)
    writer.write_line(b"a long line")
    assert binary.getvalue() == b"a long line\n"


def test_given_many_threads_when_they_write_and_print_then_every_line_is_whole() -> None:
    binary = io.BytesIO()
    writer = LineWriter(binary)
    text = printed(writer)

    def work(name: int) -> None:
        for number in range(500):
            writer.write_line(f"{name} {number} record".encode())
            print(f"{name} {number} printed", file=text)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.flush()
    expected = [
        f"{name} {n} {kind}".encode() for name in range(4) for n in range(500) for kind in ("record", "printed")
    ]
    assert lines_of(binary) == sorted(expected)


def test_given_lines_in_the_buffer_when_stopped_then_they_are_written_before_the_end() -> None:
    binary = io.BytesIO()
    writer = LineWriter(binary)
    writer.write_line(b"written")
    writer.write_line(b"buffered")
    with pytest.raises(SystemExit) as ended:
        writer.stop(143)
    assert ended.value.code == 143
    assert binary.getvalue() == b"written\nbuffered\n"


def test_given_a_signal_in_the_middle_of_a_write_when_stopped_then_the_whole_buffer_is_written_first() -> None:
    class Interrupted(io.BytesIO):
        def write(self, data: Any) -> int:
            if len(data) > 4:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.01)  # the handler runs at the next bytecode
            return super().write(data[:4])

    binary = Interrupted()
    writer = LineWriter(binary)
    before = signal.signal(signal.SIGTERM, lambda *_: writer.stop(143))
    try:
        with pytest.raises(SystemExit) as ended:
            writer.write_line(b"a line that needs several writes")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 143
    assert binary.getvalue() == b"a line that needs several writes\n"


def write_until_stopped(writer: LineWriter, delay: float) -> None:
    signal.setitimer(signal.ITIMER_REAL, delay)
    for number in itertools.count():
        writer.write_line(b"record %d" % number)
        if number % 3 == 0:
            writer.flush()


@pytest.mark.parametrize("delay", [0.001 + number * 2e-6 for number in range(100)])
def test_given_a_signal_at_any_moment_when_lines_are_written_then_all_before_it_are_whole(delay: float) -> None:
    """The timer strikes at another place of write_line and flush each time."""
    binary = io.BytesIO()
    writer = LineWriter(binary)
    before = signal.signal(signal.SIGALRM, lambda *_: writer.stop(142))
    try:
        with pytest.raises(SystemExit):
            write_until_stopped(writer, delay)
    finally:
        signal.signal(signal.SIGALRM, before)
    lines = binary.getvalue().split(b"\n")
    assert lines == [*(b"record %d" % number for number in range(len(lines) - 1)), b""]


def test_given_a_reader_that_is_gone_when_written_then_the_process_ends_and_says_why() -> None:
    code = """
import sys, time
from sourcewright.cli.output import LineWriter
writer = LineWriter(sys.stdout.buffer)
writer.write_line(b"first")
for _ in range(1000):
    writer.write_line(b"x" * 100_000)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"first\n"
        process.stdout.close()
        assert process.wait(timeout=20) == 1
        assert process.stderr.read() == b"Nobody reads standard output any more: stopped.\n"


class EndedError(BaseException):
    """Takes the place of the end of the process."""


class EndingWriter(LineWriter):
    """Raises where the process would end."""

    def end(self, reason: str) -> NoReturn:
        raise EndedError(reason)


class FailingOnce(io.BytesIO):
    """Refuses the first write."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._errors = [error]

    def write(self, data: Any) -> int:
        if self._errors:
            raise self._errors.pop()
        return super().write(data)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "Nobody reads standard output any more: stopped."),
        (OSError(errno.ENOSPC, "No space left"), "Standard output cannot be written (No space left): stopped."),
        (OSError(errno.EIO, "Input/output error"), "Standard output cannot be written (Input/output error): stopped."),
        (ValueError("write to closed file"), "Standard output cannot be written (write to closed file): stopped."),
    ],
)
def test_given_output_that_fails_when_a_line_is_logged_then_the_process_ends(error: Exception, sentence: str) -> None:
    """A handler swallows errors, and the next state would go out without the records before it."""
    writer = EndingWriter(FailingOnce(error))
    handler = logging.StreamHandler(printed(writer))
    with pytest.raises(EndedError, match=re.escape(sentence)):
        handler.handle(logging.makeLogRecord({"msg": "A line."}))


def test_given_output_that_fails_when_logs_are_taken_over_then_the_process_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unbuffered output is written to with each flush, though nothing was logged yet."""

    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler(Full())])
    monkeypatch.setattr(output, "LineWriter", EndingWriter)
    with pytest.raises(EndedError, match=r"cannot be written \(No space left\)"), output.line_output():
        pass


def test_given_write_that_fails_for_another_reason_when_written_again_then_no_line_is_missing() -> None:
    binary = FailingOnce(MemoryError())
    writer = LineWriter(binary)
    with pytest.raises(MemoryError):
        writer.write_line(b"record")
    writer.write_line(b"state")
    writer.flush()
    assert binary.getvalue() == b"record\nstate\n"


@pytest.mark.parametrize("run", [source_sentry, TapSentry.exit_code])
def test_given_closed_output_when_a_command_is_run_then_one_sentence(
    run: Callable[[list[str]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as ended:
        run(["spec"])
    assert ended.value.code == "Standard output is closed, so there is nowhere to write to: stopped."


def test_given_records_when_read_then_each_is_a_line_as_the_server_sent_it(sentry: SentryMock, tmp_path: Path) -> None:
    odd = an_event(
        1, user=None, count="0", big=12345678901234567890, exact=0.1, blank="", nested={"null": [None]}, text="\u2603\n"
    )
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(odd, an_event(2)))
    result = run(tmp_path, "read", a_config(), streams=["events"])
    records = [message["record"] for message in result.messages if message["type"] == "RECORD"]
    assert [record["data"] for record in records] == [odd, an_event(2)]
    assert {(record["stream"], type(record["emitted_at"])) for record in records} == {("events", int)}


def test_given_states_all_along_when_many_projects_are_read_at_once_then_records_come_before_their_state(
    sentry: SentryMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state may be saved as soon as it is seen."""
    monkeypatch.setattr(pace, "CHECKPOINT_SECONDS", -1)
    projects = [a_project(number, f"p-{number}") for number in range(20)]
    sentry.answers_projects(*projects)
    for project in projects:
        slug, found = project["slug"], [an_event(number, project=project["id"]) for number in range(150)]
        sentry.answers(events(slug), page(*found[:100], next_cursor="0:100:0"))
        sentry.answers(events(slug, cursor="0:99:0"), page(*found[99:]))
    messages = run(tmp_path, "read", a_config(num_workers=10), streams=["events"]).messages
    seen: Counter[str] = Counter()
    for message in messages:
        if message["type"] == "RECORD":
            seen[message["record"]["data"]["project"]] += 1
        if message["type"] == "STATE":
            assert {seen[project] for project in read_projects(message)} <= {150}
    assert seen == {project["id"]: 150 for project in projects}
    assert len(read_projects([message for message in messages if message["type"] == "STATE"][-1])) == 20


def read_projects(state: Json) -> list[str]:
    """Projects that a STATE message says are read."""
    entries = state["state"]["stream"]["stream_state"].get("states", [])
    return [entry["partition"]["project"] for entry in entries if entry["cursor"]["dateCreated"] == NOW]
