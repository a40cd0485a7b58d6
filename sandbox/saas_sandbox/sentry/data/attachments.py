"""Files that came with events."""

import hashlib
from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.events import Event
from saas_sandbox.sentry.moments import Stamp

_KINDS: Final = (
    ("event.attachment", "screenshot.png", "image/png"),
    ("event.view_hierarchy", "view-hierarchy.json", "application/json"),
)
_SHARE: Final = 16  # one event in so many has some


def attachments_of(event: Event, stamp: Stamp) -> list[Record]:
    """Return the records of an event's attachments: most have none, some one, some two."""
    draw = int(event.id[-4:], 16)
    count = 0 if draw % _SHARE else 1 + draw // _SHARE % len(_KINDS)
    return [_attachment(event, number, stamp) for number in range(count)]


def _attachment(event: Event, number: int, stamp: Stamp) -> Record:
    kind, name, mimetype = _KINDS[number]
    digest = hashlib.sha1(f"{event.id}:{name}".encode(), usedforsecurity=False).hexdigest()
    return {
        "id": str(event.number * len(_KINDS) + number),
        "event_id": event.id,
        "type": kind,
        "name": name,
        "mimetype": mimetype,
        "dateCreated": stamp(event.at),
        "size": 1024 + int(digest[:4], 16),
        "headers": {"Content-Type": mimetype},
        "sha1": digest,
    }
