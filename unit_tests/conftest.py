import time
from collections.abc import Iterator

import pytest
import time_machine

from unit_tests.quick_start import manifests_once
from unit_tests.source_sentry.builders import NOW
from unit_tests.source_sentry.sentry_mock import SentryMock


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """Freeze the clock at 2026-11-22T10:00:00Z."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of every `time.sleep`, in order; no test waits."""
    seconds_slept: list[float] = []
    pause = time.sleep

    def note(seconds: float) -> None:
        if seconds:
            seconds_slept.append(seconds)
        pause(0)

    monkeypatch.setattr(time, "sleep", note)
    return seconds_slept


@pytest.fixture
def sentry(frozen: time_machine.Traveller, waits: list[float]) -> Iterator[SentryMock]:
    """A server that must get exactly the requests that the test prepares, at 2026-11-22T10:00:00Z."""
    del frozen, waits
    with SentryMock() as mock:
        yield mock
        mock.verify()
