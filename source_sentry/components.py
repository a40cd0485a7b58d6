"""What the manifest needs and the engine has no component for. The manifest names these classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from typing_extensions import override

from source_sentry.config import NormalizeConfig
from source_sentry.handler import SentryErrorHandler
from source_sentry.paging import LinkHeaderPagination
from source_sentry.states import ProjectState
from sourcewright.components.parents import ParentRouter, TouchedRouter
from sourcewright.components.records import ParentIds, RecordChange, Text
from sourcewright.components.windows import WindowFilter
from sourcewright.http.pages import PageExtractor

__all__ = [
    "LinkHeaderPagination",
    "NormalizeConfig",
    "PageExtractor",
    "ParentIds",
    "ParentRouter",
    "ProjectRouter",
    "ProjectState",
    "SentryErrorHandler",
    "Text",
    "TouchedRouter",
    "WindowFilter",
    "WithoutSecrets",
]

_NON_PROJECT_ISSUES: Final = frozenset(
    {
        "firstTransactionEvent",
        "hasFeedbacks",
        "hasMonitors",
        "hasNewFeedbacks",
        "hasProfiles",
        "hasReplays",
    }
)


@dataclass
class ProjectRouter(ParentRouter):
    """Project list -> a partition for each project: {"project": "42"}, with its slug for URLs as extra field `project`.

    The key is the id, so that a renamed project keeps its cursor. If the setting `projects` names any, the others are
    left out. `with_events` leaves out projects that never had what the stream reads (`errors`: an event; `issues`: an
    issue).
    """

    parent: str = "project_list"
    with_events: str = ""

    looks_at = _NON_PROJECT_ISSUES | {"slug", "firstEvent"}

    @override
    def has_children(self, row: Mapping[str, Any]) -> bool:
        wanted = self.config["projects"]
        return super().has_children(row) and (row["slug"] in wanted or not wanted) and self._has_data(row)

    @override
    def partition(self, key: list[str], row: Mapping[str, Any]) -> dict[str, str]:
        return {"project": str(row["id"])}

    @override
    def path(self, partition: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, str]:
        return {"project": str(row["slug"])}

    def _has_data(self, project: Mapping[str, Any]) -> bool:
        """Whether the project may have records; without `firstEvent`, which old servers do not send, it may."""
        if not self.with_events or project.get("firstEvent", True):
            return True
        return self.with_events == "issues" and any(project.get(flag) for flag in _NON_PROJECT_ISSUES)


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
