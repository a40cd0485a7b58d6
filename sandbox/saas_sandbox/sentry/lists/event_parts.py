"""What lies below an event."""

from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.attachments import attachments_of
from saas_sandbox.sentry.data.events import Event, full_event
from saas_sandbox.sentry.endpoint import Parent
from saas_sandbox.sentry.errors import not_found


def _find(call: Call) -> Event:
    project = call.project()
    events, wanted = project.errors, call.names["event"].replace("-", "")
    for row in events.rows(*call.readable()):
        if events.ids[row] == wanted:
            return project.event(row)
    raise not_found()


def _every(call: Call) -> list[Event]:
    return [project.event(row) for project in call.visible() for row in project.errors.rows(*call.readable())]


EVENT: Final = Parent(_find, _every)


def event_detail(call: Call, event: Event) -> Record:
    """Return the event complete, with its release and its neighbours in the issue."""
    project = next(project for project in call.world.projects if project.id == event.project["id"])
    ids = project.errors.ids
    visible = project.errors.rows(*call.readable())
    track = [ids[row] for row in project.errors.track(project.errors.issue[ids.index(event.id)], visible)]
    place = track.index(event.id)
    return full_event(event, call.world.stamp) | {
        "release": _release(call, event.release),
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
        "previousEventID": track[place - 1] if place else None,
        "nextEventID": track[place + 1] if place + 1 < len(track) else None,
    }


def _release(call: Call, version: str | None) -> Record | None:
    for release in call.world.releases:
        if release.version == version:
            released = release.released_by(call.now)
            return {
                "id": release.number + 1,
                "version": version,
                "status": "archived" if release.archived else "open",
                "dateCreated": call.world.stamp(release.added),
                "dateReleased": released and call.world.stamp(released),
                "versionInfo": {"package": version.partition("@")[0], "description": version.partition("@")[2]},
                "data": {},
                "commitCount": 0,
                "deployCount": 0,
                "userAgent": None,
                **dict.fromkeys(("ref", "url", "lastCommit", "lastDeploy")),
            }
    return None


def event_attachments(call: Call, event: Event) -> list[Record]:
    """Return the files that came with an event."""
    return attachments_of(event, call.world.stamp)
