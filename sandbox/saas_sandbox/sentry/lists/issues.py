"""The lists of issues, of the organization and of a project."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

import orjson

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.call import Call, Window
from saas_sandbox.sentry.data.issues import (
    COLLAPSED,
    Issue,
    expanded_fields,
    further_metadata,
    issue_record,
    organization_fields,
    todays_fields,
)
from saas_sandbox.sentry.errors import bad_request, internal
from saas_sandbox.sentry.lists.issue_parts import find_issue
from saas_sandbox.sentry.lists.issue_story import story_fields
from saas_sandbox.sentry.search import Candidate, parse_search
from saas_sandbox.sentry.sightings import Sighting, graph, seen_ever, seen_in_window, sightings
from saas_sandbox.sentry.world import Project

_MAX_HITS = 1000
_SEVERAL_PROJECTS = "You do not have the multi project stream feature enabled"


def organization_issues(call: Call, _: Record) -> Reply:
    """Issues with an event in the window, and their numbers in that window; lifetime numbers stand apart."""
    projects = call.projects_asked()
    if call.settings.old:
        raise internal() if call.all("project") else bad_request(_SEVERAL_PROJECTS)
    if len(call.all("project")) > 1 and not call.settings.global_views:
        raise bad_request(_SEVERAL_PROJECTS)
    if not projects:
        return json_reply([])
    if call.all("group") and call.settings.group_ids != "ignored":
        return _by_id(call, projects)
    parse_search(call.one("query"), call.now, old=False)
    asked = _Asked(
        projects=tuple(projects),
        window=call.search_window(),
        environments=tuple(name for name in call.all("environment") if name),
        query=call.one("query"),
        sort=_sort(call),
        now=call.now,
    )
    return _page(call, _found(asked), organization_issue)


def _by_id(call: Call, projects: Sequence[Project]) -> Reply:
    """Answer `group`: all that exist of the projects, whatever query, window and order; 403 where one is closed.

    An issue whose merge is under way is still there; the numbers are those of the other one, which has its events now.
    """
    ids = call.all("group")
    if call.settings.group_ids == "refused" or not all(number.isdecimal() for number in ids):
        raise bad_request("Group ids must be integers")
    found, fates = [], call.world.fates
    for number in dict.fromkeys(ids):
        merging = {"id": number, "status": "pending_merge"} if number in fates.pending else {}
        try:
            row = find_issue(call, (merging and fates.survivor(fates.survivors[number])) or number)
        except ApiError as error:
            if error.reply().status == HTTPStatus.FORBIDDEN:
                raise
            continue
        found += [(row, merging)] if row.project in projects else []
    return call.answer(orjson.dumps({**organization_issue(call, row), **merging}) for row, merging in found)


def project_issues(call: Call, project: Project) -> Reply:
    """Issues of one project with lifetime numbers; `statsPeriod` changes the graph only, start and end nothing."""
    if (call.one("statsPeriod") or "24h") not in ("24h", "14d"):
        raise bad_request("Invalid stats_period. Valid choices are '', '24h', and '14d'")
    old, now = call.settings.old, call.now
    parse_search(call.one("query"), now, old=old)
    days = 10_000 if old else call.settings.retention_days
    asked = _Asked(
        projects=(project,),
        window=Window((now - days * DAY) // SECOND, now // SECOND),
        environments=tuple(call.all("environment")) if old else (),
        query=call.one("query"),
        sort=_sort(call),
        now=now,
        lifetime=True,
        old=old,
    )
    return _page(call, _found(asked), project_issue)


def every_issue(call: Call, _: Record) -> Sequence[Issue]:
    """Return the issues with an event that can be read, but for those of the feedback category."""
    return [row.issue for row in sightings(call.visible(), call.readable(), (), feedback=False)]


def feedback_issues(call: Call, _: Record) -> Sequence[Issue]:
    """Return the issues of the feedback category, which only a query for it shows."""
    rows = sightings(call.visible(), call.readable(), (), feedback=True)
    return [row.issue for row in rows if row.issue.feedback]


def organization_issue(call: Call, row: Sighting) -> Record:
    """Return the organization's record of an issue."""
    issue, project, stamp = row.issue, row.project.facts, call.world.stamp
    seen, lifetime = seen_in_window(row, stamp), seen_ever(row.lifetime(call.now), stamp)
    record = issue_record(issue, project) | todays_fields(issue, project) | organization_fields(issue) | seen
    record |= story_fields(call, row) | {"metadata": further_metadata(issue, call.settings.issue_keys)}
    record["stats"] = graph(row, _period(call.one("groupStatsPeriod")), call.now)
    record["lifetime"] = lifetime | {"stats": None}
    record["filtered"] = None
    record |= expanded_fields(issue, set(call.all("expand")), lifetime["firstSeen"])
    for name in call.all("collapse"):
        for dropped in COLLAPSED.get(name, ()):
            record.pop(dropped, None)
    return record


