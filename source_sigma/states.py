"""State: how new the newest record of a list was, for the whole list or for each of its parents."""

from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from source_sigma.config import moment
from sourcewright.components.states import CheckedState


@dataclass
class ParentState(CheckedState):
    """{"updatedAt": "2026-11-01T00:00:00Z"} -> the same with thousandths, for every parent where there are parents."""

    @override
    def text(self, moment_: datetime) -> str:
        return moment(moment_)
