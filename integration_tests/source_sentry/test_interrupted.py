"""kill -9 at three moments: what was saved so far is enough to go on without a loss. And Ctrl-C."""

import json
import signal
import subprocess
from collections.abc import Callable
from typing import Any, Final

import pytest

from integration_tests.clock import environment
from integration_tests.commands import path_of
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import COMMAND, expected

STREAMS: Final = ("events", "issues", "releases")


def at_message(kind: str, number: int) -> Callable[[dict[str, Any]], bool]:
    """True at the nth record or state of `events`."""
    seen = 0

    def reached(message: dict[str, Any]) -> bool:
        nonlocal seen
        if message["type"] == kind == "RECORD":
            seen += message["record"]["stream"] == "events"
        elif message["type"] == kind == "STATE":
            seen += message["state"]["stream"]["stream_descriptor"]["name"] == "events"
        return seen == number

    return reached


@pytest.mark.parametrize(
    ("kind", "number"), [("RECORD", 1), ("STATE", 1), ("STATE", 2)], ids=["before any state", "early", "late"]
)
def test_given_a_killed_sync_when_resumed_then_no_record_is_lost(connect: Connect, kind: str, number: int) -> None:
    # So slow that the sync outlasts the pace of the connector's states
    connector = connect(latency_ms=250)
    connector.settings |= {"events_window_days": 2, "num_workers": 2}
    killed = connector.read_until(at_message(kind, number), *STREAMS)
    assert killed.exit_code == -9
    connector.sandbox.configure(latency_ms=0)

    resumed = connector.read(*STREAMS, state=killed.last_states)

    assert resumed.exit_code == 0
    for stream in STREAMS:
        assert set(killed.keys(stream)) | set(resumed.keys(stream)) == set(expected(connector.sandbox)[stream]), stream
    saved_progress = len(resumed.keys("events")) < len(expected(connector.sandbox)["events"])
    assert saved_progress == (kind == "STATE")


def test_given_control_c_when_read_then_it_ends_at_once_without_a_stack_trace(connect: Connect) -> None:
    connector = connect(latency_ms=60_000)
    command = [path_of(COMMAND), "read", "--config", connector.config(), "--catalog", connector.catalog("teams")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=20)

    assert (process.returncode, stderr) == (130, b"")
    assert all(json.loads(line)["type"] for line in stdout.splitlines())
