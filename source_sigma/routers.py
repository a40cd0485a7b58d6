"""Partitions: one for each parent, or one for what is active and one for what is archived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from sourcewright.components.parents import ParentRouter, Router


@dataclass
class ActiveParentRouter(ParentRouter):
    """Stream `parent` -> one partition a record of it that is active: below others the API answers 400 or 409."""

    types: list[str] = field(default_factory=list)
    """Values of the parents' `type` that have such children; empty for all."""

    looks_at = frozenset({"isArchived", "isInactive", "type"})

    @override
    def has_children(self, row: Mapping[str, Any]) -> bool:
        if row.get("isArchived") or row.get("isInactive"):
            return False
        return super().has_children(row) and (not self.types or row.get("type") in self.types)

    @override
    def _follow_parent(self) -> None:
        """Save no state of the child of a refused parent, of which the parent's WARN tells; that is no error here."""
        if not self.runtime.refusals.is_saved(self.parent):
            self.runtime.refusals.withhold(self.name)


@dataclass
class ArchiveRouter(Router):
    """Nothing -> {"archived": "false"}, and {"archived": "true"} too where the settings include archived objects.

    Nobody says whether the API's parameter adds archived objects to a list or shows nothing else, so they are asked
    for apart, and each answer is cut to its half. Each half has its own cursor: turned on later, the setting brings
    objects that were archived long ago too.
    """

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        for archived in ("false", "true") if self.config.get("include_archived") else ("false",):
            yield StreamSlice(partition={"archived": archived}, cursor_slice={})
