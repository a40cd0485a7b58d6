"""A sandbox for each test, the command pointed at it, and the time of both."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import time_machine

from integration_tests.clock import NOW
from integration_tests.source_sentry.connector import Connector
from saas_sandbox.sentry.server import serve
from saas_sandbox.sentry.settings import Settings
from unit_tests.quick_start import manifests_once

Connect = Callable[..., Connector]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Let the test begin at the sandbox's time."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def installed(request: pytest.FixtureRequest) -> bool:
    """Whether the test starts the installed command, instead of a fork of its entry point."""
    return request.node.get_closest_marker("installed") is not None


@pytest.fixture
def connect(tmp_path: Path, *, installed: bool) -> Iterator[Connect]:
    """Start a sandbox with some settings: connect(generation="9.1.2") -> Connector."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Connector:
            sandbox = stack.enter_context(serve(Settings(**{"size": "tiny", "now": NOW, **settings})))
            folder = tmp_path / sandbox.url.rsplit(":", 1)[1].replace("/", "_")
            folder.mkdir()
            return Connector(sandbox, folder, installed)

        yield start
