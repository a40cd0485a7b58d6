"""What lies below an issue: its detail, events, hashes, tags and what is linked to it."""

from collections.abc import Iterable, Sequence
from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call, Window
from saas_sandbox.sentry.data.attachments import attachments_of
from saas_sandbox.sentry.data.events import Event, full_event, simple_event
from saas_sandbox.sentry.data.issues import ids_of, issue_record, organization_fields, todays_fields
from saas_sandbox.sentry.data.people import user_record
from saas_sandbox.sentry.endpoint import Parent
from saas_sandbox.sentry.errors import forbidden, not_found
from saas_sandbox.sentry.lists.issue_story import activities, story_fields
from saas_sandbox.sentry.lists.issue_tags import tag_summary
from saas_sandbox.sentry.sightings import Sighting, graph, seen_ever, sightings

_LINKED: Final = 7  # one issue in so many is linked to one of an app
_REPORTED: Final = 4  # one in so many has reports of the old crash dialog


def _find(call: Call) -> Sighting:
    """Return the issue of the path, or the one that it was merged into; 404 while that is under way."""
    call.organization()
    survivor = call.world.fates.survivor(call.names["issue"])
    if survivor is None:
        raise not_found()
    return find_issue(call, survivor)


def find_issue(call: Call, issue: str) -> Sighting:
    """Return an issue with all its events; 404 before its first one, 403 if its project is closed."""
    project_number, number, is_feedback = ids_of(issue)
    if not 0 <= project_number < len(call.world.projects):
        raise not_found()
    project = call.world.projects[project_number]
    timeline = project.feedback if is_feedback else project.errors
    hidden = (*call.settings.hidden_projects, *call.settings.missing_projects)
    if project.slug in hidden or number >= len(timeline.tracks):
        raise not_found()
    if project not in call.visible() or project.slug in call.settings.forbidden_projects:
        raise forbidden()
    found = Sighting(project, timeline, number, []).lifetime(call.now)
    if not found.rows:
        raise not_found()
    return found


def _every(call: Call) -> Iterable[Sighting]:
    """Yield the issues that the list of issues shows."""
    return (row.lifetime(call.now) for row in sightings(call.visible(), call.readable(), (), feedback=False))


ISSUE: Final = Parent(_find, _every)


def issue_detail(call: Call, row: Sighting) -> Record:
    """Return the issue with numbers of its lifetime, its activities and its tags."""
    issue, project, stamp = row.issue, row.project.facts, call.world.stamp
    progress = {name: organization_fields(issue)[name] for name in ("derivedData",)}
    record = issue_record(issue, project) | todays_fields(issue, project) | progress | seen_ever(row, stamp)
    people = [user_record(person, call.world.anchor, stamp) for person in call.world.people[: issue.id % 3]]
    return record | {
        **story_fields(call, row),
        "activity": activities(call, row),
        "seenBy": [{**person, "lastSeen": stamp(row.last)} for person in people],
        "participants": [{**person, "type": "user"} for person in people[:1]],
        "pluginActions": [],
        "pluginContexts": [],
        "pluginIssues": [],
        "firstRelease": _release(row.event(row.rows[0])),
        "lastRelease": _release(row.event(row.rows[-1])),
        "tags": [{name: tag[name] for name in ("key", "name", "totalValues")} for tag in tag_summary(call, row)],
        "userReportCount": len(_reports(row)),
        "stats": graph(row, "24h", call.now) | graph(row, "30d", call.now),
    }


def _release(event: Event) -> Record | None:
    version = event.release
    if version is None:
        return None
    return {"version": version, "shortVersion": version.partition("@")[2], "ref": None, "url": None}


def issue_events(call: Call, row: Sighting) -> Sequence[Event]:
    """Return its events of the window, newest first."""
    return _events(row, call.search_window())


def every_issue_event(call: Call, row: Sighting) -> Sequence[Event]:
    """Return its events that can be read."""
    return _events(row, call.readable())


def _events(row: Sighting, window: Window) -> list[Event]:
    inside = row.timeline.track(row.number, row.timeline.rows(window.start, window.end))
    return [row.event(place) for place in reversed(inside)]


def event_record(call: Call, event: Event) -> Record:
    """Return an event in the simple form, or with `full` in the other."""
    return (full_event if call.one("full") in ("1", "true") else simple_event)(event, call.world.stamp)


def hashes(call: Call, row: Sighting) -> list[Record]:
    """Return its hashes, the one of the newest event first; any `full` but an empty one is taken for true."""
    halves = [row.rows] if row.issue.id % 5 or len(row.rows) < 2 else [row.rows[::2], row.rows[1::2]]  # noqa: PLR2004
    newest = sorted((half[-1], number) for number, half in enumerate(halves))
    shape = full_event if call.one("full") != "" else simple_event
    return [
        {
            "id": f"{row.issue.id * 2 + number:032x}",
            "latestEvent": shape(row.event(place), call.world.stamp),
            "mergedBySeer": False,
            "seerMatchDistance": None,
        }
        for place, number in reversed(newest)
    ]


def external_issues(_: Call, row: Sighting) -> list[Record]:
    """Return the issue of an app that it is linked to, if any."""
    number = row.issue.id
    if number % _LINKED != 1:
        return []
    web = f"https://tracker.example/acme/{number}"
    return [
        {
            "id": str(number),
            "issueId": str(number),
            "serviceType": "tracker",
            "displayName": f"ACME#{number}",
            "webUrl": web,
        }
    ]


def integrations(_: Call, row: Sighting) -> list[Record]:
    """Return the integrations that an issue can be linked by, with the issues there that it is linked to."""
    number = row.issue.id
    link = {"id": str(number), "key": f"acme/shop#{number % 997}", "title": row.issue.title, "description": ""}
    link |= {"url": f"https://code.example/acme/shop/{number % 997}", "displayName": link["key"]}
    provider = {"key": "github", "slug": "github", "name": "GitHub", "canAdd": True, "canDisable": False}
    return [
        {
            "id": "1",
            "name": "acme",
            "icon": None,
            "domainName": "code.example/acme",
            "accountType": "Organization",
            "scopes": None,
            "outOfDate": None,
            "status": "active",
            "provider": provider | {"features": ["commits", "issue-basic"], "aspects": {}},
            "externalIssues": [link] if number % _LINKED == 2 else [],  # noqa: PLR2004 - others than those of an app
        }
    ]


def issue_attachments(call: Call, row: Sighting) -> list[Record]:
    """Return the attachments of its events, newest first."""
    return [a for place in reversed(row.rows) for a in attachments_of(row.event(place), call.world.stamp)]


def _reports(row: Sighting) -> list[int]:
    """Return the events after which someone filled in the dialog, newest first."""
    return row.rows[:-_REPORTED:-1] if row.issue.id % _REPORTED == 1 and not row.is_feedback else []


def user_reports(call: Call, row: Sighting) -> list[Record]:
    """Return what people wrote in the dialog, newest first."""
    return [_report(row.event(place), call.world.stamp(row.timeline.at[place])) for place in _reports(row)]


def _report(event: Event, at: str) -> Record:
    user = simple_event(event, lambda _: at)["user"]
    return {
        "id": str(event.number),
        "eventID": event.id,
        "name": user["name"],
        "email": user["email"],
        "comments": f"I was in {event.issue.module}, then everything stopped.",
        "dateCreated": at,
        "user": {
            "id": user["id"],
            "username": user["username"],
            "email": user["email"],
            "name": user["name"],
            "ipAddress": user["ip_address"],
            "avatarUrl": None,
        },
        "event": {"id": event.id, "eventID": event.id},
    }
