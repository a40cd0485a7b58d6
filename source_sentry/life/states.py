"""Saved states of the streams that follow the life of issues."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from source_sentry.life.known import KNOWN, MISSING, RECONCILED, SYNCED, unpack
from sourcewright.components.states import ChildState


@dataclass
class LifeState(ChildState):
    """State of a stream that follows the life of issues: what it knows of them stands beside the state of `issues`.

    One without that, of an earlier version, goes on with the issues that have an event from then on.
    """

    @override
    def of_parent(self, saved: Mapping[str, Any], router: Any) -> Mapping[str, Any]:
        try:
            for text in saved.get(KNOWN, {}).values():
                unpack(text)
            for entry in saved.get(MISSING, {}).values():
                str(entry["project"]), entry["since"]
            for name in {RECONCILED, SYNCED} & saved.keys():
                self.cursor(saved, name)
        except (AttributeError, KeyError, TypeError, ValueError, zlib.error):
            raise self._unreadable(dict(saved), self.field_name) from None
        return saved
