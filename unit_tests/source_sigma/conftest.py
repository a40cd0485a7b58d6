from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import time_machine

from source_sigma import SourceSigma, tokens
from unit_tests.source_sigma.sigma_mock import SigmaMock


@cache
def ready_manifest() -> dict[str, Any]:
    """The manifest, read, resolved and validated once for all tests: each time it takes half a second."""
    return dict(SourceSigma().resolved_manifest)


@pytest.fixture(autouse=True)
def quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with the manifest that is ready."""
    ready = ready_manifest()
    monkeypatch.setattr(SourceSigma, "_read_and_parse_yaml_file", lambda *_: ready)
    monkeypatch.setattr(SourceSigma, "_pre_process_manifest", lambda *_: ready)
    monkeypatch.setattr(SourceSigma, "_validate_source", lambda *_: None)


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
