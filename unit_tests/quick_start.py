"""What the engine would do anew for each source is done once a run: fixtures for conftest files."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from airbyte_cdk.sources.declarative import concurrent_declarative_source as engine

from source_sigma import SourceSigma


@pytest.fixture(autouse=True, scope="session")
def engine_schema_once() -> Iterator[None]:
    """Parse the engine's component schema once: 4,000 lines of YAML, 0.1 s a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "get_declarative_component_schema", cache(engine.get_declarative_component_schema))
        yield


@cache
def _sigma_manifest() -> dict[str, Any]:
    return dict(SourceSigma().resolved_manifest)


@pytest.fixture
def sigma_manifest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with a manifest that is read, resolved and validated: 0.5 s a time."""
    ready = _sigma_manifest()
    monkeypatch.setattr(SourceSigma, "_read_and_parse_yaml_file", lambda *_: ready)
    monkeypatch.setattr(SourceSigma, "_pre_process_manifest", lambda *_: ready)
    monkeypatch.setattr(SourceSigma, "_validate_source", lambda *_: None)
