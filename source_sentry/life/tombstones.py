"""Issues that are missing: each is asked for alone, and a tombstone tells what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final

import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry.check import covers
from source_sentry.errors import token_scopes
from source_sentry.handler import SentryErrorHandler
from source_sentry.life.known import DELETED, GONE, LEFT_LIST, PROJECT, QUIET, SINCE, Entry, Known
from source_sentry.life.records import Record, SliceFilter
from source_sentry.life.routers import LifeRouter
from sourcewright.components.runtime import Row
from sourcewright.http.pages import read_page

_FATE: Final = "fate"
"""Extra field of a slice."""
_AUDITED: Final = "org:write"
_GONE, _CLOSED = b'{"deleted": true}', b'{"deleted": false}'


@dataclass(eq=False)
class Fate:
    """What is to be found out about an issue that was missing, or that came back."""

    entry: dict[str, Any]
    """That of the state, in which the answer is noted."""
    had_tombstone: bool
    listed: bool = False
    """Whether it was only missing from the list, as quiet issues are."""
    confirmed: bool = False
    """Whether the audit log says that it was deleted."""


@dataclass
class TombstoneRouter(LifeRouter):
    """Issues that are missing, or came back after a tombstone -> a partition for each."""

    is_read_at_once: ClassVar[bool] = True
    """As answers are noted in the state, which must not have them before their rows."""

    @override
    def choose(self, known: Known, row: Row, entry: Entry | None) -> Row | None:
        issue = str(row["id"])
        if entry is None:
            return None if known.is_over(issue) else self._missing(known, row)
        had_tombstone = DELETED in known.missing.get(issue, {}) or issue in known.gone
        known.gone.pop(issue)
        known.note(issue, Entry(entry.project, ""))
        fate = Fate({PROJECT: entry.project, SINCE: None}, had_tombstone=True)
        return {"id": issue, _FATE: fate} if had_tombstone else None

    @override
    def choose_unlisted(self, known: Known, row: Row) -> Row | None:
        issue = str(row["id"])
        if issue in known.gone or known.present.text(issue) == LEFT_LIST:
            return None
        return self._missing(known, row)

    def _missing(self, known: Known, row: Row) -> Row:
        issue = str(row["id"])
        entry = known.lose(issue, str(row.get("projectId", "")))
        return {"id": issue, _FATE: Fate(entry, DELETED in entry), "reconciled": known.reconciled}

    @override
    def slices(self, rows: Iterable[Row]) -> Iterable[StreamSlice]:
        chosen = list(rows)
        since = [str(row["reconciled"]) for row in chosen if "reconciled" in row]
        deleted = self._deleted(since[0]) if since else frozenset()
        for row in chosen:
            row[_FATE].listed, row[_FATE].confirmed = bool(row.get("listed")), str(row["id"]) in deleted
        return super().slices(chosen)

    @override
    def path(self, partition: Mapping[str, str], row: Row) -> dict[str, Any]:
        return {**super().path(partition, row), _FATE: row[_FATE]}

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


@dataclass
class TombstoneFilter(SliceFilter):
    """The answer for an issue -> a tombstone, or nothing.

    {"id": "9"} for issue 3 -> {"id": "3", "mergedInto": "9"}; gone, for the second time or by the audit log
    -> {"id": "3", "deleted": true}; there after a tombstone -> {"id": "3", "deleted": false}. Gone for the first time,
    closed to the token, or still there: nothing.
    """

    @override
    def of_slice(self, records: Iterable[Record], found: StreamSlice) -> Iterable[Record]:
        for record in records:
            if tombstone := self._judge(str(found.partition["id"]), record, found.extra_fields[_FATE]):
                yield tombstone

    def _judge(self, issue: str, record: Record, fate: Fate) -> Record | None:
        entry, now = fate.entry, self.config["sync_start"]
        about = {"id": issue, "projectId": entry[PROJECT] or None, "observedAt": now}
        survivor = str(record.get("id", issue))
        if survivor != issue:
            entry[GONE] = now
            return {**about, "mergedInto": survivor, "deleted": False}
        if record.get("deleted") is True:
            return {**about, "mergedInto": None, "deleted": True} if self._is_deleted(fate, now) else None
        entry[SINCE] = None
        if "id" not in record:
            return None
        entry.pop(DELETED, None)
        if fate.listed:
            entry[QUIET] = True  # it is there, and a further event puts it on the list again
        return {**about, "mergedInto": None, "deleted": False} if fate.had_tombstone else None

    def _is_deleted(self, fate: Fate, now: str) -> bool:
        """Whether a 404 says for the first time that an issue was deleted."""
        entry = fate.entry
        if fate.had_tombstone:
            entry[GONE] = now
            return False
        if fate.confirmed:
            entry[GONE] = now
        elif entry[SINCE]:
            entry[DELETED] = now
        else:
            entry[SINCE] = now
            return False
        return True


@dataclass
class TombstoneHandler(SentryErrorHandler):
    """404 and 403 about an issue are what was asked for -> {"deleted": true}, {"deleted": false}."""

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        is_gone = response.status_code == HTTPStatus.NOT_FOUND and self.means_no_records(response)
        is_closed = response.status_code == HTTPStatus.FORBIDDEN and not self._lacks_scope()
        if not (is_gone or is_closed):
            return super().judge_refusal(response)
        if is_closed:
            self.runtime.warn_once(
                f"Stream `{self.name}`: some issues are closed to the token now. They do not count as deleted."
            )
        response.status_code = HTTPStatus.OK
        body = _GONE if is_gone else _CLOSED
        read_page(response, self.page, self.runtime.slots, self.page_class, body=body)
        return self.judge_page(response)
