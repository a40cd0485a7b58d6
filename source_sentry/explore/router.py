"""Partitions of the rows of Explore."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from source_sentry.routers import ProjectRouter
from source_sentry.states import ALL


@dataclass
class RowsRouter(ProjectRouter):
    """One partition, {"project": "-1"}, for all projects; one for each where some are configured or the plan wants it.

    A project whose `flag` says that it never had such rows is not asked.
    """

    flag: str = ""

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self.looks_at = self.looks_at | {self.flag} - {""}

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        rows = self.parents()
        if self.config["projects"] or not self.config["server"].is_across_projects:
            yield from self.slices(rows)
        elif any(map(self.has_children, rows)):
            yield StreamSlice(partition={"project": ALL}, cursor_slice={}, extra_fields={})

    @override
    def has_children(self, row: Mapping[str, Any]) -> bool:
        return super().has_children(row) and row.get(self.flag) is not False
