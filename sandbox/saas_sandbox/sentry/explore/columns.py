"""What a row of Explore can show: the columns of each dataset, and tags, whose names are anybody's."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from saas_sandbox.common.clock import SECOND
from saas_sandbox.sentry.data.events import SDK_VERSION, Event, event_tags, event_trace, event_user
from saas_sandbox.sentry.data.items import Item
from saas_sandbox.sentry.data.replays import replay_stamp
from saas_sandbox.sentry.data.words import ENVIRONMENTS, FUNCTIONS, MODULES
from saas_sandbox.sentry.moments import EPOCH


@dataclass(frozen=True)
class Column:
    """`kind` is its type in `meta.fields`, `unit` what `meta.units` says; `value` takes what a row is made of."""

    kind: str
    value: Callable[[Any], Any]
    unit: str | None = None


Columns = Mapping[str, Column]

_TAG: Final = re.compile(r"tags\[([\w.-]+)(,\s*number)?\]")
_NAME: Final = re.compile(r"[\w.-]+")
_STEPS: Final = 5  # spans of a trace, the first of which is its transaction
_SEVERITIES: Final = (("info", 9), ("debug", 5), ("warn", 13), ("error", 17))
_METRICS: Final = (("orders", "counter", None), ("queue.depth", "gauge", None), ("db.wait", "distribution", "ms"))
_MILLISECOND: Final = 1_000_000  # in nanoseconds

OF_PROJECT: Final[Columns] = {
    "project.id": Column("integer", lambda row: int(row.project["id"])),
    "project": Column("string", lambda row: row.project["slug"]),
    "project.name": Column("string", lambda row: row.project["slug"]),
    "organization.id": Column("integer", lambda _: 1),
}
"""Columns that have one value for all rows of a project."""


def tag_column(name: str) -> Column | None:
    """Return the column of `tags[name]`, `tags[name,number]` or any other name; `None` for what cannot be one."""
    match = _TAG.fullmatch(name)
    if match and match[2]:
        return Column("number", lambda row: _attribute(row, match[1], number=True))
    if match or _NAME.fullmatch(name):
        wanted = match[1] if match else name
        return Column("string", lambda row: _attribute(row, wanted, number=False))
    return None


def _attribute(row: "Event | Item", name: str, *, number: bool) -> Any:
    """Return a tag of an error, or one of the attributes that the list of their names tells of."""
    if isinstance(row, Event):
        return None if number else next((tag["value"] for tag in event_tags(row) if tag["key"] == name), None)
    place = name.removeprefix("attribute.")
    if place == name or not place.isdigit():
        return None
    return float(row.row + int(place)) if number else f"value {row.row % (int(place) + 2)}"


def _user(name: str) -> Column:
    return Column("string", lambda event: event_user(event.user)[name])


ERRORS: Final[Columns] = {
    **OF_PROJECT,
    "id": Column("string", lambda event: event.id),
    "timestamp": Column("date", lambda event: replay_stamp(event.at)),
    "event.type": Column("string", lambda _: "error"),
    "issue.id": Column("integer", lambda event: event.issue.id),
    "issue": Column("string", lambda event: event.issue.short_id),
    "title": Column("string", lambda event: event.issue.title),
    "message": Column("string", lambda event: event.issue.title),
    "culprit": Column("string", lambda event: event.issue.culprit),
    "location": Column("string", lambda event: f"acme/{event.issue.module}.py"),
    "transaction": Column("string", lambda event: f"/{event.issue.module}/{event.issue.function}"),
    "release": Column("string", lambda event: event.release),
    "dist": Column("string", lambda _: None),
    "environment": Column("string", lambda event: event.environment),
    "level": Column("string", lambda event: event.issue.level),
    "platform": Column("string", lambda event: event.project["platform"]),
    "user": Column("string", lambda event: f"id:{event.user + 1}"),
    "user.id": _user("id"),
    "user.email": _user("email"),
    "user.username": _user("username"),
    "user.ip": _user("ip_address"),
    "error.type": Column("array", lambda event: [event.issue.kind]),
    "error.value": Column("array", lambda event: [event.issue.value]),
    "error.mechanism": Column("array", lambda _: ["generic"]),
    "error.handled": Column("boolean", lambda event: event.issue.line % 2 == 1),
    "sdk.name": Column("string", lambda event: f"sentry.{event.project['platform']}"),
    "sdk.version": Column("string", lambda _: SDK_VERSION),
    "trace": Column("string", lambda event: event_trace(event)[0]),
    "replayId": Column("string", lambda _: None),
}

_OF_ITEM: Final[Columns] = {
    **OF_PROJECT,
    "id": Column("string", lambda item: item.hexadecimal()),
    "timestamp": Column("date", lambda item: replay_stamp(item.second * SECOND)),
    "environment": Column("string", lambda item: ENVIRONMENTS[item.row % len(ENVIRONMENTS)]),
    "release": Column("string", lambda item: item.release),
    "sdk.name": Column("string", lambda item: f"sentry.{item.project['platform']}"),
    "sdk.version": Column("string", lambda _: SDK_VERSION),
    "trace": Column("string", lambda item: item.hexadecimal(32, "trace", item.row // _STEPS)),
}

_PRECISE: Final[Columns] = {
    "timestamp_precise": Column("number", lambda item: item.nanosecond),
    "observed_timestamp": Column("number", lambda item: item.nanosecond + 250 * _MILLISECOND),
}


def _milliseconds(item: Item) -> str:
    moment = EPOCH + timedelta(milliseconds=item.nanosecond // _MILLISECOND)
    return moment.isoformat(timespec="milliseconds")


LOGS: Final[Columns] = {
    **_OF_ITEM,
    **_PRECISE,
    "timestamp": Column("date", _milliseconds),
    "message": Column("string", lambda item: f"{FUNCTIONS[item.row % 9]} of {MODULES[item.row // 2 % 9]} done"),
    "severity": Column("string", lambda item: _SEVERITIES[item.row % 4][0]),
    "severity_number": Column("integer", lambda item: _SEVERITIES[item.row % 4][1]),
    "span_id": Column("string", lambda item: item.hexadecimal(16, "span")),
}


def _is_transaction(item: Item) -> bool:
    return item.row % _STEPS == 0


def _duration(item: Item) -> float:
    """Milliseconds."""
    return 5 + item.items.noise(item.row) % 20_000 / 10


def _parent(item: Item) -> str | None:
    return None if _is_transaction(item) else item.hexadecimal(16, row=item.row // _STEPS * _STEPS)


SPANS: Final[Columns] = {
    **_OF_ITEM,
    "id": Column("string", lambda item: item.hexadecimal(16)),
    "precise.start_ts": Column("number", lambda item: item.nanosecond / 1e9 - _duration(item) / 1000),
    "precise.finish_ts": Column("number", lambda item: item.nanosecond / 1e9),
    "parent_span": Column("string", _parent),
    "is_transaction": Column("boolean", _is_transaction),
    "span.op": Column("string", lambda item: "http.server" if _is_transaction(item) else "db.query"),
    "span.name": Column("string", lambda item: FUNCTIONS[item.row % 9]),
    "span.description": Column("string", lambda item: f"{FUNCTIONS[item.row % 9]} {MODULES[item.row % 9]}"),
    "span.status": Column("string", lambda item: "ok" if item.row % 7 else "internal_error"),
    "span.duration": Column("duration", _duration, "millisecond"),
    "span.self_time": Column("duration", lambda item: _duration(item) / 2, "millisecond"),
    "transaction": Column("string", lambda item: f"/{MODULES[item.row // _STEPS % 9]}"),
    "transaction.event_id": Column("string", lambda item: item.hexadecimal(32, "event", item.row // _STEPS)),
    "client_sample_rate": Column("percentage", lambda _: 1.0),
    "server_sample_rate": Column("percentage", lambda _: 1.0),
}

TRACE_METRICS: Final[Columns] = {
    **_OF_ITEM,
    **_PRECISE,
    "metric.name": Column("string", lambda item: _METRICS[item.row % 3][0]),
    "metric.type": Column("string", lambda item: _METRICS[item.row % 3][1]),
    "metric.unit": Column("string", lambda item: _METRICS[item.row % 3][2]),
    "value": Column("number", lambda item: float(item.items.noise(item.row) % 1000)),
    "replay_id": Column("string", lambda _: None),
    "origin": Column("string", lambda _: "manual"),
}

UPTIME_RESULTS: Final[Columns] = {
    **OF_PROJECT,
    "check_id": Column("string", lambda item: item.hexadecimal()),
    "guid": Column("string", lambda item: item.hexadecimal(32, "guid")),
    "timestamp": Column("date", lambda item: replay_stamp(item.second * SECOND)),
    "scheduled_check_time_us": Column("integer", lambda item: item.second * SECOND),
    "actual_check_time_us": Column("integer", lambda item: item.nanosecond // 1000),
    "subscription_id": Column("string", lambda item: item.hexadecimal(32, "subscription", item.row % 2)),
    "check_status": Column("string", lambda item: "success" if item.row % 6 else "failure"),
    "status_reason_type": Column("string", lambda item: None if item.row % 6 else "timeout"),
    "status_reason_description": Column("string", lambda item: None if item.row % 6 else "no answer in 10 s"),
    "region": Column("string", lambda item: ("us-east", "eu-west")[item.row % 2]),
    "http_status_code": Column("integer", lambda item: 200 if item.row % 6 else None),
    "method": Column("string", lambda _: "GET"),
    "original_url": Column("string", lambda item: f"https://{item.project['slug']}.acme.example/health"),
    "request_url": Column("string", lambda item: f"https://{item.project['slug']}.acme.example/health"),
    "request_sequence": Column("integer", lambda _: 0),
    "request_duration_us": Column("integer", lambda item: 1000 + item.items.noise(item.row) % 90_000),
    "environment": Column("string", lambda _: ENVIRONMENTS[0]),
    "trace_id": Column("string", lambda item: item.hexadecimal(32, "trace")),
}
