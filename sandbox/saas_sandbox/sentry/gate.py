"""What every request under /api/0 passes: token, limits, latency, scopes, faults, log."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.requests import Request

from saas_sandbox.sentry.auth import authenticate, permit
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.errors import ApiError
from saas_sandbox.sentry.faults import spoil
from saas_sandbox.sentry.reply import Reply, json_reply
from saas_sandbox.sentry.settings import Token
from saas_sandbox.sentry.state import State

Handler = Callable[[Call], Reply]
Endpoint = Callable[[Request], Awaitable[Reply]]


def gate(name: str, handler: Handler) -> Endpoint:
    """Make a Starlette endpoint of a handler; `name` decides its scopes and its rate limit."""

    async def endpoint(request: Request) -> Reply:
        state: State = request.app.state.sandbox
        try:
            reply = await _answer(state, name, handler, request)
        except ApiError as error:
            reply = json_reply(error.body, error.status, error.headers)
        status = 0 if reply.broken == "reset" else reply.status
        state.record(request.method, request.scope["path"], request.query_params.multi_items(), status)
        return reply

    return endpoint


async def _answer(state: State, name: str, handler: Handler, request: Request) -> Reply:
    """Count the request in and out; the limits' headers stand on every answer to a known caller."""
    header = request.headers.get("authorization")
    token = authenticate(header, state.settings)
    if state.settings.limits == "off" or state.settings.old:
        await asyncio.sleep(state.settings.latency_ms / 1000)
        return _handle(state, name, handler, request, token)
    limiter = state.limiter
    ticket = limiter.enter(name, header or "", state.settings.time_scale)
    try:
        await asyncio.sleep(state.settings.latency_ms / 1000)
        reply = _handle(state, name, handler, request, token)
    finally:
        limiter.leave(ticket)
    return reply if reply.bare else replace(reply, headers=ticket.headers | reply.headers)


def _handle(state: State, name: str, handler: Handler, request: Request, token: Token | None) -> Reply:
    """Answer in the API's words, then let the fault have it, if one hits."""
    path = request.scope["path"]
    fault = state.faults.next(path, request.scope["query_string"].decode())
    try:
        call = Call(
            state=state,
            token=permit(token, name, state.settings),
            path=path,
            query=request.query_params.multi_items(),
            names=request.path_params,
            fault=fault or None,
        )
        reply = handler(call)
    except ApiError as error:
        return json_reply(error.body, error.status, error.headers)
    return spoil(fault, reply)
