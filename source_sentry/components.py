"""What the manifest needs and the engine has no component for. The manifest names these classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from source_sentry.config import NormalizeConfig
from source_sentry.handler import SentryErrorHandler
from source_sentry.pages import PlacedExtractor
from source_sentry.paging import LinkHeaderPagination, ScimPagination
from source_sentry.routers import MonitorRouter, ProjectRouter
from source_sentry.states import ProjectState
from sourcewright.components.parents import ParentRouter, TouchedRouter
from sourcewright.components.records import ParentIds, RecordChange, Text
from sourcewright.components.states import ChildState
from sourcewright.components.windows import WindowFilter
from sourcewright.http.pages import PageExtractor

__all__ = [
    "ChildState",
    "EmptyMaps",
    "LinkHeaderPagination",
    "MonitorRouter",
    "NormalizeConfig",
    "PageExtractor",
    "ParentIds",
    "ParentRouter",
    "PlacedExtractor",
    "ProjectRouter",
    "ProjectState",
    "ScimPagination",
    "SentryErrorHandler",
    "Text",
    "TouchedRouter",
    "UserObject",
    "WindowFilter",
    "WithoutSecretFields",
    "WithoutSecrets",
]


@dataclass
class WithoutSecrets(RecordChange):
    """{"id", "public", "secret", "dsn": {"public", "secret"}} -> {"id", "public", "dsn": {"public"}}.

    With `include_secrets` the record stays as it is. The engine's conditional RemoveFields would empty the record.
    """

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        if self.config["include_secrets"]:
            return
        secret, dsn = record.pop("secret", None), record.get("dsn") or {}
        for name in [name for name, url in dsn.items() if name == "secret" or (secret and secret in str(url))]:
            del dsn[name]


@dataclass
class EmptyMaps(RecordChange):
    """{"tags": []} -> {"tags": {}}, for `fields` that hold an object unless it is empty."""

    fields: list[str]

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        for name in self.fields:
            if record.get(name) == []:
                record[name] = {}


@dataclass
class UserObject(RecordChange):
    """{"targetUser": 7} -> {"targetUser": {"id": "7"}}; an object stays as it is, and so does null.

    Sentry sends the whole user where there is one, and otherwise what is left: the number.
    """

    field: str

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        if isinstance(record.get(self.field), int | str):
            record[self.field] = {"id": str(record[self.field])}


@dataclass
class WithoutSecretFields(RecordChange):
    """{"config": {"index": "main", "apiToken": "t"}} -> {"config": {"index": "main"}} for the `endings` ["token"].

    At any depth, and in lower or upper case. With `include_secrets` the record stays as it is.
    """

    endings: list[str]

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        if not self.config["include_secrets"]:
            self._prune(record)

    def _prune(self, value: Any) -> None:
        if isinstance(value, dict):
            for name in [name for name in value if name.lower().endswith(tuple(self.endings))]:
                del value[name]
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._prune(inner)
