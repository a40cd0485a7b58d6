"""The manifests as the engine reads them."""

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
