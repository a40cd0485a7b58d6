import time
from collections.abc import Iterator

import pytest
import time_machine

from unit_tests.quick_start import engine_schema_once, sigma_manifest_once
from unit_tests.source_sentry.builders import NOW
from unit_tests.source_sentry.sentry_mock import SentryMock


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """2026-11-22T10:00:00Z, for good."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were to be waited; no test waits them."""
    asked: list[float] = []
    pause = time.sleep

    def note(seconds: float) -> None:
        if seconds:
            asked.append(seconds)
        pause(0)

    monkeypatch.setattr(time, "sleep", note)
    return asked


@pytest.fixture
def sentry(frozen: time_machine.Traveller, waits: list[float]) -> Iterator[SentryMock]:
    """A server that must be asked exactly what it was told of, at 2026-11-22T10:00:00Z."""
    del frozen, waits
    with SentryMock() as mock:
        yield mock
        mock.verify()
