"""The two generations of servers, tiny, each once for a file whose tests change nothing in it."""

from collections.abc import Iterator

import pytest

from saas_sandbox.sentry.settings import OLD
from unit_tests.saas_sandbox.sentry.client import Client, running


@pytest.fixture(scope="module")
def today() -> Iterator[Client]:
    with running() as client:
        yield client


@pytest.fixture(scope="module")
def old() -> Iterator[Client]:
    with running(generation=OLD) as client:
        yield client
