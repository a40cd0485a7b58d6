"""Replays and what lies below one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import orjson

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.call import Call, Window
from saas_sandbox.sentry.data.people import user_record
from saas_sandbox.sentry.data.replays import FIELDS, Replay, replay_record, replay_stamp, segment
from saas_sandbox.sentry.endpoint import Parent
from saas_sandbox.sentry.errors import bad_request, not_found
from saas_sandbox.sentry.paging import absolute
from saas_sandbox.sentry.world import Project

_SEVERAL: Final = "You cannot view events from multiple projects."


def replays(call: Call, _: Record) -> Sequence[Replay]:
    """Return the replays with a segment in the window, the newest start first."""
    projects = call.projects_asked()
    if len(projects) > 1 and not call.settings.global_views:
        raise bad_request(_SEVERAL)
    if not set(call.all("field")) <= set(FIELDS):
        raise bad_request("{'field': [ErrorDetail(string='is not a valid choice.', code='invalid_choice')]}")
    return _seen(call, projects, call.search_window())


def every_replay(call: Call, _: Record) -> Sequence[Replay]:
    """Return the replays that can be read."""
    return _seen(call, call.visible(), call.readable())


def _seen(call: Call, projects: Sequence[Project], window: Window) -> list[Replay]:
    """Return those with a segment in the window, whose first segment there is by now."""
    low, high = window.start * SECOND, window.end * SECOND
    found = [
        replay
        for project in projects
        for replay in project.replays
        if replay.segments[0] <= call.now and any(low <= moment < high for moment in replay.segments)
    ]
    return sorted(found, key=lambda replay: replay.started, reverse=True)


def shown_replay(call: Call, replay: Replay) -> Record:
    """Return a replay, or the fields of it that are asked for."""
    record, fields = replay_record(replay, call.now), call.all("field")
    return {name: record[name] for name in fields} if fields else record


def _find(call: Call) -> Replay:
    project = call.project()
    for replay in every_replay(replace(call, query=[]), {}):
        if replay.id == call.names["replay"].replace("-", "") and replay.project["id"] == project.id:
            return replay
    raise not_found()


REPLAY: Final = Parent(_find, lambda call: every_replay(call, {}))


def clicks(call: Call, replay: Replay) -> list[Record]:
    """Return what was clicked, oldest first."""
    seen = [] if replay.is_archived else [click for click in replay.clicks if click[0] <= call.now]
    return [{"node_id": node, "timestamp": replay_stamp(at)} for at, node in seen]


def segments(call: Call, replay: Replay) -> range:
    """Return the numbers of the segments, oldest first."""
    return range(0 if replay.is_archived else sum(moment <= call.now for moment in replay.segments))


def recording_segments(call: Call, replay: Replay) -> Reply:
    """Answer with the segments: each is a list of rrweb events."""
    numbers = segments(call, replay)
    page = call.page(absolute, len(numbers), call.per_page())
    return call.answer((orjson.dumps(segment(replay, n)) for n in numbers[page.start : page.stop]), page)


def viewers(call: Call, replay: Replay) -> list[Record]:
    """Return the members who have watched it."""
    people = [person for person in call.world.people if not person.pending][: replay.views]
    return [_viewer(user_record(person, call.world.anchor, call.world.stamp)) for person in people]


def viewed_by(call: Call, replay: Replay) -> Reply:
    """Answer with the viewers, two envelopes deep."""
    return json_reply({"data": {"viewed_by": viewers(call, replay)}})


def _viewer(user: Record) -> Record:
    hidden = ("identities", "authenticators", "canReset2fa", "isSuspended")
    return {name: value for name, value in user.items() if name not in hidden} | {"type": "user"}
