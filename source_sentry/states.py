"""Saved states of the streams that are read by project."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from sourcewright.components.states import CheckedState
from sourcewright.log import logger


@dataclass
class ProjectState(CheckedState):
    """State of the published connector, {"dateCreated": "2026-11-01T00:00:00Z"}, is that of one project.

    It becomes the state of the configured project. With several, every project is read from its start.
    """

    @override
    def partition_key(self, saved: Any) -> Mapping[str, Any]:
        return {"project": saved["project"]}

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
    def cursor(self, saved: Mapping[str, Any], field_name: str) -> MutableMapping[str, Any]:
        cursor = super().cursor(saved, field_name)
        if cursor[field_name] > self.config["sync_start"]:
            logger.warning(
                "Stream %s: its saved cursor %s lies ahead of now, so nothing is read until then.",
                self.declarative_stream.name,
                cursor[field_name],
            )
        return cursor
