"""Saved states of the streams that follow the life of issues."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from source_sentry.life.known import DELETED, GONE, KNOWN, MISSING, PROJECT, RECONCILED, SINCE, SYNCED
from source_sentry.life.packs import unpack
from sourcewright.components.states import ChildState


@dataclass
class LifeState(ChildState):
    """State of a stream that follows the life of issues: what it knows of them stands beside the state of `issues`.

    One without that, of an earlier version, goes on with the issues that have an event from then on.
    """

    @override
    def parent_field(self, router: Any) -> str:
        return "lastSeen"

    @override
    def of_parent(self, saved: Mapping[str, Any], router: Any) -> Mapping[str, Any]:
        try:
            for text in [*saved.get(KNOWN, {}).values(), *saved.get(GONE, {}).values()]:
                unpack(text)
            for issue, entry in saved.get(MISSING, {}).items():
                self._check_missing(issue, entry)
            dates = {name: self.cursor(saved, name)[name] for name in (RECONCILED, SYNCED) if name in saved}
        except (AttributeError, KeyError, TypeError, ValueError, zlib.error):
            raise self._unreadable(dict(saved), self.field_name) from None
        return {**saved, **dates}

    def _check_missing(self, issue: str, entry: Mapping[str, Any]) -> None:
        int(issue), str(entry[PROJECT]), entry[SINCE]
        for name in (SINCE, DELETED, GONE):
            if entry.get(name) is not None:
                self.cursor(entry, name)
