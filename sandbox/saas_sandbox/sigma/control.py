"""The sandbox's own endpoints under /_sandbox, for tests: look at it and change it while it runs."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.routing import Route

from saas_sandbox.sentry.reply import Reply, json_reply
from saas_sandbox.sigma.data import content
from saas_sandbox.sigma.endpoint import Endpoint
from saas_sandbox.sigma.endpoints import ENDPOINTS
from saas_sandbox.sigma.state import State
from saas_sandbox.sigma.world import PARENTS

_BELOW_DOCUMENTS: Final = {"pageId": content.page, "elementId": content.element}


def control_routes() -> list[Route]:
    """Return the routes of the control endpoints."""
    return [
        Route("/_sandbox/requests", _requests, methods=["GET"]),
        Route("/_sandbox/totals", _totals, methods=["GET"]),
        Route("/_sandbox/stats", _stats, methods=["GET"]),
        Route("/_sandbox/reset", _reset, methods=["POST"]),
        Route("/_sandbox/settings", _settings, methods=["POST"]),
        Route("/_sandbox/touch", _touch, methods=["POST"]),
    ]


def totals(state: State) -> dict[str, list[dict[str, Any]]]:
    """Return everything that could be read by an admin who skips the permission check, by endpoint.

    {"workbook_pages": [{"path": {"workbookId": "w"}, "row": {"pageId": "p", …}}, …], …}, archived objects included,
    but nothing below them, and nothing of the lists that want a selector.
    """
    return {
        endpoint.name: [
            {"path": ids, "row": row} for ids in _parents(state, endpoint) for row in endpoint.rows(state.world, ids)
        ]
        for endpoint in ENDPOINTS
        if not endpoint.selectors
    }


def _parents(state: State, endpoint: Endpoint) -> Iterator[dict[str, str]]:
    """Return every set of ids that the path of an endpoint can have."""
    names = re.findall(r"{(\w+)}", endpoint.path)
    for values in product(*(_values(state, name) for name in names)):
        yield dict(zip(names, values, strict=True))


def _values(state: State, name: str) -> list[str]:
    if name in _BELOW_DOCUMENTS:
        return [_BELOW_DOCUMENTS[name](number)[name] for number in range(state.world.rows)]
    parents = state.world.lists[PARENTS[name]]
    return [row[name] for row in parents if not row.get("isArchived") and not row.get("isInactive")]


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
        return json_reply({"message": str(error)}, 400)
    return json_reply({})


async def _touch(request: Request) -> Reply:
    asked = orjson.loads(await request.body())
    found = _state(request).world.touch(asked["id"], asked["at"])
    return json_reply({}, 200 if found else 404)


def _state(request: Request) -> State:
    state: State = request.app.state.sandbox
    return state
