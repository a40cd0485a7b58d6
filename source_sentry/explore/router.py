"""Partitions of the rows of Explore."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from source_sentry.explore.datasets import DATASETS
from source_sentry.routers import ProjectRouter
from source_sentry.states import ALL
from sourcewright.log import logger


def is_across(config: Mapping[str, Any]) -> bool:
    """Whether rows of all projects are asked for at once."""
    return not config["projects"] and bool(config["server"].is_across_projects)


@dataclass
class RowsRouter(ProjectRouter):
    """One partition, {"project": "-1"}, for all projects; one for each where some are configured or the plan wants it.

    A project that says that it never had such rows is not asked.
    """

    dataset: str = ""
    """The manifest's `$parameters` fill it in."""

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._of = DATASETS[self.dataset]
        self.looks_at = self.looks_at | {self._of.flag} - {""}

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        rows = self.parents()
        self._warn_of_samples()
        if not is_across(self.config):
            yield from self.slices(rows)
        elif any(map(self.has_children, rows)):
            yield StreamSlice(partition={"project": ALL}, cursor_slice={}, extra_fields={})

    @override
    def has_children(self, row: Mapping[str, Any]) -> bool:
        return super().has_children(row) and row.get(self._of.flag) is not False

    def _warn_of_samples(self) -> None:
        start, since = self.config["start_date"], self.config["rows_since"][self.dataset]
        if self.config["is_start_chosen"] and start < since and self.name not in self._read_before:
            logger.warning(
                "Stream `%s` is read from %s on, not from `start_date` (%s): Sentry has only samples of what is older. "
                "If your plan keeps more, set `rows_retention_days`.",
                self.name,
                since,
                start,
            )

    @property
    def _read_before(self) -> Container[str]:
        return self.runtime.refusals.read_before
