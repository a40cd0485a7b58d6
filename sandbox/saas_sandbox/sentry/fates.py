"""What became of issues while the sandbox runs: merged, deleted, resolved, written about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.issues import Issue
from saas_sandbox.sentry.data.people import Person
from saas_sandbox.sentry.data.story import Deed
from saas_sandbox.sentry.moments import Stamp

_FIRST_NUMBER: Final = 500  # behind all deeds of the stories
_FIRST_ENTRY: Final = 900_000  # behind all other entries of the audit log
_KINDS: Final = {"resolved": "set_resolved", "unresolved": "set_unresolved", "ignored": "set_ignored"}


@dataclass(frozen=True)
class Deletion:
    """An issue that somebody deleted, at a moment in microseconds."""

    issue: str
    project: str
    at: int


@dataclass
class Fates:
    """By the ids of the issues."""

    survivors: dict[str, str] = field(default_factory=dict)
    """Merged issues, and those that have their events now."""
    pending: set[str] = field(default_factory=set)
    """Those of them whose merge is under way."""
    changed: dict[str, Issue] = field(default_factory=dict)
    """Issues with another status, as they were before."""
    statuses: dict[str, str] = field(default_factory=dict)
    deeds: dict[str, list[Deed]] = field(default_factory=dict)
    deletions: list[Deletion] = field(default_factory=list)

    def survivor(self, issue: str) -> str | None:
        """Return the id that answers for an issue, its own unless it was merged; `None` while that is under way."""
        while issue in self.survivors:
            if issue in self.pending:
                return None
            issue = self.survivors[issue]
        return issue

    def now(self, issue: Issue) -> Issue:
        """Return an issue with its present status."""
        status = self.statuses.get(str(issue.id))
        if status is None:
            return issue
        self.changed.setdefault(str(issue.id), issue)
        return replace(issue, status=status)

    def before(self, issue: Issue) -> Issue:
        """Return an issue with the status that its story leads to."""
        return self.changed.get(str(issue.id), issue)

    def note(self, issue: str, kind: str, at: int, person: Person | None, data: Record) -> None:
        """Let somebody do something about an issue."""
        done = self.deeds.setdefault(issue, [])
        done.append(Deed(_FIRST_NUMBER + len(done), at, kind, person, data))

    def set_status(self, issue: str, status: str, at: int, person: Person) -> None:
        """Let somebody resolve an issue, ignore it, or open it again; `ValueError` for another status."""
        if status not in _KINDS:
            raise ValueError(f"status {status!r}; choose from {', '.join(_KINDS)}")
        self.statuses[issue] = status
        self.note(issue, _KINDS[status], at, person, {})

    def audit_entries(self, author: Person, stamp: Stamp) -> Iterator[Record]:
        """Yield what the audit log says of deletions, newest first."""
        for number, deletion in reversed(list(enumerate(self.deletions))):
            yield {
                "id": str(_FIRST_ENTRY + number),
                "actor": {"id": str(author.number + 1), "name": author.name, "email": author.email},
                "event": "issue.delete",
                "ipAddress": "192.0.2.1",
                "note": f"deleted issue {deletion.issue}",
                "targetObject": int(deletion.issue),
                "targetUser": None,
                "data": {"issue_id": int(deletion.issue), "project_slug": deletion.project},
                "dateCreated": stamp(deletion.at),
            }


def told(deeds: Sequence[Deed], now: int) -> list[Deed]:
    """Return those that happened by now, oldest first."""
    return sorted((deed for deed in deeds if deed.at <= now), key=lambda deed: (deed.at, deed.number))
