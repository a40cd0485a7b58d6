"""What every request passes: token, latency, permissions, parents, paging, faults, log."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from saas_sandbox.sentry.reply import Reply, json_reply
from saas_sandbox.sigma import paging
from saas_sandbox.sigma.data.base import Record, nano
from saas_sandbox.sigma.data.content import error_entry
from saas_sandbox.sigma.endpoint import Endpoint
from saas_sandbox.sigma.errors import ARCHIVED, GONE, NOT_ALLOWED, NOT_FOUND, ApiError, bad_request
from saas_sandbox.sigma.faults import REPEAT, spoil
from saas_sandbox.sigma.settings import Credential
from saas_sandbox.sigma.state import State
from saas_sandbox.sigma.world import PARENTS

Handler = Callable[[Request], Awaitable[Reply]]

_DOCUMENT_LISTS: Final = ("workbooks", "reports", "data_models", "datasets")
_FILE_LISTS: Final = ("files", "favorites", "member_files", "member_recent_files")
_SHOW_ARCHIVED: Final = ("isArchived", "includeArchived", "includeInactive")
_WITHOUT_GRAPH: Final = nano(1)
"""An element that has neither query nor lineage, in each document."""


def gate(endpoint: Endpoint) -> Handler:
    """Make a Starlette endpoint of one of the table."""

    async def handle(request: Request) -> Reply:
        state: State = request.app.state.sandbox
        await asyncio.sleep(state.settings.latency_ms / 1000)
        path, query = request.scope["path"], request.query_params.multi_items()
        fault = state.faults.next(path, request.scope["query_string"].decode())
        try:
            credential = state.mint.authenticate(request.headers.get("authorization", ""), state.settings)
            reply = spoil(fault, _answer(state, endpoint, credential, request, repeat=fault == REPEAT))
        except ApiError as error:
            reply = error.reply()
        state.record(request.method, path, query, 0 if reply.broken == "reset" else reply.status)
        return reply

    return handle


async def mint(request: Request) -> Reply:
    """Answer a request for a token."""
    state: State = request.app.state.sandbox
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    header, kind = request.headers.get("authorization", ""), request.headers.get("content-type", "")
    fault = state.faults.next(request.scope["path"], "")
    reply = spoil(fault, state.mint.answer(form, header, kind, state.settings))
    state.record(request.method, request.scope["path"], [], 0 if reply.broken == "reset" else reply.status)
    return reply


def _answer(state: State, endpoint: Endpoint, credential: Credential, request: Request, *, repeat: bool) -> Reply:
    query, path = dict(request.query_params), request.scope["path"]
    if endpoint.admin and not credential.admin:
        raise ApiError(*NOT_ALLOWED)
    if any(part in path for part in state.settings.missing):
        raise ApiError(*NOT_FOUND)
    if endpoint.name.startswith("dataset") and state.settings.datasets == "retired":
        raise ApiError(*GONE)
    _refuse_archived(state, request.path_params)
    ids = {**request.path_params, **_selected(endpoint, query)}
    _refuse_without_graph(state, endpoint, ids)
    rows = _visible(state, endpoint, endpoint.rows(state.world, ids), query, credential)
    return json_reply(paging.body(endpoint, rows, query, state.settings, repeat=repeat))


def _selected(endpoint: Endpoint, query: Mapping[str, str]) -> dict[str, str]:
    """Return the selector of a list that wants one."""
    found = {name: query[name] for name in endpoint.selectors if query.get(name)}
    if endpoint.selectors and not found:
        raise bad_request("User, team or inode must be given")
    return found


def _refuse_archived(state: State, names: Mapping[str, str]) -> None:
    """404 below what does not exist, 409 below what is archived."""
    for name, value in names.items():
        if name in PARENTS:
            parent = state.world.find(name, value)
            if parent is None:
                raise ApiError(*NOT_FOUND)
            if parent.get("isArchived"):
                raise ApiError(*ARCHIVED)


def _refuse_without_graph(state: State, endpoint: Endpoint, ids: Mapping[str, str]) -> None:
    """How the API says that there is no lineage, or no query: the second of each list has no graph."""
    for name, plural in (("workbookId", "workbooks"), ("reportId", "reports"), ("dataModelId", "data_models")):
        second = state.world.lists[plural][1:2]
        if endpoint.name.endswith("_lineage") and second and ids.get(name) == second[0][name]:
            raise bad_request("The document has no lineage graph")
    if ids.get("elementId") == _WITHOUT_GRAPH and endpoint.name == "workbook_element_lineage":
        raise ApiError(500, "internal_server_error", "Something went wrong")
    if ids.get("elementId") == _WITHOUT_GRAPH and endpoint.name == "workbook_element_queries":
        raise ApiError(*NOT_FOUND)


def _visible(
    state: State, endpoint: Endpoint, rows: list[Any], query: Mapping[str, str], credential: Credential
) -> list[Any]:
    """Return the rows that the caller sees with these parameters."""
    skips = query.get("skipPermissionCheck") == "true" and endpoint.name in _DOCUMENT_LISTS
    if skips and not credential.admin:
        raise ApiError(*NOT_ALLOWED)
    if endpoint.name in _DOCUMENT_LISTS and not skips:
        rows = [row for row in rows if state.world.private.isdisjoint(map(str, row.values()))]
    if endpoint.name in ("members", "connections", *_DOCUMENT_LISTS):
        rows = _with_archived(rows, query, state.settings.archived_lists)
    if state.settings.error_entries and endpoint.name in _FILE_LISTS:
        return [*rows[:1], error_entry(0), *rows[1:]]
    if state.settings.error_entries and endpoint.name == "tenants":
        return [*rows[:1], None, *rows[1:]]
    return rows


def _with_archived(rows: list[Record], query: Mapping[str, str], manner: str) -> list[Record]:
    """Leave archived rows out unless they are asked for; with `replace` the others are then left out."""
    asked = any(query.get(name) == "true" for name in _SHOW_ARCHIVED)
    archived = [bool(row.get("isArchived") or row.get("isInactive")) for row in rows]
    if not asked:
        return [row for row, is_archived in zip(rows, archived, strict=True) if not is_archived]
    return [row for row, is_archived in zip(rows, archived, strict=True) if is_archived or manner == "add"]
