"""What every request passes: token, permissions, parents, paging."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from typing_extensions import override

from saas_sandbox.common import gate
from saas_sandbox.common.reply import Reply, json_reply
from saas_sandbox.sigma import paging
from saas_sandbox.sigma.data.base import Record, nano
from saas_sandbox.sigma.data.content import error_entry
from saas_sandbox.sigma.endpoint import Endpoint
from saas_sandbox.sigma.errors import archived, bad_request, error, gone, not_allowed, not_found
from saas_sandbox.sigma.faults import REPEAT
from saas_sandbox.sigma.settings import Credential
from saas_sandbox.sigma.state import State
from saas_sandbox.sigma.world import PARENTS

_DOCUMENT_LISTS: Final = ("workbooks", "reports", "data_models", "datasets")
_FILE_LISTS: Final = ("files", "favorites", "member_files", "member_recent_files")
_SHOW_ARCHIVED: Final = ("isArchived", "includeArchived", "includeInactive")
_WITHOUT_GRAPH: Final = nano(1)
"""An element that has neither query nor lineage, in each document."""


class Gate(gate.Gate[State]):
    """Answers a row of the table."""

    def __init__(self, state: State, row: Endpoint) -> None:
        super().__init__(state)
        self._row = row

    @override
    def admitted(self, request: Request) -> AbstractContextManager[dict[str, str]]:
        if self.state.is_refused():
            raise error(429, "too_many_requests", "Too many requests")
        return super().admitted(request)

    @override
    def answer(self, request: Request, fault: str) -> Reply:
        state, row = self.state, self._row
        credential = state.mint.authenticate(request.headers.get("authorization", ""), state.settings)
        query, path = dict(request.query_params), request.scope["path"]
        if row.admin and not credential.admin:
            raise not_allowed()
        if any(part in path for part in state.settings.missing):
            raise not_found()
        if row.name.startswith("dataset") and state.settings.datasets == "retired":
            raise gone()
        _refuse_archived(state, request.path_params)
        ids = {**request.path_params, **_selected(row, query)}
        _refuse_without_graph(state, row, ids)
        rows = _visible(state, row, row.rows(state.world, ids), query, credential)
        return json_reply(paging.body(row, rows, query, state.settings, repeat=fault == REPEAT))


async def mint(state: State, request: Request) -> Reply:
    """Answer a request for a token. It takes no time, and a fault hits refusals too."""
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    header, kind = request.headers.get("authorization", ""), request.headers.get("content-type", "")
    fault = state.faults.next(request.scope["path"], request.scope["query_string"].decode())
    reply = state.faults.spoil(fault, state.mint.answer(form, header, kind, state.settings))
    state.record(request, reply.logged_status)
    return reply


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
                raise not_found()
            if parent.get("isArchived"):
                raise archived()


def _refuse_without_graph(state: State, endpoint: Endpoint, ids: Mapping[str, str]) -> None:
    """How the API says that there is no lineage, or no query: the second of each list has no graph."""
    for name, plural in (("workbookId", "workbooks"), ("reportId", "reports"), ("dataModelId", "data_models")):
        second = state.world.lists[plural][1:2]
        if endpoint.name.endswith("_lineage") and second and ids.get(name) == second[0][name]:
            raise bad_request("The document has no lineage graph")
    if ids.get("elementId") == _WITHOUT_GRAPH and endpoint.name == "workbook_element_lineage":
        raise error(500, "internal_server_error", "Something went wrong")
    if ids.get("elementId") == _WITHOUT_GRAPH and endpoint.name == "workbook_element_queries":
        raise not_found()


def _visible(
    state: State, endpoint: Endpoint, rows: list[Any], query: Mapping[str, str], credential: Credential
) -> list[Any]:
    """Return the rows that the caller sees with these parameters."""
    skips = query.get("skipPermissionCheck") == "true" and endpoint.name in _DOCUMENT_LISTS
    if skips and not credential.admin:
        raise not_allowed()
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
    hidden = [bool(row.get("isArchived") or row.get("isInactive")) for row in rows]
    if not asked:
        return [row for row, is_archived in zip(rows, hidden, strict=True) if not is_archived]
    return [row for row, is_archived in zip(rows, hidden, strict=True) if is_archived or manner == "add"]
