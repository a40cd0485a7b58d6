"""What a project's events tell: its end users, tags and environments, and the reports that users wrote."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import md5
from typing import Any, Final, NamedTuple

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.events import event_tags, event_user
from saas_sandbox.sentry.data.issues import issue_record, todays_fields
from saas_sandbox.sentry.data.words import ENVIRONMENTS
from saas_sandbox.sentry.endpoint import PROJECT, Parent
from saas_sandbox.sentry.errors import bad_request, not_found
from saas_sandbox.sentry.world import Project

_LABELS: Final = {"os": "OS", "server_name": "Server"}
_KEPT: Final = ("environment", "level", "release", "user")
_REPORT_EVERY: Final = 40  # one event in so many is followed by a report
_MOST_VALUES: Final = 1000


class Value(NamedTuple):
    """A value of a tag, with its events."""

    key: str
    value: str
    events: int
    first: int
    last: int


class Report(NamedTuple):
    """What a user wrote about an event, a while after it."""

    project: Project
    row: int
    at: int


@lru_cache(maxsize=128)
def _values(project: Project, rows: range) -> dict[str, list[Value]]:
    """Return the values of each tag, the last seen first."""
    found: dict[tuple[str, str], Value] = {}
    for row in rows:
        event = project.event(row)
        for tag in event_tags(event):
            name = tag["key"], tag["value"]
            seen = found.get(name, Value(*name, 0, event.at, event.at))
            found[name] = seen._replace(events=seen.events + 1, last=max(seen.last, event.at))
    keys = sorted({key for key, _ in found})
    by_last = sorted(found.values(), key=lambda value: (-value.last, value.value))
    return {key: [value for value in by_last if value.key == key][:_MOST_VALUES] for key in keys}


def _rows(call: Call, project: Project) -> range:
    return project.errors.rows(*call.readable())


def tags(call: Call, project: Project) -> Sequence[Record]:
    """By key."""
    return [
        {
            "key": key,
            "name": _LABELS.get(key, key.title()),
            "uniqueValues": len(values),
            "canDelete": key not in _KEPT,
        }
        for key, values in _values(project, _rows(call, project)).items()
    ]


def _tag(call: Call) -> Sequence[Value]:
    project = PROJECT.find(call)
    values = _values(project, _rows(call, project)).get(call.names["key"])
    if values is None:
        raise not_found()
    return values


def _every_tag(call: Call) -> list[Sequence[Value]]:
    return [values for project in call.visible() for values in _values(project, _rows(call, project)).values()]


TAG: Final = Parent(_tag, _every_tag)
"""The values of the tag that `key` in the path names, the last seen first."""


def tag_value_record(call: Call, value: Value) -> Record:
    """Return a value of a tag."""
    record = {
        "key": value.key,
        "name": value.value,
        "value": value.value,
        "count": value.events,
        "lastSeen": call.world.stamp(value.last),
        "firstSeen": call.world.stamp(value.first),
    }
    return record | {"query": f'user.id:"{value.value.removeprefix("id:")}"'} if value.key == "user" else record


def environments(call: Call, project: Project) -> Sequence[Record]:
    """By name; `visibility` shows hidden ones, or all."""
    wanted = call.one("visibility") or "visible"
    if wanted not in ("visible", "hidden", "all"):
        raise bad_request("Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']")
    rows = every_environment(call, project)
    return [row for row in rows if wanted == "all" or row["isHidden"] is (wanted == "hidden")]


def every_environment(call: Call, project: Project) -> Sequence[Record]:
    """By name; the ids are the organization's."""
    names = sorted({value.value for value in _values(project, _rows(call, project)).get("environment", [])})
    return [
        {"id": str(ENVIRONMENTS.index(name) + 1), "name": name, "isHidden": name == ENVIRONMENTS[-1]} for name in names
    ]


def event_users(call: Call, project: Project) -> Sequence[Record]:
    """The last seen first. 9.1.2 keeps them in a table, with ids and dates, and shows the newest of it first."""
    rows, errors = _rows(call, project), project.errors
    if call.settings.old:
        first = {errors.user[row]: errors.at[row] for row in reversed(rows)}
        by_date = sorted(first, key=lambda user: (-first[user], user))
        return [_event_user(call, project, user, created=first[user]) for user in by_date]
    return [_event_user(call, project, user) for user in dict.fromkeys(errors.user[row] for row in reversed(rows))]


def _event_user(call: Call, project: Project, user: int, created: int | None = None) -> Record:
    person = event_user(user)
    return {
        "id": None if created is None else str(1000 * (project.number + 1) + user),
        "tagValue": f"id:{person['id']}",
        "identifier": person["id"],
        "username": person["username"],
        "email": person["email"],
        "name": person["email"] if created is None else person["name"],
        "ipAddress": person["ip_address"],
        "avatarUrl": f"https://avatars.sentry.example/{person['email']}",
        "hash": md5(person["id"].encode(), usedforsecurity=False).hexdigest(),
        "dateCreated": None if created is None else call.world.stamp(created),
    }


def user_reports(call: Call, project: Project) -> Sequence[Report]:
    """Newest first, of unresolved issues; an empty `status` shows all."""
    status = call.one("status")
    if status not in (None, "", "unresolved"):
        raise ApiError(400, {"status": "Invalid status choice"})
    issue = project.errors.issue
    return [
        report
        for report in every_report(call, project)
        if status == "" or project.issue(issue[report.row]).status == "unresolved"
    ]


def every_report(call: Call, project: Project) -> Sequence[Report]:
    """Reports so far, newest first."""
    rows = (row for row in _rows(call, project) if row % _REPORT_EVERY == 0)
    found = (Report(project, row, project.errors.at[row] + (60 + row % 600) * SECOND) for row in rows)
    return sorted((report for report in found if report.at <= call.now), key=lambda report: -report.at)


def report_record(call: Call, report: Report) -> Record:
    """Return a report with its issue."""
    project = report.project
    event = project.event(report.row)
    person: dict[str, Any] = event_user(event.user)
    issue = issue_record(event.issue, project.facts)
    return {
        "id": str(100_000 * (project.number + 1) + report.row),
        "eventID": event.id,
        "name": person["name"],
        "email": person["email"],
        "comments": f"I wanted to {event.issue.function} and saw an error.",
        "dateCreated": call.world.stamp(report.at),
        "user": {
            "id": person["id"],
            "username": person["username"],
            "email": person["email"],
            "name": person["name"],
            "ipAddress": person["ip_address"],
            "avatarUrl": None,
        },
        "event": {"id": event.id, "eventID": event.id},
        "issue": issue if call.settings.old else issue | todays_fields(event.issue, project.facts),
    }
