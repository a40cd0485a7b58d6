"""One session for all batches, and a sandbox for each test."""

import os
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from unittest.mock import patch

import pytest
import time_machine

from integration_tests.clock import NOW
from integration_tests.spark import session
from saas_sandbox.sentry.server import Sandbox

START: Final = "2026-08-01T00:00:00Z"
"""All that the sandbox keeps, whose clock stands still; 90 days ago would be another moment for each process."""
AHEAD: Final = datetime.fromisoformat(NOW).timestamp() - time.time()
"""Seconds from the real time to that of all tests, as the session's is: the limits of a server go by the clock."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Let the test go on with the session's time."""
    with time_machine.travel(time.time() + AHEAD):
        yield


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """The session, whose workers begin at the sandbox's time."""
    with time_machine.travel(time.time() + AHEAD):
        variables = session.variables()
    with patch.dict(os.environ, variables):  # for Java alone: the commands of the tests have a clock of their own
        started = session.start()
    yield started
    started.stop()


def options(sandbox: Sandbox, stream: str, **further: str) -> Mapping[str, str]:
    """Options that read a stream of a sandbox."""
    access = {"auth_token": sandbox.token, "organization": sandbox.organization, "hostname": sandbox.url}
    return {**access, "stream": stream, "rows_lag_minutes": "0", "start_date": START, **further}
