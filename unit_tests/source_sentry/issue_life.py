"""Requests and states of the streams that follow the life of issues."""

from collections.abc import Mapping, Sequence
from typing import Any

from source_sentry import SourceSentry
from source_sentry.life.packs import pack
from source_sentry.life.records import Digest
from unit_tests.manifests import resolved
from unit_tests.source_sentry.builders import NOW, Json, a_config, an_issue, without
from unit_tests.source_sentry.endpoints import issues
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import Sync, project_states, read_source

EARLIER = "2026-11-21T10:00:00Z"
"""Start of the sync before, a day ago."""
LISTED_FROM = "2026-11-21T09:00:00Z"
"""Its cursor, less the lookback."""
FIELDS = resolved("source_sentry")["definitions"]["digest"]["fields"]
GONE = {"detail": "The requested resource does not exist"}
CLOSED = {"detail": "You do not have permission to perform this action."}


def a_life(number: int, project: str = "1", **fields: Any) -> Json:
    """An issue as it comes by id: without counts and dates of events."""
    about: Json = {"status": "unresolved", "substatus": "ongoing", "assignedTo": None, "numComments": 0}
    row = {**an_issue(number), "project": {"id": project, "slug": "backend"}, **about, **fields}
    return without(row, "count", "userCount", "firstSeen", "lastSeen")


def digest(row: Json) -> str:
    record = dict(row)
    Digest({}, {}, fields=FIELDS).change(record, {})
    return str(record["digest"])


def knowing(*rows: Json, missing: Mapping[str, Any] | None = None, gone: str = "", reconciled: str = EARLIER) -> Json:
    """State of a stream that knows `rows`, and wrote a tombstone for issue 3 on the day `gone`."""
    projects = [*dict.fromkeys(str(row["project"]["id"]) for row in rows)]
    known = {
        project: pack({row["id"]: digest(row) for row in rows if row["project"]["id"] == project})
        for project in projects
    }
    cursors = project_states("lastSeen", dict.fromkeys(projects or ["1"], EARLIER))
    own = {"known": known, "missing": missing or {}, "synced": EARLIER}
    own |= {"reconciled": reconciled} if reconciled else {}
    own |= {"gone": {"1": pack({"3": gone})}} if gone else {}
    return {"parent_state": {"issues": {**cursors, **own}}}


def without_digests(*rows: Json) -> Json:
    """What `issue_tombstones` knows of `rows`, all of project 1."""
    return {"1": pack(dict.fromkeys((row["id"] for row in rows), ""))}


def shown(row: Json) -> Json:
    """A row of `issue_states`; the engine leaves out nulls."""
    return {**{name: value for name, value in row.items() if value is not None}, "observedAt": NOW}


def by_id(*numbers: int | str) -> SentryRequest:
    ids = [str(number) for number in numbers]
    return organization_request(
        "issues/", group=ids if len(ids) > 1 else ids[0], project="-1", collapse=["stats", "unhandled"]
    )


def alone(number: int, path: str = "", **params: str) -> SentryRequest:
    return organization_request(f"issues/{number}/{path}", **params)


def lists(sentry: SentryMock, *rows: Json, start: str = LISTED_FROM, times: int = 1) -> None:
    """Let the list of the project have `rows` since `start`; an empty one is that of a first sync."""
    sentry.answers(issues("1", start) if start else issues("1"), *[page(*rows) for _ in range(times)])


def answers_ids(sentry: SentryMock, *asked: int | str, rows: Sequence[Json], times: int = 1) -> None:
    sentry.answers(by_id(*asked), *[answer(list(rows)) for _ in range(times)])


def sync(*streams: str, state: Json | None = None, fails: bool = False, **settings: Any) -> Sync:
    saved = dict.fromkeys(streams, state) if state else {}
    config = a_config(**{"issue_reconcile": "always", **settings})
    return read_source(SourceSentry, *streams, config=config, state=saved, incremental=True, fails=fails)


def own_state(done: Sync, stream: str) -> Json:
    """What a state has beside that of `issues`."""
    return without(done.state(stream)["parent_state"]["issues"], "use_global_cursor", "states")


NOW_SYNCED = {"reconciled": NOW, "synced": NOW}


def own_known(*rows: Json) -> Json:
    """What the state has of issues that are there."""
    return {"known": knowing(*rows)["parent_state"]["issues"]["known"]}


def is_missing(sentry: SentryMock, body: Any, status: int = 200, *, scopes: tuple[str, ...] = ("event:read",)) -> None:
    """Let issue 3 be missing among those that are asked for by id, and answer like that alone."""
    lists(sentry)
    answers_ids(sentry, 3, rows=[])
    sentry.answers_scopes(*scopes)
    sentry.answers(alone(3), answer(body, status))


QUIET = a_life(3)
RESOLVED = a_life(3, status="resolved", substatus=None)
BEFORE = {"3": {"project": "1", "since": EARLIER}}
"""What a state has of issue 3 where the sync before missed it."""
