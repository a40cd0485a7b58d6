"""What people did about an issue: its activities and comments, and what its record tells of them."""

from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.people import user_record
from saas_sandbox.sentry.data.story import Deed, build_story
from saas_sandbox.sentry.fates import told
from saas_sandbox.sentry.sightings import Sighting
from saas_sandbox.sentry.world import World

_MOST: Final = 100  # activities are cut there, the first one too, and there is no second page
_PER_ISSUE: Final = 1000


def deeds(call: Call, row: Sighting) -> list[Deed]:
    """Return what was done by now, oldest first."""
    moments = [row.timeline.at[place] for place in row.timeline.tracks[row.number]]
    people = [person for person in call.world.people if not person.pending]
    issue = call.world.fates.before(row.issue)
    return told(build_story(issue, moments, people) + call.world.fates.deeds.get(str(issue.id), []), call.now)


def story_fields(call: Call, row: Sighting) -> Record:
    """Return the fields of an issue's record that tell of it."""
    done = deeds(call, row)
    taken = next((deed.person for deed in done if deed.kind == "assigned"), None)
    owner = taken and {"type": "user", "id": str(taken.number + 1), "name": taken.name, "email": taken.email}
    return {"numComments": sum(deed.kind == "note" for deed in done), "assignedTo": owner}


def comments(call: Call, row: Sighting) -> list[Record]:
    """Return its notes, newest first."""
    return [_activity(call.world, row, deed) for deed in reversed(deeds(call, row)) if deed.kind == "note"]


def activities(call: Call, row: Sighting) -> list[Record]:
    """Return all activities, newest first; the last one is made up of the issue itself."""
    found = [_activity(call.world, row, deed) for deed in reversed(deeds(call, row))]
    first = {"user": None, "sentry_app": None, "type": "first_seen", "data": {"priority": "medium"}}
    seen = call.world.stamp(row.lifetime(call.now).first_ever)
    return [*found, {"id": "0", **first, "dateCreated": seen}][:_MOST]


def _activity(world: World, row: Sighting, deed: Deed) -> Record:
    user = deed.person and user_record(deed.person, world.anchor, world.stamp)
    return {
        "id": str(row.issue.id * _PER_ISSUE + deed.number),
        "user": user,
        "sentry_app": None,
        "type": deed.kind,
        "data": deed.data,
        "dateCreated": world.stamp(deed.at),
    }
