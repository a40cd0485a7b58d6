"""What the manifest needs and the engine has no component for. The manifest names these classes."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from typing import Any

from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.types import Config
from typing_extensions import override

from source_sigma import tokens
from source_sigma.config import NormalizeConfig
from source_sigma.handler import SigmaErrorHandler
from source_sigma.pages import EntriesExtractor
from source_sigma.paging import NextToken
from source_sigma.records import IdentityKey, NoNullKey
from source_sigma.routers import ActiveParentRouter, ArchiveRouter
from source_sigma.states import ParentState
from sourcewright.components.records import ParentIds
from sourcewright.http.adapters import Bounds

__all__ = [
    "ActiveParentRouter",
    "ArchiveRouter",
    "ClientCredentials",
    "EntriesExtractor",
    "IdentityKey",
    "NextToken",
    "NoNullKey",
    "NormalizeConfig",
    "ParentIds",
    "ParentState",
    "SigmaErrorHandler",
]


@dataclass
class ClientCredentials(DeclarativeAuthenticator):
    """Request -> request with `Authorization: Bearer …`, whose token all streams and threads share."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Find the store of these settings."""
        self._tokens = tokens.store_of(self.config)

    @property
    @override
    def auth_header(self) -> str:
        return tokens.HEADER

    @property
    @override
    def token(self) -> str:
        return tokens.BEARER + self._tokens.current(Bounds.of(self.config))
