"""Partitions of the streams that follow the life of issues: those that changed, vanished, or had an event."""

from abc import abstractmethod
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry.check import covers
from source_sentry.errors import token_scopes
from source_sentry.life.known import Entry, Known
from source_sentry.life.roll import HUNDRED, NotByIdError, hundreds
from sourcewright import dates
from sourcewright.components.parents import TouchedRouter
from sourcewright.components.runtime import ParentBatch, Row, Runtime

WANTED: Final = "wanted"
"""Extra field of a slice: the ids that are asked for."""
SINCE: Final = "since"
"""Extra field of a slice: start of the sync that last read the issue, empty if none has."""
FATE: Final = "fate"
TOUCHED: Final = "touched"
_LISTED: Final = frozenset({"id", "projectId", "digest", "lastSeen"})
_AUDITED: Final = "org:write"
_ONLY_LISTED: Final = (
    "The server does not answer for issues by id, so what changes without an event is seen only in issues that the "
    "list has."
)


@dataclass
class LifeRouter(TouchedRouter):
    """Issues of the list since the last sync, and those that the state knows -> what an answer for their ids shows.

    Quiet ones are asked for as often as `issue_reconcile` says, missing ones in each sync. Projects that are not in the
    list of projects, or closed, are left alone: their issues count neither as changed nor as missing.
    """

    parent: str = "issues"

    @override
    def wire(self, runtime: Runtime) -> None:
        super().wire(runtime)
        runtime.streams.keep("issue_listing", _LISTED)
        runtime.streams.keep("project_list", {"id", "slug", "hasAccess"})

    @abstractmethod
    def choose(self, known: Known, row: Row, entry: Entry | None) -> Row | None:
        """Note what the answer says of an issue; the row to read something below, if any.

        `row` is `touched` if the issue had an event. `entry` is None where the issue is missing.
        """

    @override
    def batches(self, state: Mapping[str, Any]) -> Iterable[ParentBatch]:
        known = Known.of(state, self.config["sync_start"])
        try:
            if self.config["roll"].knows_ids:
                yield from self._by_id(known)
                return
        except NotByIdError:
            pass
        self.runtime.warn_once(_ONLY_LISTED)
        yield from self._by_listing(known)

    def _by_id(self, known: Known) -> Iterator[ParentBatch]:
        look_up = self.config["roll"].look_up
        chosen: list[Row] = []
        seen: set[str] = set()
        for found in super().batches(known.of_issues):
            answers = look_up(str(row["id"]) for row in found.rows)
            chosen += self._chosen(known, [{**row, TOUCHED: True} for row in found.rows], answers)
            seen.update(answers)
            known.of_issues = found.state
            if len(chosen) >= max(HUNDRED, len(known) // 10):  # as each state is as large as what is known
                yield ParentBatch(chosen, known.state())
                chosen = []
        due = known.is_due(self.config["issue_reconcile"])
        rows = self._unseen(known, seen, due=due)
        chosen += self._chosen(known, rows, look_up(row["id"] for row in rows))
        yield ParentBatch(chosen, self._finish(known, due=due))

    def _chosen(self, known: Known, rows: Iterable[Row], answers: Mapping[str, Entry | None]) -> list[Row]:
        found = (self.choose(known, row, answers[str(row["id"])]) for row in rows if str(row["id"]) in answers)
        return [row for row in found if row is not None]

    def _by_listing(self, known: Known) -> Iterator[ParentBatch]:
        """The same by the list alone: all of its window where quiet issues are due."""
        due = known.is_due(self.config["issue_reconcile"])
        chosen: list[Row] = []
        seen: set[str] = set()
        before = self._before(known)
        for found in self.runtime.streams.touched("issue_listing", {} if due else known.of_issues):
            for row in found.rows:
                seen.add(str(row["id"]))
                entry = Entry(str(row["projectId"]), str(row["digest"]))
                is_touched = dates.to_second(row.get("lastSeen")) >= before
                chosen += filter(None, [self.choose(known, {**row, TOUCHED: is_touched}, entry)])
            known.of_issues = found.state
        absent = self._unseen(known, seen, due=due)
        chosen += filter(None, [self.choose(known, row, None) for row in absent])
        window = {"start_time": self.config["start_date"], "end_time": self.config["last_second"]}
        listed: list[Row] = [{**row, "listed": True} for row in chosen]
        yield ParentBatch(listed, self._finish(known, due=due), window)

    def _unseen(self, known: Known, seen: Container[str], *, due: bool) -> list[Row]:
        """Issues that the list did not have: missing ones, and quiet ones where they are due."""
        projects = self._projects()
        issues = [*(known.quiet(projects) if due else ()), *known.lost(projects)]
        return [{"id": issue} for issue in issues if issue not in seen]

    def _before(self, known: Known) -> str:
        """Second from which on an event is new, whatever the list has: empty in a first sync."""
        if not known.synced:
            return ""
        lookback = timedelta(hours=self.config["lookback_hours"])
        return dates.to_second(dates.to_text(dates.from_text(known.synced) - lookback))

    def _finish(self, known: Known, *, due: bool) -> dict[str, Any]:
        known.synced = known.now
        known.reconciled = known.now if due else known.reconciled
        return known.state()

    def _projects(self) -> dict[str, str]:
        """Slugs of the projects whose issues are read, by id."""
        rows = self.runtime.streams.parent_rows("project_list", "id", "slug", "hasAccess")
        wanted = self.config["projects"]
        return {
            str(row["id"]): str(row["slug"])
            for row in rows
            if row.get("hasAccess") is not False and (not wanted or row["slug"] in wanted)
        }


@dataclass
class ChangeRouter(LifeRouter):
    """Issues that changed. One that is missing in two syncs is forgotten."""

    @override
    def choose(self, known: Known, row: Row, entry: Entry | None) -> Row | None:
        issue = str(row["id"])
        if entry is not None:
            return {**row, "projectId": entry.project} if known.note(issue, entry) else None
        if issue in known.missing:
            del known.missing[issue]
        else:
            known.lose(issue)
        return None


@dataclass
class StateRouter(ChangeRouter):
    """Issues that changed -> a partition for each hundred, or for each project where the server does not know ids."""

    @override
    def slices(self, rows: Iterable[Row]) -> Iterable[StreamSlice]:
        chosen = list(rows)
        by_id = [str(row["id"]) for row in chosen if not row.get("listed")]
        for hundred in hundreds(by_id):
            yield _slice({"group": list(hundred)}, hundred)
        slugs = self._projects()
        for project in dict.fromkeys(str(row["projectId"]) for row in chosen if row.get("listed")):
            wanted = [str(row["id"]) for row in chosen if row["projectId"] == project]
            yield _slice({"project": project}, wanted, project=quote(slugs.get(project, project), safe=""))


def _slice(partition: Mapping[str, Any], wanted: Iterable[str], **path: str) -> StreamSlice:
    return StreamSlice(partition=partition, cursor_slice={}, extra_fields={WANTED: frozenset(wanted), **path})


@dataclass
class ActivityRouter(ChangeRouter):
    """Issues that changed or had an event -> a partition for each."""

    @override
    def choose(self, known: Known, row: Row, entry: Entry | None) -> Row | None:
        since = known.synced if str(row["id"]) in known else ""
        changed = super().choose(known, row, entry)
        is_chosen = entry is not None and (changed or row.get(TOUCHED))
        return {**row, SINCE: since} if is_chosen else None

    @override
    def path(self, partition: Mapping[str, str], row: Row) -> dict[str, str]:
        return {**super().path(partition, row), SINCE: str(row.get(SINCE, ""))}


@dataclass(eq=False)
class Fate:
    """What is to be found out about an issue that was missing."""

    missing: dict[str, dict[str, Any]]
    """That of the state, which the answer changes."""
    listed: bool
    """Whether it was only missing from the list, as quiet issues are."""
    confirmed: bool
    """Whether the audit log says that it was deleted."""


@dataclass
class TombstoneRouter(LifeRouter):
    """Issues that are missing -> a partition for each."""

    @override
    def choose(self, known: Known, row: Row, entry: Entry | None) -> Row | None:
        issue = str(row["id"])
        if entry is not None:
            known.note(issue, entry)
            return None
        known.lose(issue)
        return {"id": issue, "missing": known.missing, "reconciled": known.reconciled}

    @override
    def slices(self, rows: Iterable[Row]) -> Iterable[StreamSlice]:
        chosen = list(rows)
        deleted = self._deleted(str(chosen[0]["reconciled"])) if chosen else frozenset()
        fates = [
            {**row, FATE: Fate(row["missing"], bool(row.get("listed")), str(row["id"]) in deleted)} for row in chosen
        ]
        return super().slices(fates)

    @override
    def path(self, partition: Mapping[str, str], row: Row) -> dict[str, Any]:
        return {**super().path(partition, row), FATE: row[FATE]}

    def _deleted(self, since: str) -> frozenset[str]:
        """Ids of issues that the audit log says were deleted, as far as the token may read it."""
        try:
            if not covers(token_scopes(self.runtime.streams.lookup("token")), _AUDITED):
                return frozenset()
            since = since or str(self.config["start_date"])
            rows = self.runtime.streams.lookup("issue_deletions", deleted_since=since)
        except AirbyteTracedException:
            return frozenset()  # then a second sync tells
        return frozenset(str(row.get("targetObject")) for row in rows)
