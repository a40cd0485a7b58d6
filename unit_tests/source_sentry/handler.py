"""The connector's error handler, called with answers and exceptions, without a server."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution

from source_sentry.components import SentryErrorHandler
from source_sentry.server import Server
from sourcewright.components.runtime import ParentBatch, Refusals, Runtime
from unit_tests.source_sentry.builders import API, BACKEND, HOST, TOKEN, Json, a_config

EVENTS_URL = f"{API}/projects/acme/backend/events/"
TEAMS_URL = f"{API}/organizations/acme/teams/"
ISSUES_URL = f"{API}/organizations/acme/issues/"


class KnownStreams:
    """Streams that the components read: one project, and the scopes of the token."""

    def lookup(self, name: str, /, **_: str) -> list[Json]:
        return [{"auth": None}] if name == "token" else []

    def ask(self, _: str, /, *fields: str, **settings: Any) -> list[Json]:
        del fields, settings
        return []

    def stream_name(self, name: str) -> str:
        return name

    def parent_key(self, _: str) -> list[str]:
        return ["id"]

    def keep(self, _: str, fields: Iterable[str]) -> None:
        del fields

    def parent_rows(self, _: str, *fields: str) -> list[Json]:
        return [{field: BACKEND[field] for field in fields}]

    def touched(self, _: str, state: Mapping[str, Any]) -> list[ParentBatch]:
        return [ParentBatch([], state)]


def a_runtime() -> Runtime:
    return Runtime(KnownStreams())


def a_handler(token: str = TOKEN, **fields: Any) -> SentryErrorHandler:
    config = a_config(auth_token=token)
    handler = SentryErrorHandler(
        config={**config, "server": Server({**config, "base_url": HOST}, lambda *_: [], Refusals())},
        parameters={},
        **{"name": "events", "scope": "project:read", "required": True, **fields},
    )
    handler.wire(a_runtime())
    return handler


def a_response(status: int, body: Any, url: str = EVENTS_URL, **headers: str) -> requests.Response:
    """`body` is sent as it is if it is text."""
    response = requests.Response()
    response.status_code = status
    text = body if isinstance(body, str) else json.dumps(body)
    response._content = text.encode()  # noqa: SLF001 - there is no public way
    response.headers.update({name.replace("_", "-"): headers[name] for name in headers})
    response.request = requests.Request("GET", url, {"Authorization": f"Bearer {TOKEN}"}).prepare()
    response.url = str(response.request.url)
    return response


def judge(status: int, body: Any, url: str = EVENTS_URL, **fields: Any) -> ErrorResolution:
    """What the handler with `fields` makes of an answer."""
    return a_handler(**fields).interpret_response(a_response(status, body, url))
