"""Partitions of the streams that follow the life of issues: those that changed, vanished, or had an event."""

import re
from abc import abstractmethod
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote

from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from source_sentry.life.known import Entry, Known
from source_sentry.life.roll import HUNDRED, NotByIdError, hundreds
from sourcewright import dates
from sourcewright.components.parents import TouchedRouter
from sourcewright.components.runtime import ParentBatch, Row, Runtime

WANTED: Final = "wanted"
"""Extra field of a slice: the ids that are asked for."""
UNREAD: Final = "unread"
"""Extra field of a slice: start of a sync since when activities may be unread, empty if all may be."""
TOUCHED: Final = "touched"
_LISTED: Final = frozenset({"id", "projectId", "digest", "lastSeen"})
_NUMBER: Final = re.compile("[0-9]+")
_ONLY_LISTED: Final = (
    "The server does not answer for issues by id, so what changes without an event is seen only in issues that the "
    "list has since `start_date`. Others stay as they were until their next event."
)


@dataclass
class LifeRouter(TouchedRouter):
    """Issues of the list since the last sync, and those that the state knows -> what an answer for their ids shows.

    Quiet ones are asked for as often as `issue_reconcile` says, missing ones in each sync. Projects that are not in the
    list of projects, or closed, are left alone: their issues count neither as changed nor as missing.
    """

    parent: str = "issues"

    is_read_at_once: ClassVar[bool] = False
    """Whether the state moves on only when everything was read."""

    @override
    def wire(self, runtime: Runtime) -> None:
        super().wire(runtime)
        runtime.streams.keep(self.parent, {"projectId"})
        runtime.streams.keep("issue_listing", _LISTED)
        runtime.streams.keep("project_list", {"id", "slug", "hasAccess"})

    @abstractmethod
    def choose(self, known: Known, row: Row, entry: Entry | None) -> Row | None:
        """Note what the answer says of an issue; the row to read something below, if any.

        `row` is `touched` if the issue had an event. `entry` is None where the issue is missing.
        """

    def choose_unlisted(self, known: Known, row: Row) -> Row | None:  # noqa: ARG002 - for subclasses
        """Note that the list, the only source, did not have an issue: it is only quiet, or missing."""
        return None

    @override
    def batches(self, state: Mapping[str, Any]) -> Iterable[ParentBatch]:
        try:
            if self.config["roll"].knows_ids:
                yield from self._by_id(Known.of(state, self.config["sync_start"]))
                return
        except NotByIdError:
            pass
        self.runtime.warn_once(_ONLY_LISTED)
        # From the state again: what was noted and not yielded would count as read
        yield from self._by_listing(Known.of(state, self.config["sync_start"]))

    def _by_id(self, known: Known) -> Iterator[ParentBatch]:
        chosen: list[Row] = []
        seen: set[str] = set()
        for found in super().batches(known.of_issues):
            rows: list[Row] = [{**row, TOUCHED: True} for row in self._numbered(found.rows)]
            chosen += self._chosen(known, rows)
            seen.update(str(row["id"]) for row in rows)
            known.of_issues = found.state
            enough = max(HUNDRED, len(known.present) // 10)  # as each state is as large as what is known
            if len(chosen) >= enough and not self.is_read_at_once:
                yield ParentBatch(chosen, known.state())
                chosen = []
        due = known.is_due(self.config["issue_reconcile"])
        chosen += self._chosen(known, self._unseen(known, seen, due=due))
        yield ParentBatch(chosen, self._finish(known, due=due))

    def _chosen(self, known: Known, rows: list[Row]) -> Iterator[Row]:
        answers = self.config["roll"].look_up(str(row["id"]) for row in rows)
        for row in rows:
            issue = str(row["id"])
            if issue not in answers:
                known.keep(issue, str(row.get("projectId", "")))
            elif chosen := self.choose(known, row, answers[issue]):
                yield chosen

    def _by_listing(self, known: Known) -> Iterator[ParentBatch]:
        """The same by the list alone: all of its window where quiet issues are due."""
        due = known.is_due(self.config["issue_reconcile"])
        chosen: list[Row] = []
        seen: set[str] = set()
        before = self._before(known)
        for found in self.touched("issue_listing", {} if due else known.of_issues):
            for row in self._numbered(found.rows):
                seen.add(str(row["id"]))
                entry = Entry(str(row["projectId"]), str(row["digest"]))
                is_touched = dates.to_second(row.get("lastSeen")) >= before
                chosen += filter(None, [self.choose(known, {**row, TOUCHED: is_touched}, entry)])
            known.of_issues = found.state
        chosen += filter(None, [self.choose_unlisted(known, row) for row in self._unseen(known, seen, due=due)])
        window = {"start_time": self.config["start_date"], "end_time": self.config["last_second"]}
        yield ParentBatch([{**row, "listed": True} for row in chosen], self._finish(known, due=due), window)

    def _numbered(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the issues whose id is one that Sentry gives."""
        for row in rows:
            if _NUMBER.fullmatch(str(row.get("id"))):
                yield row
            else:
                self.runtime.warn_once(f"Left out: stream `{self.name}` of issues whose id is no number.")

    def _unseen(self, known: Known, seen: Container[str], *, due: bool) -> list[Row]:
        """Issues that the list did not have: missing ones, and quiet and gone ones where they are due."""
        projects = self._projects()
        quiet = [*known.present.within(projects), *known.gone.within(projects)] if due else []
        return [{"id": issue} for issue in [*quiet, *known.lost(projects)] if issue not in seen]

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
            known.lose(issue, str(row.get("projectId", "")))
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
        # A quiet one may have been read last when quiet ones were asked for
        since = known.reconciled if known.present.text(str(row["id"])) else ""
        changed = super().choose(known, row, entry)
        is_chosen = entry is not None and (changed or row.get(TOUCHED))
        return {**row, UNREAD: since} if is_chosen else None

    @override
    def path(self, partition: Mapping[str, str], row: Row) -> dict[str, str]:
        return {**super().path(partition, row), UNREAD: str(row.get(UNREAD, ""))}
