"""One time for the sandbox, the tests and the commands that they start: no result depends on the hour or the date."""

import os
import time
from pathlib import Path
from typing import Final

import time_machine

NOW: Final = "2026-11-22T10:00:00+00:00"
"""When each test begins. The sandbox stands still there; the clocks of tests and commands run on."""


def ahead() -> float:
    """Seconds from the real time to the test's."""
    return time.time() - time_machine.escape_hatch.time.time()


def environment(**extra: str) -> dict[str, str]:
    """Environment of a command whose clock goes with the test's, see `sitecustomize`."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "TEST_CLOCK_AHEAD": str(ahead()), **extra}
