"""The manifests as the engine reads them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from source_sentry import SourceSentry
from source_sigma import SourceSigma
from sourcewright.engine.source import ManifestSource

SOURCES: Mapping[str, type[ManifestSource]] = {"source_sentry": SourceSentry, "source_sigma": SourceSigma}


@cache
def resolved(package: str) -> Mapping[str, Any]:
    """The manifest of `package` with its references resolved and its parameters filled in."""
    return SOURCES[package]().resolved_manifest


@cache
def streams(package: str) -> Mapping[str, Mapping[str, Any]]:
    """Its streams by name, in its order."""
    return {stream["name"]: stream for stream in resolved(package)["streams"]}


@cache
def schemas(package: str) -> Mapping[str, Mapping[str, Any]]:
    """The schema of each stream by name."""
    folder = SOURCES[package].manifest.parent / "schemas"
    return {stream: json.loads((folder / f"{stream}.json").read_bytes()) for stream in streams(package)}
