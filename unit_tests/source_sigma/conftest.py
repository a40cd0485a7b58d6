from collections.abc import Iterator

import pytest
import time_machine

from source_sigma import tokens
from unit_tests.source_sigma.sigma_mock import SigmaMock


@pytest.fixture(autouse=True)
def fresh_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token of another test."""
    monkeypatch.setattr(tokens, "_stores", {})


@pytest.fixture
def bare_sigma(frozen: time_machine.Traveller, waits: list[float]) -> Iterator[SigmaMock]:
    """A server that must be asked exactly what it was told of, at 2026-11-22T10:00:00Z; it gives no token yet."""
    del frozen, waits
    with SigmaMock() as mock:
        yield mock
        mock.verify()


@pytest.fixture
def sigma(bare_sigma: SigmaMock) -> SigmaMock:
    """The same, which gives one token."""
    bare_sigma.gives_tokens()
    return bare_sigma
