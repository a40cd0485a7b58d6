"""Issues that a stream knows, and how its state holds them: ids and short digests, packed."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sourcewright import dates

KNOWN, MISSING, RECONCILED, SYNCED = "known", "missing", "reconciled", "synced"
_OWN: Final = frozenset({KNOWN, MISSING, RECONCILED, SYNCED})
_A_DAY: Final = timedelta(hours=23)
"""A bit less, so that a schedule of once a day never misses one by seconds."""


class Entry(NamedTuple):
    """What is known of an issue."""

    project: str
    digest: str
    """Of all that may change without an event."""


def pack(digests: Mapping[str, str]) -> str:
    """{"4711": "0badcafe"} -> text, of some 6 bytes an issue, and 11 where all digests differ."""
    last, lines = 0, []
    for number in sorted(map(int, digests)):
        lines.append(f"{number - last:x} {digests[str(number)]}")
        last = number
    return b64encode(zlib.compress("\n".join(lines).encode(), 9)).decode()


def unpack(text: str) -> dict[str, str]:
    """Undo `pack`.

    Raises:
        AttributeError, TypeError, ValueError, zlib.error: It is no such text.

    """
    last, digests = 0, {}
    for line in zlib.decompress(b64decode(text, validate=True)).decode().splitlines():
        step, digest = line.split(" ")
        last += int(step, 16)
        digests[str(last)] = digest
    return digests


@dataclass
class Known:
    """The issues of a stream while it is read.

    {"known": {"1": "eJw…"}, "missing": {"4711": {"project": "1", "since": "2026-11-21T10:00:00Z"}},
     "reconciled": "…Z", "synced": "…Z", **state of `issues`}

    `missing` are issues that the last answer lacked, `since` when they are known to be gone; `known` has the others.
    """

    now: str
    of_issues: Mapping[str, Any]
    """State of `issues`, up to which they were listed."""
    reconciled: str
    """Start of the last sync that asked for quiet issues too."""
    synced: str
    """Start of the last sync."""
    missing: dict[str, dict[str, Any]]
    _packed: dict[str, str]
    _digests: dict[str, dict[str, str]]
    _changed: set[str] = field(default_factory=set)
    _projects: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Mapping[str, Any], now: str) -> "Known":
        """Read a state that was checked; an empty one knows nothing."""
        packed = dict(state.get(KNOWN, {}))
        digests = {project: unpack(text) for project, text in packed.items()}
        projects = {issue: project for project, issues in digests.items() for issue in issues}
        missing = {issue: dict(entry) for issue, entry in state.get(MISSING, {}).items()}
        of_issues = {name: value for name, value in state.items() if name not in _OWN}
        reconciled, synced = state.get(RECONCILED, ""), state.get(SYNCED, "")
        return cls(now, of_issues, reconciled, synced, missing, packed, digests, _projects=projects)

    def __len__(self) -> int:
        """Return the number of issues that are not missing."""
        return len(self._projects)

    def __contains__(self, issue: str) -> bool:
        """Whether an issue is one of them."""
        return issue in self._projects

    def is_due(self, how_often: str) -> bool:
        """Whether quiet issues are to be asked for in this sync: `never`, `daily` or `always`."""
        if how_often != "daily" or not self.reconciled:
            return how_often != "never"
        return dates.from_text(self.now) - dates.from_text(self.reconciled) >= _A_DAY

    def quiet(self, projects: Collection[str]) -> Iterator[str]:
        """Yield the known issues of `projects`."""
        return (issue for issue, project in self._projects.items() if project in projects)

    def lost(self, projects: Collection[str]) -> list[str]:
        """Return the missing issues of `projects`, and those whose project nobody knows."""
        return [issue for issue, entry in [*self.missing.items()] if entry["project"] in {*projects, ""}]

    def note(self, issue: str, entry: Entry) -> bool:
        """Remember what an answer says of an issue; whether that is new."""
        self.missing.pop(issue, None)
        digests = self._digests.setdefault(entry.project, {})
        if digests.get(issue) == entry.digest:
            return False
        self._forget(issue)
        digests[issue] = entry.digest
        self._projects[issue] = entry.project
        self._changed.add(entry.project)
        return True

    def lose(self, issue: str) -> None:
        """Remember that an answer lacked an issue."""
        project = self._forget(issue)
        self.missing.setdefault(issue, {"project": project, "since": None})

    def _forget(self, issue: str) -> str:
        project = self._projects.pop(issue, "")
        if project:
            del self._digests[project][issue]
            self._changed.add(project)
        return project

    def state(self) -> dict[str, Any]:
        """Return the state up to here; it shares what is `missing`, which the answers for single issues change."""
        for project in self._changed:
            self._packed.pop(project, None)
            if digests := self._digests[project]:
                self._packed[project] = pack(digests)
        self._changed.clear()
        own = {KNOWN: dict(self._packed), MISSING: self.missing, RECONCILED: self.reconciled, SYNCED: self.synced}
        return {**self.of_issues, **{name: value for name, value in own.items() if value or name == MISSING}}
