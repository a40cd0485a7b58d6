"""Event records: the simple one of today's list, the full one, and 9.1.2's, which is always full."""

from dataclasses import dataclass
from random import Random
from typing import Final

import orjson

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.issues import Issue
from saas_sandbox.sentry.data.words import BROWSERS, CITIES, FUNCTIONS, GIVEN, MODULES, SYSTEMS
from saas_sandbox.sentry.moments import Stamp

_FRAMES: Final = 6
SDK_VERSION: Final = "2.19.0"
_FILLER: Final = "".join(f"{number:04x} " for number in range(0x2000))


@dataclass(frozen=True)
class Event:
    """What the records of an event are made of."""

    id: str
    number: int  # 9.1.2's numeric id
    at: int
    project: Record
    issue: Issue
    user: int
    environment: str
    release: str | None


def simple_event(event: Event, stamp: Stamp) -> Record:
    """Return the item of the list without `full` (15 fields)."""
    issue = event.issue
    return {
        "id": event.id,
        "event.type": "generic" if issue.feedback else "error",
        "groupID": str(issue.id),
        "eventID": event.id,
        "projectID": event.project["id"],
        "message": issue.title,
        "title": issue.title,
        "location": f"acme/{issue.module}.py",
        "culprit": issue.culprit,
        "user": event_user(event.user),
        "tags": event_tags(event),
        "platform": event.project["platform"],
        "dateCreated": stamp(event.at),
        "crashFile": None,
        "metadata": issue.metadata,
    }


def full_event(event: Event, stamp: Stamp) -> Record:
    """Return the item of the list with `full`: the detail without release, next, previous and their like."""
    record = simple_event(event, stamp)
    del record["event.type"]
    return record | {
        "type": "error",
        "dateReceived": stamp(event.at + 2 * SECOND + 345_000),
        "contexts": _contexts(event),
        "size": 4096,
        "entries": _entries(event),
        "dist": None,
        "sdk": {"name": f"sentry.{event.project['platform']}", "version": SDK_VERSION},
        "context": {"attempt": event.user % 4, "queue": event.issue.module},
        "packages": {"acme": "3.2.1", "waybill": "0.9.4"},
        "errors": [],
        "occurrence": None,
        "_meta": {"entries": {}, "message": None, "user": None, "contexts": None, "context": None, "tags": {}},
        "fingerprints": [f"{event.issue.id:032x}"],
        "groupingConfig": {"id": "newstyle:2023-01-11", "enhancements": ""},
        "startTimestamp": None,
        "endTimestamp": None,
        "measurements": None,
        "breakdowns": None,
    }


def old_event(event: Event, stamp: Stamp) -> Record:
    """Return 9.1.2's item: always full, with a number for an id."""
    record = full_event(event, stamp)
    for name in ("startTimestamp", "endTimestamp", "measurements", "breakdowns", "occurrence", "projectID", "packages"):
        del record[name]
    tags = [tag | {"_meta": None} for tag in record["tags"]]
    return record | {"id": str(event.number), "tags": tags, "packages": {}}


def padded(record: Record, size: int) -> bytes:
    """Serialise a record, filled up to about `size` bytes by an extra context."""
    body = orjson.dumps(record)
    missing = size - len(body) - len(',"extra":""')
    if missing <= 0:
        return body
    filler = (_FILLER * (missing // len(_FILLER) + 1))[:missing]
    return orjson.dumps(record | {"context": {**record["context"], "extra": filler}})


def event_user(user: int) -> Record:
    """Return whom an event concerns."""
    name = GIVEN[user % len(GIVEN)]
    country, city = CITIES[user % len(CITIES)]
    return {
        "id": str(user + 1),
        "email": f"{name}.{user}@customer.example".lower(),
        "username": f"{name}{user}".lower(),
        "ip_address": f"192.0.2.{user + 1}",
        "name": name,
        "geo": {"country_code": country, "city": city},
        "data": None,
    }


def event_tags(event: Event) -> list[Record]:
    """Return its tags by key."""
    tags = {
        "browser": BROWSERS[event.user % len(BROWSERS)],
        "environment": event.environment,
        "handled": "no" if event.issue.line % 2 == 0 else "yes",
        "level": event.issue.level,
        "os": SYSTEMS[event.user % len(SYSTEMS)],
        "server_name": f"node-{event.user % 7}",
        "user": f"id:{event.user + 1}",
    }
    if event.release:
        tags["release"] = event.release
    return [{"key": key, "value": value, "query": f'{key}:"{value}"'} for key, value in sorted(tags.items())]


def event_trace(event: Event) -> tuple[str, str]:
    """Return the ids of its trace and span."""
    rng = Random(event.id)
    return f"{rng.getrandbits(128):032x}", f"{rng.getrandbits(64):016x}"


def _contexts(event: Event) -> Record:
    trace, span = event_trace(event)
    browser, _, version = BROWSERS[event.user % len(BROWSERS)].partition(" ")
    return {
        "browser": {"type": "browser", "name": browser, "version": version},
        "os": {"type": "os", "name": SYSTEMS[event.user % len(SYSTEMS)]},
        "trace": {"type": "trace", "trace_id": trace, "span_id": span},
    }


def _entries(event: Event) -> list[Record]:
    issue = event.issue
    stack = {"frames": [_frame(issue, depth) for depth in range(_FRAMES)], "hasSystemFrames": False}
    raised = {"type": issue.kind, "value": issue.value, "module": None, "stacktrace": stack}
    handled = {"mechanism": {"type": "generic", "handled": issue.line % 2 == 1}, "threadId": None}
    url = f"https://{event.project['slug']}.acme.example/{issue.module}/{event.user}"
    request = {"method": "POST", "url": url, "query": [], "headers": [["Host", "acme.example"]], "cookies": []}
    crumbs = [_crumb(issue, event.at, step) for step in range(4)]
    return [
        {"type": "exception", "data": {"values": [raised | handled], "hasSystemFrames": False, "excOmitted": None}},
        {"type": "breadcrumbs", "data": {"values": crumbs}},
        {"type": "request", "data": request | {"data": None, "fragment": None, "env": None}},
    ]


def _frame(issue: Issue, depth: int) -> Record:
    module = MODULES[(issue.line + depth) % len(MODULES)] if depth < _FRAMES - 1 else issue.module
    function = FUNCTIONS[(issue.line + 2 * depth) % len(FUNCTIONS)] if depth < _FRAMES - 1 else issue.function
    line = issue.line + depth
    context = [[line + step, f"    step_{step + 2} = {function}(part, {step})"] for step in range(-2, 3)]
    return {
        "filename": f"acme/{module}.py",
        "absPath": f"/srv/acme/{module}.py",
        "module": f"acme.{module}",
        "package": None,
        "function": function,
        "lineNo": line,
        "colNo": None,
        "context": context,
        "inApp": True,
        "vars": {"part": f"'{module}-{depth}'", "attempt": str(depth)},
    }


def _crumb(issue: Issue, at: int, step: int) -> Record:
    return {
        "type": "default",
        "category": f"acme.{issue.module}",
        "level": "info",
        "message": f"{FUNCTIONS[step]} done",
        "timestamp": f"{at / SECOND - 4 + step:.3f}",
        "data": None,
        "event_id": None,
    }
