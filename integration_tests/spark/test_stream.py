"""`spark.readStream` over HTTP: a killed driver that starts again loses nothing, and doubles nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from integration_tests.clock import NOW
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import expected
from integration_tests.spark.conftest import options
from integration_tests.spark.session import variables
from saas_sandbox.sentry.server import Sandbox

pytestmark = pytest.mark.spark
_SECONDS = 300
_LATER = datetime.fromisoformat(NOW) + timedelta(hours=1)


@contextmanager
def driver(sandbox: Sandbox, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start a driver that reads the events, and kill all that is left of it at the end."""
    given = options(sandbox, "events", lookback_hours="0", events_window_days="10")
    command = [sys.executable, "-m", "integration_tests.spark.job", str(folder), json.dumps(given)]
    with (
        (folder / "log").open("a") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=variables(), process_group=0
        ) as process,
    ):
        try:
            yield process
        finally:
            kill(process)


def kill(process: "subprocess.Popen[str]") -> None:
    """`kill -9` of the Python process, of its Java process and of their workers."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def keys(sandbox: Sandbox, folder: Path) -> list[str]:
    """Keys in the table after a driver has read what is available."""
    with driver(sandbox, folder) as process:
        text, _ = process.communicate(timeout=_SECONDS)
    assert process.returncode == 0, (folder / "log").read_text()[-3000:]
    found: list[str] = json.loads(text)
    return found


def all_keys(sandbox: Sandbox) -> list[str]:
    return sorted(expected(sandbox)["events"].elements())


def test_given_a_driver_killed_in_a_micro_batch_when_started_again_then_each_row_is_there_once(
    connect: Connect, tmp_path: Path
) -> None:
    sandbox = connect().sandbox
    issue = sandbox.totals()["issues"][0]
    before = all_keys(sandbox)
    with time_machine.travel(NOW):
        assert keys(sandbox, tmp_path) == before
    sandbox.advance(60)
    sandbox.add_events(issue, 150)
    sandbox.advance(60)

    with time_machine.travel(_LATER):
        sandbox.reset()
        sandbox.configure(latency_ms=2_000)
        with driver(sandbox, tmp_path) as process:
            wait_for_pages(sandbox, process)
            kill(process)
        sandbox.configure(latency_ms=0)
        offsets = sorted(path.name for path in (tmp_path / "checkpoint" / "offsets").iterdir() if path.name.isdecimal())
        commits = sorted(path.name for path in (tmp_path / "checkpoint" / "commits").iterdir() if path.name.isdecimal())
        assert offsets == [*commits, "1"]
        after = keys(sandbox, tmp_path)

    assert after == all_keys(sandbox)
    assert len(after) > len(before)


def wait_for_pages(sandbox: Sandbox, process: "subprocess.Popen[str]") -> None:
    """Wait until a project's second page is asked for, which no plan does."""
    while not any(
        "cursor" in dict(request.query) for request in sandbox.requests() if request.path.endswith("/events/")
    ):
        assert process.poll() is None
        time.sleep(0.1)
