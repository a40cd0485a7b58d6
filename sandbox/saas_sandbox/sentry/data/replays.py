"""Session replays: recordings of at most an hour that come in segments."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final

from saas_sandbox.common.clock import DAY, HOUR, SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.timeline import HISTORY_DAYS, HORIZON_DAYS, USERS
from saas_sandbox.sentry.data.words import BROWSERS, CITIES, ENVIRONMENTS, GIVEN, MODULES, SYSTEMS
from saas_sandbox.sentry.moments import EPOCH

_ARCHIVED: Final = 9  # one in so many was deleted by someone
_OVER_MIDNIGHT: Final = 4  # one in so many begins before midnight and ends after it
_MINUTE: Final = 60 * SECOND


@dataclass(frozen=True)
class Replay:
    """A recording; moments in microseconds. `clicks` are pairs of moment and node."""

    id: str
    project: Record
    number: int
    started: int
    segments: tuple[int, ...]
    clicks: tuple[tuple[int, int], ...]
    user: int

    @property
    def is_archived(self) -> bool:
        """Whether it was deleted: its row stays, with hardly a value."""
        return self.number % _ARCHIVED == _ARCHIVED - 1

    @property
    def views(self) -> int:
        """How many members have watched it."""
        return self.number % 3


def build_replays(seed: str, project: Record, count: int, anchor: int) -> list[Replay]:
    """Return `count` replays of the history and those of the days to come, by their start."""
    if not count:
        return []
    step, total = HISTORY_DAYS * DAY // count, count + count * HORIZON_DAYS // HISTORY_DAYS
    first = anchor - count * step
    found = [_replay(Random(f"{seed}:replay:{n}"), project, n, first + n * step) for n in range(total)]
    return sorted(found, key=lambda replay: replay.started)


def _replay(rng: Random, project: Record, number: int, at: int) -> Replay:
    started, minutes = at + rng.randrange(HOUR), rng.randint(1, 40)
    if number % _OVER_MIDNIGHT == 1:
        started, minutes = at // DAY * DAY + DAY - rng.randint(5, 15) * _MINUTE, rng.randint(20, 40)
    spots = sorted(rng.sample(range(minutes * 60), rng.randint(1, 6)))
    segments = tuple(started + (5 + spot) * SECOND for spot in spots)
    clicks = sorted((started + rng.randrange(minutes * 60) * SECOND, rng.randint(1, 400)) for _ in range(number % 5))
    # Someone is angry: the same button twice in a second
    angry = tuple(clicks[:1]) if number % 5 == 4 else ()  # noqa: PLR2004 - the last of five
    replay_id = f"{rng.getrandbits(128):032x}"
    return Replay(replay_id, project, number, started, segments, (*angry, *clicks), rng.randrange(USERS))


def replay_record(replay: Replay, now: int) -> Record:
    """Return a replay as far as it was recorded by `now`."""
    if replay.is_archived:
        return _archived(replay)
    seen = [moment for moment in replay.segments if moment <= now]
    browser, _, version = BROWSERS[replay.user % len(BROWSERS)].partition(" ")
    system, _, system_version = SYSTEMS[replay.user % len(SYSTEMS)].partition(" ")
    urls = [f"https://{replay.project['slug']}.acme.example/{MODULES[(replay.number + n) % 9]}" for n in range(2)]
    return {
        "id": replay.id,
        "project_id": replay.project["id"],
        "trace_ids": [f"{replay.number:032x}"],
        "error_ids": [],
        "environment": ENVIRONMENTS[replay.number % len(ENVIRONMENTS)],
        "tags": {"plan": ["team"], "page": [MODULES[replay.number % len(MODULES)]]},
        "user": _user(replay),
        "sdk": {"name": "sentry.javascript.browser", "version": "9.1.0"},
        "os": {"name": system, "version": system_version},
        "browser": {"name": browser, "version": version},
        "device": {"name": None, "brand": None, "model": None, "family": None},
        "ota_updates": {"channel": None, "runtime_version": None, "update_id": None},
        "is_archived": False,
        "urls": urls,
        "segment_names": None,
        "clicks": [{"click.tag": "button", "click.id": f"n{node}"} for at, node in replay.clicks if at <= now],
        "count_dead_clicks": 0,
        "count_rage_clicks": int(replay.number % 5 == 4),  # noqa: PLR2004 - the last of five
        "count_errors": 0,
        "duration": (seen[-1] - replay.started) // SECOND,
        "finished_at": replay_stamp(seen[-1]),
        "started_at": replay_stamp(replay.started),
        "activity": 1 + replay.number % 10,
        "count_urls": len(urls),
        "replay_type": "session",
        "count_segments": len(seen),
        "platform": "javascript",
        "releases": ["web@3.2.1"],
        "dist": None,
        "count_warnings": 0,
        "count_infos": 1,
        "has_viewed": replay.views > 0,
        "warning_ids": [],
        "info_ids": [f"{replay.number + 1:032x}"],
    }


def _archived(replay: Replay) -> Record:
    """Return the row of a deleted replay, whose ids and lists alone are left."""
    nothing: dict[str, Any] = dict.fromkeys(FIELDS)
    empty: Record = {"trace_ids": [], "error_ids": [], "tags": []}
    user = {"id": "Archived Replay", "display_name": "Archived Replay"}
    return nothing | empty | {"id": replay.id, "project_id": replay.project["id"], "user": user, "is_archived": True}


def segment(replay: Replay, number: int) -> list[Record]:
    """Return the rrweb events of a segment."""
    at = replay.segments[number] // 1000
    payload = {"category": "navigation", "data": {"to": f"/{MODULES[number % len(MODULES)]}"}}
    start = [{"type": 4, "timestamp": at, "data": {"href": "/", "width": 1280, "height": 720}}] if number == 0 else []
    return [*start, {"type": 5, "timestamp": at + 40, "data": {"tag": "breadcrumb", "payload": payload}}]


def replay_stamp(moment: int) -> str:
    """Write a moment as ClickHouse does: whole seconds with an offset."""
    return (EPOCH + timedelta(seconds=moment // SECOND)).isoformat()


def _user(replay: Replay) -> Record:
    name = GIVEN[replay.user % len(GIVEN)]
    country, city = CITIES[replay.user % len(CITIES)]
    geo = {"city": city, "country_code": country, "region": None, "subdivision": None}
    return {
        "id": str(replay.user + 1),
        "username": f"{name}{replay.user}".lower(),
        "email": f"{name}.{replay.user}@customer.example".lower(),
        "ip": f"192.0.2.{replay.user + 1}",
        "display_name": f"{name}{replay.user}".lower(),
        "geo": geo,
    }


FIELDS: Final = (
    *("activity", "browser", "clicks", "count_dead_clicks", "count_errors", "count_infos", "count_rage_clicks"),
    *("count_segments", "count_urls", "count_warnings", "device", "dist", "duration", "environment", "error_ids"),
    *("finished_at", "has_viewed", "id", "info_ids", "is_archived", "os", "platform", "project_id", "releases"),
    *("sdk", "segment_names", "started_at", "tags", "trace_ids", "urls", "user", "warning_ids"),
)
"""What `field` may name; any other value is refused."""
