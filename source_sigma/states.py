"""State: how new the newest record of a list was, for the whole list or for each of its parents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from typing_extensions import override

from source_sigma.config import moment
from sourcewright.components.states import CheckedState
from sourcewright.log import logger


@dataclass
class ParentState(CheckedState):
    """{"updatedAt": "2026-11-01T00:00:00Z"} -> the same with thousandths, for every parent where there are parents.

    A cursor that lies ahead of now, as earlier versions saved after a record with such a date, says nothing about what
    was read since. It is left out: lists are read whole anyway, so that costs no request.
    """

    @override
    def text(self, moment_: datetime) -> str:
        return moment(moment_)

    @override
    def migrate(self, stream_state: Mapping[str, Any]) -> Mapping[str, Any]:
        migrated = super().migrate(stream_state)
        entries, of_all = migrated.get("states", ()), migrated.get("state", {})
        ahead = [
            cursor for cursor in (migrated, of_all, *(entry["cursor"] for entry in entries)) if self._is_ahead(cursor)
        ]
        if not ahead:
            return migrated
        logger.warning(
            "Stream %s: its saved cursor %s%s lies ahead of now, so it does not count: all records come again.",
            self.declarative_stream.name,
            max(cursor[self.field_name] for cursor in ahead),
            f" (and {len(ahead) - 1} more)" if len(ahead) > 1 else "",
        )
        if "states" not in migrated:
            return {}
        kept = [entry for entry in entries if not self._is_ahead(entry["cursor"])]
        rest = {"state": of_all} if of_all and not self._is_ahead(of_all) else {}
        return {"use_global_cursor": False, "states": kept, **rest}

    def _is_ahead(self, cursor: Mapping[str, Any]) -> bool:
        # A start date that lies ahead is saved where nothing is read
        now = max(str(self.config["sync_start"]), str(self.config["updated_since"]))
        return str(cursor.get(self.field_name, "")) > now
