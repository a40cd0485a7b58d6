"""A Sigma sandbox for each test, and the command pointed at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from integration_tests.source_sigma.connector import Connector
from saas_sandbox.sigma.server import serve
from saas_sandbox.sigma.settings import Settings

Connect = Callable[..., Connector]


@pytest.fixture
def connect(tmp_path: Path, *, installed: bool) -> Iterator[Connect]:
    """Start a sandbox with some settings: connect(page_cap=2) -> Connector."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Connector:
            sandbox = stack.enter_context(serve(Settings(**settings)))
            folder = tmp_path / sandbox.url.rsplit(":", 1)[1]
            folder.mkdir()
            return Connector(sandbox, folder, installed)

        yield start
