import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime

import pytest
from airbyte_cdk.models import AirbyteRecordMessage
from singer_sdk.singerlib import StateMessage

from sourcewright.singer.output import MessageWriter, log_prints


@contextmanager
def command_output() -> Iterator[io.BytesIO]:
    """Standard output of a process whose command has called `log_prints`."""
    binary = io.BytesIO()
    with io.TextIOWrapper(binary, encoding="utf-8") as text, redirect_stdout(text):
        log_prints()
        yield binary


def test_given_engine_that_prints_when_messages_are_written_then_stdout_has_the_messages_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with command_output() as stdout:
        print('{"type": "TRACE"}\n', end="", flush=True)  # noqa: T201
        print("in", "two", "parts")  # noqa: T201
        MessageWriter().write_message(StateMessage({"bookmarks": {}}))
        assert stdout.getvalue() == b'{"type":"STATE","value":{"bookmarks":{}}}\n'
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("DEBUG", '{"type": "TRACE"}'),
        ("DEBUG", "in two parts"),
    ]


def test_given_engine_that_prints_when_logged_at_info_then_nothing_shows(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with command_output() as stdout:
        print('{"type": "TRACE"}')  # noqa: T201
        assert (stdout.getvalue(), caplog.records) == (b"", [])


def test_given_records_in_the_buffer_when_a_state_is_written_then_it_follows_them_at_once() -> None:
    emitted = datetime(2026, 11, 22, 10, tzinfo=UTC)
    with command_output() as stdout:
        writer = MessageWriter()
        for number in range(3):
            writer.write_record(AirbyteRecordMessage("teams", {"id": number}, int(emitted.timestamp() * 1000)))
        writer.write_message(StateMessage({"bookmarks": {"teams": {"start": "x"}}}))
        messages = [json.loads(line) for line in stdout.getvalue().splitlines()]
    assert messages == [
        *(
            {"type": "RECORD", "stream": "teams", "record": {"id": n}, "time_extracted": "2026-11-22T10:00:00+00:00"}
            for n in range(3)
        ),
        {"type": "STATE", "value": {"bookmarks": {"teams": {"start": "x"}}}},
    ]
