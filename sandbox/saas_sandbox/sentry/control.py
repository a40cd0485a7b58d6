"""The sandbox's own endpoints under /_sandbox, for tests: look at it and change it while it runs."""

from dataclasses import asdict
from typing import Any

import orjson
from starlette.requests import Request
from starlette.routing import Route

from saas_sandbox.sentry.moments import DAY, SECOND
from saas_sandbox.sentry.reply import Reply, json_reply
from saas_sandbox.sentry.state import State
from saas_sandbox.sentry.world import Project


def control_routes() -> list[Route]:
    """Return the routes of the control endpoints."""
    return [
        Route("/_sandbox/requests", _requests, methods=["GET"]),
        Route("/_sandbox/totals", _totals, methods=["GET"]),
        Route("/_sandbox/stats", _stats, methods=["GET"]),
        Route("/_sandbox/reset", _reset, methods=["POST"]),
        Route("/_sandbox/settings", _settings, methods=["POST"]),
        Route("/_sandbox/advance", _advance, methods=["POST"]),
    ]


def totals(state: State) -> dict[str, Any]:
    """Return every primary key that a token which sees all could extract at this moment.

    Lists of strings, except `events`: eventIDs by project slug, newest first. Issues of the feedback category, which
    only a query for it shows, stand apart as `feedback_issues`.
    """
    world, settings, now = state.world, state.settings, state.clock.now()
    projects = [project for project in world.projects if project.slug not in settings.hidden_projects]
    known = {project.slug for project in projects}
    return {
        "organizations": [world.organization["id"]],
        "projects": [project.id for project in projects],
        "events": {project.slug: _events(state, project) for project in projects},
        "issues": [name for project in projects for name in _issues(state, project, feedback=False)],
        "feedback_issues": [name for project in projects for name in _issues(state, project, feedback=True)],
        "releases": [row.version for row in world.releases if row.added <= now and known & {*world.projects_of(row)}],
        "teams": [str(number + 1) for number in range(world.counts.teams)],
        "members": [world.member(person)["id"] for person in world.people],
        "users": [world.member(person)["id"] for person in world.people if not person.pending],
        "project_keys": [key["id"] for project in projects for key in project.keys],
    }


def _window(state: State) -> tuple[int, int]:
    """Return the seconds between which events can be read; 9.1.2 never forgets."""
    now = state.clock.now()
    oldest = 0 if state.settings.old else now - state.settings.retention_days * DAY
    return oldest // SECOND, now // SECOND


def _events(state: State, project: Project) -> list[str]:
    return [project.errors.ids[row] for row in reversed(project.errors.rows(*_window(state)))]


def _issues(state: State, project: Project, *, feedback: bool) -> list[str]:
    timeline = project.feedback if feedback else project.errors
    rows = timeline.rows(*_window(state))
    seen = [number for number in range(len(timeline.tracks)) if timeline.track(number, rows)]
    return [str(project.issue(number, feedback=feedback).id) for number in seen]


async def _requests(request: Request) -> Reply:
    return json_reply([asdict(logged) for logged in _state(request).log])


async def _totals(request: Request) -> Reply:
    return json_reply(totals(_state(request)))


async def _stats(request: Request) -> Reply:
    return json_reply(_state(request).stats())


async def _reset(request: Request) -> Reply:
    _state(request).reset()
    return json_reply({})


async def _settings(request: Request) -> Reply:
    try:
        _state(request).configure(orjson.loads(await request.body()))
    except (TypeError, ValueError) as error:
        return json_reply({"detail": str(error)}, 400)
    return json_reply({})


async def _advance(request: Request) -> Reply:
    clock = _state(request).clock
    clock.advance(orjson.loads(await request.body())["seconds"])
    return json_reply({"now": clock.now() // SECOND})


def _state(request: Request) -> State:
    state: State = request.app.state.sandbox
    return state
