"""What the manifest needs and the engine has no component for. The manifest names these classes."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from typing_extensions import override

from source_sentry.config import NormalizeConfig
from source_sentry.explore.events import EventRouter, EventState
from source_sentry.explore.handler import AcrossHandler, RowsHandler
from source_sentry.explore.news import NewsHandler, NewsRouter
from source_sentry.explore.paging import RowsPagination
from source_sentry.explore.queries import QueryHandler, QuerySchema
from source_sentry.explore.router import RowsRouter
from source_sentry.handler import SentryErrorHandler
from source_sentry.life.records import ActivityFilter, Digest, WantedFilter
from source_sentry.life.roll import GroupHandler, GroupPagination
from source_sentry.life.routers import ActivityRouter, StateRouter
from source_sentry.life.states import LifeState
from source_sentry.life.tombstones import TombstoneFilter, TombstoneHandler, TombstoneRouter
from source_sentry.pages import PlacedExtractor
from source_sentry.paging import LinkHeaderPagination
from source_sentry.routers import MonitorRouter, ProjectRouter
from source_sentry.scim import ScimPagination
from source_sentry.server import RouteHandler
from source_sentry.states import ProjectState, RowsState
from sourcewright.components.parents import ParentRouter, TouchedRouter
from sourcewright.components.records import ParentIds, RecordChange, Text, containers
from sourcewright.components.states import ChildState
from sourcewright.components.windows import WindowFilter
from sourcewright.http.pages import PageExtractor

__all__ = [
    "AcrossHandler",
    "ActivityFilter",
    "ActivityRouter",
    "ChildState",
    "Digest",
    "EmptyMaps",
    "EventRouter",
    "EventState",
    "GroupHandler",
    "GroupPagination",
    "LifeState",
    "LinkHeaderPagination",
    "MonitorRouter",
    "NewsHandler",
    "NewsRouter",
    "NormalizeConfig",
    "PageExtractor",
    "ParentIds",
    "ParentRouter",
    "PlacedExtractor",
    "ProjectRouter",
    "ProjectState",
    "QueryHandler",
    "QuerySchema",
    "RouteHandler",
    "RowsHandler",
    "RowsPagination",
    "RowsRouter",
    "RowsState",
    "ScimPagination",
    "SentryErrorHandler",
    "StateRouter",
    "Text",
    "TombstoneFilter",
    "TombstoneHandler",
    "TombstoneRouter",
    "TouchedRouter",
    "UserObject",
    "WantedFilter",
    "WindowFilter",
    "WithoutSecrets",
]


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
class WithoutSecrets(RecordChange):
    """{"secret": "fedcba98", "dsn": {"public": "…", "csp": "…?k=fedcba98"}} -> {"dsn": {"public": "…"}}.

    What is left out, at any depth: fields whose names end with one of `endings`, in lower or upper case; values that
    contain the text of such a field; addresses with a password. {"hidden-secret": true}, by which Sentry says that it
    left one out itself, stays. With `include_secrets` the record stays as it is.
    """

    endings: list[str] = field(default_factory=lambda: ["secret"])

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        if self.config["include_secrets"]:
            return
        known = [text for container in containers(record) for text in self._remove_named(container)]
        for container in containers(record):
            _remove(container, lambda value: isinstance(value, str) and _gives_away(value, known))

    def _remove_named(self, container: dict[str, Any] | list[Any]) -> list[str]:
        """Remove the fields with such names; their texts, if they are too long to stand elsewhere by chance."""
        if isinstance(container, list):
            return []
        endings = tuple(self.endings)
        named = [name for name in container if name.lower().endswith(endings)]
        names = [name for name in named if not _is_mark(container[name])]
        values = [container.pop(name) for name in names]
        return [value for value in values if isinstance(value, str) and len(value) >= _NO_CHANCE]


_NO_CHANCE: Final = 8
_PASSWORD_IN_ADDRESS: Final = re.compile(r"://[^/@:\s]*:[^/@\s]+@")


def _is_mark(value: Any) -> bool:
    """Whether a value only says that there is a secret."""
    return isinstance(value, bool) or value == {"hidden-secret": True}


def _gives_away(text: str, secrets: Iterable[str]) -> bool:
    return any(secret in text for secret in secrets) or bool(_PASSWORD_IN_ADDRESS.search(text))


def _remove(container: dict[str, Any] | list[Any], is_wrong: Callable[[Any], bool]) -> None:
    if isinstance(container, list):
        container[:] = [value for value in container if not is_wrong(value)]
    else:
        for name in [name for name, value in container.items() if is_wrong(value)]:
            del container[name]
