"""The tags of an issue: counted over its events."""

from dataclasses import dataclass
from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.events import Event, event_tags, simple_event
from saas_sandbox.sentry.endpoint import Parent
from saas_sandbox.sentry.errors import not_found
from saas_sandbox.sentry.sightings import Sighting

_TOP: Final = 10
_MOST: Final = 1000  # values of a key that can be paged over


@dataclass
class Value:
    """A value of a tag: how many events have it, and the newest and oldest of them."""

    key: str
    value: str
    count: int
    newest: Event
    oldest: Event


@dataclass(frozen=True)
class Tag:
    """A tag of an issue, with its values, the most frequent first."""

    key: str
    values: list[Value]


def tags(_: Call, row: Sighting) -> list[Tag]:
    """Return the tags of an issue by key."""
    found: dict[str, dict[str, Value]] = {}
    for place in row.rows:
        event = row.event(place)
        for tag in event_tags(event):
            of_key = found.setdefault(tag["key"], {})
            value = of_key.setdefault(tag["value"], Value(tag["key"], tag["value"], 0, event, event))
            value.count, value.newest = value.count + 1, event
    return [
        Tag(key, sorted(of_key.values(), key=lambda value: (-value.count, value.value)))
        for key, of_key in sorted(found.items())
    ]


def tag_record(call: Call, tag: Tag) -> Record:
    """Return a tag with its ten most frequent values."""
    return {
        "key": tag.key,
        "name": tag.key.replace("_", " ").title(),
        "uniqueValues": len(tag.values),
        "totalValues": sum(value.count for value in tag.values),
        "topValues": [_value_record(call, value) for value in tag.values[:_TOP]],
    }


def tag_summary(call: Call, row: Sighting) -> list[Record]:
    """Return the records of an issue's tags."""
    return [tag_record(call, tag) for tag in tags(call, row)]


def tag_parent(issue: Parent) -> Parent:
    """Return the tags of issues as parents: `key` in the path is one of the issue's."""

    def find(call: Call) -> Tag:
        for tag in tags(call, issue.find(call)):
            if tag.key == call.names["key"]:
                return tag
        raise not_found()

    return Parent(find, lambda call: [tag for row in issue.every(call) for tag in tags(call, row)])


def tag_values(_: Call, tag: Tag) -> list[Value]:
    """Return the values of a tag, the newest first."""
    return sorted(tag.values, key=lambda value: value.newest.at, reverse=True)[:_MOST]


def value_record(call: Call, value: Value) -> Record:
    """Return a value of a tag; of `user` it is the person, without the key."""
    record = _value_record(call, value)
    if value.key != "user":
        return record
    user = simple_event(value.newest, call.world.stamp)["user"]
    person = {"id": user["id"], "username": user["username"], "email": user["email"], "name": user["name"]}
    more = {"ipAddress": user["ip_address"], "avatarUrl": None, "hash": None, "tagValue": value.value}
    seen = {name: record[name] for name in ("query", "value", "count", "lastSeen", "firstSeen")}
    return {**person, **more, "identifier": user["id"], "dateCreated": record["firstSeen"], **seen}


def _value_record(call: Call, value: Value) -> Record:
    return {
        "key": value.key,
        "name": value.value,
        "value": value.value,
        "count": value.count,
        "lastSeen": call.world.stamp(value.newest.at),
        "firstSeen": call.world.stamp(value.oldest.at),
        "query": f'{value.key}:"{value.value}"',
    }
