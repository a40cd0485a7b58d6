"""A real Sentry 9.1.2: the running one that the environment names, or that which a kit starts."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from integration_tests.real.wire import Wire

SENTRY9_URL: Final = "SENTRY9_URL"
SENTRY9_TOKEN: Final = "SENTRY9_TOKEN"
SENTRY9_ORGANIZATION: Final = "SENTRY9_ORGANIZATION"
SENTRY9_KIT: Final = "SENTRY9_KIT"
_HOW: Final = (
    f"`make test-real` needs a Sentry 9.1.2: set {SENTRY9_URL}, {SENTRY9_TOKEN} and {SENTRY9_ORGANIZATION} to those of "
    f"a running one, or {SENTRY9_KIT} to the folder of a kit, whose `start.sh` starts one and prints URL=, TOKEN= and "
    "ORG=."
)


@pytest.fixture(autouse=True)
def clock() -> None:
    """Leave the clock alone: the server has the real time."""


@pytest.fixture(scope="session")
def wire() -> Wire:
    """The server, up and seeded."""
    if SENTRY9_URL in os.environ:
        return Wire(os.environ[SENTRY9_URL], os.environ[SENTRY9_TOKEN], os.environ[SENTRY9_ORGANIZATION])
    if SENTRY9_KIT not in os.environ:
        pytest.fail(_HOW)
    started = subprocess.run(
        [Path(os.environ[SENTRY9_KIT]) / "start.sh"], stdout=subprocess.PIPE, text=True, check=True
    )
    said = dict(line.split("=", 1) for line in started.stdout.splitlines() if "=" in line)
    return Wire(said["URL"], said["TOKEN"], said["ORG"])
