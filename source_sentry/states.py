"""Saved states of the streams that are read by project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from typing_extensions import override

from sourcewright.components.states import CheckedState
from sourcewright.log import logger

ALL: Final = "-1"
"""Stands for all projects that the token can see, in requests and states."""


@dataclass
class ProjectState(CheckedState):
    """State of the published connector, {"dateCreated": "2026-11-01T00:00:00Z"}, is that of one project.

    It becomes the state of the configured project. With several, every project is read from its start.
    """

    @override
    def partition_key(self, saved: Any) -> Mapping[str, Any]:
        return {"project": str(saved["project"])}

    @override
    def from_single_cursor(self, cursor: Mapping[str, Any], *, explicit: bool) -> Mapping[str, Any]:
        if explicit or len(self.config["projects"]) == 1:
            return super().from_single_cursor(cursor, explicit=explicit)
        logger.warning(
            "Stream %s: the saved state %s is that of one project and does not say of which, so every project is "
            "read from `start_date` (%s). To go on from it, configure that one project in `projects`.",
            self.declarative_stream.name,
            dict(cursor),
            self.config["start_date"],
        )
        return {}

    @override
    def migrate(self, stream_state: Mapping[str, Any]) -> Mapping[str, Any]:
        migrated = super().migrate(stream_state)
        entries = migrated.get("states") or ()
        cursors = [migrated.get("state", migrated), *(entry["cursor"] for entry in entries)]
        values = [cursor[self.field_name] for cursor in cursors if self.field_name in cursor]
        ahead = [value for value in values if value > self.config["sync_start"]]
        if ahead:
            others = f" (and {len(ahead) - 1} more)" if len(ahead) > 1 else ""
            logger.warning(
                "Stream %s: its saved cursor %s%s lies ahead of now, so nothing is read until then.",
                self.declarative_stream.name,
                max(ahead),
                others,
            )
        return migrated


@dataclass
class RowsState(ProjectState):
    """State of rows that were read for all projects at once; where they are read one by one now, each goes on from it.

    The other way round, all projects begin anew: one that was not configured was not read.
    """

    @override
    def migrate(self, stream_state: Mapping[str, Any]) -> Mapping[str, Any]:
        migrated = super().migrate(stream_state)
        entries = migrated.get("states") or ()
        self._warn_of_gap([entry["cursor"][self.field_name] for entry in entries])
        of_all = [entry["cursor"] for entry in entries if entry["partition"] == {"project": ALL}]
        return {**migrated, "state": of_all[0]} if of_all else migrated

    def _warn_of_gap(self, cursors: Sequence[str]) -> None:
        """Tell what is not read where no sync ran for longer than the rows are kept; samples are not taken for them."""
        dataset = (self.declarative_stream.parameters or {})["dataset"]
        since, newest = self.config["rows_since"][dataset], max(cursors, default="")
        if self.config["datasets"][dataset].hours and cursors and newest < since:
            logger.warning(
                "Stream `%s`: the saved state ends at %s, and of the time before %s Sentry has only samples, so what "
                "lies between is not read. If your plan keeps more, set `rows_retention_days`.",
                self.declarative_stream.name,
                newest,
                since,
            )
