"""The connector: the manifest, run by the engine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from airbyte_cdk.models import AirbyteConnectionStatus, FailureType
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sigma.check import check_connection
from source_sigma.tokens import store_of
from sourcewright.engine.source import ManifestSource
from sourcewright.http.adapters import Bounds
from sourcewright.http.rate_limits import Limits
from sourcewright.log import logger

LIMITS: Final = Limits(prefix="Sigma-RateLimit-", per_endpoint=False)
"""Sigma documents no headers that tell its limits, so none is ever read; all requests count as of one endpoint."""


class SourceSigma(ManifestSource):
    """Reads a Sigma organization as source_sigma/manifest.yaml says."""

    manifest: ClassVar[Path] = Path(__file__).with_name("manifest.yaml")
    account_settings: ClassVar = ("api_url",)
    limits: ClassVar[Limits] = LIMITS
    # What belongs to an archived object cannot be read
    parent_settings: ClassVar[Mapping[str, Any]] = {"include_archived": False}
    shares_parents: ClassVar[bool] = True

    @override
    def connection(self) -> AirbyteConnectionStatus:
        return check_connection(self)

    @override
    def prepare(self, streams: list[DeclarativeStream]) -> None:
        """Prove the credential first: where it is refused, one error says so, not one for each stream.

        Raises:
            AirbyteTracedException: Sigma issues no token, or refuses it.

        """
        store_of(self.settings).current(Bounds.of(self.settings))
        try:
            self.read_definition("whoami")
        except AirbyteTracedException as error:
            if error.failure_type is FailureType.config_error:
                raise
            logger.info("Whether the credential is good is not known yet: %s", error)
