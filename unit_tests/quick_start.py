"""What the engine would do anew for each source is done once a run: fixtures for conftest files."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from airbyte_cdk.sources.declarative import concurrent_declarative_source as engine

from source_sentry import SourceSentry
from source_sigma import SourceSigma
from sourcewright.engine.source import ManifestSource


@pytest.fixture(autouse=True, scope="session")
def engine_schema_once() -> Iterator[None]:
    """Parse the engine's component schema once: 4,000 lines of YAML, 0.1 s a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "get_declarative_component_schema", cache(engine.get_declarative_component_schema))
        yield


@cache
def _manifest(source_class: type[ManifestSource]) -> dict[str, Any]:
    return dict(source_class().resolved_manifest)


def _begin_ready(source_class: type[ManifestSource], patch: pytest.MonkeyPatch) -> None:
    """Begin with a manifest that is read, resolved and validated: 0.5 s a time."""
    ready = _manifest(source_class)
    patch.setattr(source_class, "_read_and_parse_yaml_file", lambda *_: ready)
    patch.setattr(source_class, "_pre_process_manifest", lambda *_: ready)
    patch.setattr(source_class, "_validate_source", lambda *_: None)


@pytest.fixture
def sigma_manifest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each source of Sigma with the manifest that is ready."""
    _begin_ready(SourceSigma, monkeypatch)


@pytest.fixture
def sentry_manifest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each source of Sentry with the manifest that is ready."""
    _begin_ready(SourceSentry, monkeypatch)