def project_issue(call: Call, row: Sighting) -> Record:
    """Return the project's record of an issue; an empty `statsPeriod` leaves the graph out."""
    issue, project = row.issue, row.project.facts
    lifetime = row.lifetime(call.now)
    record = issue_record(issue, project) | seen_ever(lifetime, call.world.stamp) | story_fields(call, row)
    record["metadata"] = further_metadata(issue, call.settings.issue_keys)
    period = call.one("statsPeriod")
    if period != "":
        record["stats"] = graph(lifetime, _period(period), call.now)
    return record if call.settings.old else record | todays_fields(issue, project)


def _period(asked: str | None) -> str:
    return asked if asked == "14d" else "24h"


@dataclass(frozen=True)
class _Asked:
    """All that a list of issues depends on; its pages share it."""

    projects: tuple[Project, ...]
    window: Window
    environments: tuple[str, ...]
    query: str | None
    sort: str
    now: int
    lifetime: bool = False
    """Whether the query is about the issues' lifetime, not their time in the window."""
    old: bool = False


class _Found(NamedTuple):
    """A list of issues in its order, and the falling moments (milliseconds) that it is ordered by."""

    rows: list[Sighting]
    moments: list[int]


@lru_cache(maxsize=8)
def _found(asked: _Asked) -> _Found:
    """Sort by last seen, or by first seen with `sort=new`, which no new event changes. Kept for the next pages."""
    search = parse_search(asked.query, asked.now, old=asked.old)
    found = sightings(asked.projects, asked.window, asked.environments, feedback=search.names_category)
    rows = [row for row in found if search.matches(_candidate(asked, row))]
    rows.sort(key=lambda row: (_moment(asked, row), row.issue.id), reverse=True)
    return _Found(rows, [_moment(asked, row) for row in rows])


def _candidate(asked: _Asked, row: Sighting) -> Candidate:
    if not asked.lifetime:
        return Candidate(row.issue, row.first, row.last)
    ever = row.lifetime(asked.now)
    return Candidate(row.issue, ever.first_ever, ever.last)


def _moment(asked: _Asked, row: Sighting) -> int:
    return (row.last if asked.sort == "date" else row.lifetime(asked.now).first_ever) // 1000


def _page(call: Call, found: _Found, record: Callable[[Call, Sighting], Record]) -> Reply:
    """Page by the moments."""
    count = len(found.rows)
    chosen, page = call.haunted(count, call.limit(), key=found.moments.__getitem__)
    hits = {"X-Hits": str(min(count, _MAX_HITS)), "X-Max-Hits": str(_MAX_HITS)}
    return call.answer((orjson.dumps(record(call, found.rows[place])) for place in chosen), page, hits)


def _sort(call: Call) -> str:
    sort = call.one("sort") or "date"
    if sort not in ("date", "new"):
        raise internal() if call.settings.old else bad_request("Invalid sort; the sandbox knows date and new")
    return sort
