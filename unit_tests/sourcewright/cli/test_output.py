import io
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from sourcewright.cli.output import LineOutput
from sourcewright.engine import cursor
from unit_tests.source_sentry.builders import BACKEND, NOW, Json, a_config, a_project, an_event
from unit_tests.source_sentry.command import run
from unit_tests.source_sentry.endpoints import events
from unit_tests.source_sentry.sentry_mock import SentryMock, page


def lines_of(binary: io.BytesIO) -> list[bytes]:
    return sorted(binary.getvalue().splitlines())


def test_given_lines_and_texts_when_written_then_all_arrive_in_order() -> None:
    binary = io.BytesIO()
    output = LineOutput(binary)
    output.write_line(b"one")
    output.write("two\n")
    output.write_line("drei \u2603".encode())
    output.flush()
    assert binary.getvalue() == "one\ntwo\ndrei \u2603\n".encode()


def test_given_print_in_one_thread_when_another_writes_a_line_in_between_then_both_stay_whole() -> None:
    """`print` writes its text and the end of the line in two calls."""
    binary = io.BytesIO()
    output = LineOutput(binary)
    output.write("printed")
    other = threading.Thread(target=output.write_line, args=(b"record",))
    other.start()
    other.join()
    output.write("\n")
    output.flush()
    assert lines_of(binary) == [b"printed", b"record"]


def test_given_much_or_old_output_when_written_then_it_is_handed_on_before_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    binary = io.BytesIO()
    output = LineOutput(binary)
    output.write_line(b"first")
    output.write_line(b"waits")
    assert binary.getvalue() == b"first\n"
    clock[0] = 100.2
    output.write_line(b"old")
    assert binary.getvalue() == b"first\nwaits\nold\n"
    for _ in range(100):
        output.write_line(b"x" * 10_000)
    # 27 such lines are the first to be more than 256 KiB, so a hundred are handed on three times and 19 wait
    assert binary.getvalue() == b"first\nwaits\nold\n" + 3 * 27 * (b"x" * 10_000 + b"\n")


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
    monkeypatch.setattr(cursor, "CHECKPOINT_SECONDS", -1)
    projects = [a_project(number, f"p-{number}") for number in range(20)]
    sentry.answers_projects(*projects)
    for project in projects:
        slug, found = project["slug"], [an_event(number, project=project["id"]) for number in range(150)]
        sentry.answers(events(slug), page(*found[:100], next_cursor="0:100:0"))
        sentry.answers(events(slug, cursor="0:100:0"), page(*found[100:]))
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
