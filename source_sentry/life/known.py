"""Issues that a stream knows, and how its state holds them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

from source_sentry.config import RETENTION
from source_sentry.life.packs import Packs
from sourcewright import dates

KNOWN, MISSING, GONE, RECONCILED, SYNCED = "known", "missing", "gone", "reconciled", "synced"
_OWN: Final = frozenset({KNOWN, MISSING, GONE, RECONCILED, SYNCED})
PROJECT, SINCE, DELETED, QUIET = "project", "since", "deleted", "quiet"
"""Fields of a missing issue: a date where a 404 was seen, a date where a row says that it was deleted, and whether it
was only missing from the list; `GONE`, a date, where its end is certain."""
LEFT_LIST: Final = "-"
"""Stands for the digest of an issue that is there, but no longer in the list."""
_A_DAY: Final = timedelta(hours=23)
"""A bit less, so that a schedule of once a day never misses one by seconds."""


class Entry(NamedTuple):
    """What is known of an issue."""

    project: str
    digest: str
    """Of all that may change without an event."""


@dataclass
class Known:
    """The issues of a stream while it is read.

    {"known": {"1": "eJw…"}, "missing": {"4711": {"project": "1", "since": "2026-11-21T10:00:00Z"}},
     "gone": {"1": "eJw…"}, "reconciled": "…Z", "synced": "…Z", **state of `issues`}

    An issue is in one of the three. `missing` are those that the last answer lacked; what answers for single issues
    tell is noted there, and sorted into the others by the next sync. `gone` are those that a tombstone was written for
    within 90 days, with the day of it. Each stream has a state of its own, since users choose and reset each alone.
    """

    now: str
    of_issues: Mapping[str, Any]
    """State of `issues`, up to which they were listed."""
    reconciled: str
    """Start of the last sync that asked for quiet issues too."""
    synced: str
    """Start of the last sync."""
    missing: dict[str, dict[str, Any]]
    present: Packs
    gone: Packs

    @classmethod
    def of(cls, state: Mapping[str, Any], now: str) -> "Known":
        """Read a state that was checked; an empty one knows nothing."""
        of_issues = {name: value for name, value in state.items() if name not in _OWN}
        present, gone = Packs.of(state.get(KNOWN, {})), Packs.of(state.get(GONE, {}))
        # A date ahead of now is that of a clock that was wrong
        reconciled, synced = (date if (date := state.get(name, "")) <= now else "" for name in (RECONCILED, SYNCED))
        known = cls(now, of_issues, reconciled, synced, {}, present, gone)
        for issue, entry in state.get(MISSING, {}).items():
            known._sort(issue, dict(entry))
        oldest = dates.to_text(dates.from_text(now) - RETENTION)[:10]
        for issue in [issue for issue in gone.within(gone.projects()) if (gone.text(issue) or "") < oldest]:
            gone.pop(issue)
        return known

    def _sort(self, issue: str, entry: dict[str, Any]) -> None:
        """Put an issue where it belongs by what its own answer told."""
        if entry.get(GONE):
            self.gone.put(issue, entry[PROJECT], entry[GONE][:10])
        elif entry.get(QUIET):
            self.present.put(issue, entry[PROJECT], LEFT_LIST)
        else:
            self.missing[issue] = entry

    def is_due(self, how_often: str) -> bool:
        """Whether quiet issues are to be asked for in this sync: `never`, `daily` or `always`."""
        return how_often == "always" or (how_often == "daily" and self._is_a_day_ago(self.reconciled))

    def _is_a_day_ago(self, date: str) -> bool:
        return not date or dates.from_text(self.now) - dates.from_text(date) >= _A_DAY

    def lost(self, projects: Collection[str]) -> list[str]:
        """Return the missing issues of `projects`, and those whose project nobody knows, that are to be asked for."""
        asked = {*projects, ""}
        return [issue for issue, entry in self.missing.items() if entry[PROJECT] in asked and not self.is_over(issue)]

    def is_over(self, issue: str) -> bool:
        """Whether a tombstone was written for an issue: for ever, or for a day, after which it is asked for once more.

        A merge may take so long that it was taken for a deletion.
        """
        deleted = self.missing.get(issue, {}).get(DELETED)
        return issue in self.gone or bool(deleted and not self._is_a_day_ago(deleted))

    def note(self, issue: str, entry: Entry) -> bool:
        """Remember what an answer says of an issue; whether that is new."""
        self.missing.pop(issue, None)
        return self.present.put(issue, *entry)

    def keep(self, issue: str, project: str) -> None:
        """Remember an issue that nobody answered for, neither that it is there nor that it is not."""
        if issue not in self.present and issue not in self.missing:
            self.present.put(issue, project, "")

    def lose(self, issue: str, project: str) -> dict[str, Any]:
        """Remember that an answer lacked an issue; what is known of that."""
        return self.missing.setdefault(issue, {PROJECT: self.present.pop(issue) or project, SINCE: None})

    def state(self) -> dict[str, Any]:
        """Return the state up to here; it shares the entries of `missing`, in which answers are noted."""
        own = {
            KNOWN: self.present.packed(),
            MISSING: dict(self.missing),
            GONE: self.gone.packed(),
            RECONCILED: self.reconciled,
            SYNCED: self.synced,
        }
        return {**self.of_issues, **{name: value for name, value in own.items() if value or name == MISSING}}
