"""The connector: the manifest, run by the engine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from airbyte_cdk.models import AirbyteConnectionStatus
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from typing_extensions import override

from source_sigma.check import check_connection
from source_sigma.tokens import store_of
from sourcewright.engine.source import ManifestSource
from sourcewright.http.adapters import Bounds
from sourcewright.http.rate_limits import Limits

LIMITS: Final = Limits(prefix="Sigma-RateLimit-", per_endpoint=False)
"""Sigma documents no headers that tell its limits, so none is ever read; all requests count as of one endpoint."""


class SourceSigma(ManifestSource):
    """Reads a Sigma organization as source_sigma/manifest.yaml says."""

    manifest: ClassVar[Path] = Path(__file__).with_name("manifest.yaml")
    account_settings: ClassVar = ("api_url",)
    limits: ClassVar[Limits] = LIMITS
    # What belongs to an archived object cannot be read
    parent_settings: ClassVar[Mapping[str, Any]] = {"include_archived": False}

    @override
    def connection(self) -> AirbyteConnectionStatus:
        return check_connection(self)

    @override
    def prepare(self, streams: list[DeclarativeStream]) -> None:
        """Get the token first: where there is none, one error says so, not one for each stream."""
        store_of(self.settings).current(Bounds.of(self.settings))
