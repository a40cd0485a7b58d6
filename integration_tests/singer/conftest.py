"""A sandbox for each test, and the tap pointed at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from integration_tests.clock import NOW
from integration_tests.singer.tap import Tap
from saas_sandbox.sentry.server import serve
from saas_sandbox.sentry.settings import Settings

Point = Callable[..., Tap]


@pytest.fixture
def point(tmp_path: Path, *, installed: bool) -> Iterator[Point]:
    """Start a sandbox with some settings: point(latency_ms=10) -> Tap."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Tap:
            sandbox = stack.enter_context(serve(Settings(**{"size": "tiny", "now": NOW, **settings})))
            return Tap(sandbox, tmp_path, installed)

        yield start
