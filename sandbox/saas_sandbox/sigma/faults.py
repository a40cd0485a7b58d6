"""Faults on purpose: `kind:N` or `kind:N@part of a path`.

N counts distinct requests (path and query): every Nth new one whose path has the part is spoilt, as often in a row as
the setting `fault_repeats` says, so that a retry of it succeeds. Requests for tokens count too.

    html, blank, truncated, no_entries, cut_connection, reset    200s that are none, and broken connections
    429, 429date, 429html    too many requests: Retry-After in seconds, as a date, and an edge's page without it
    402    a list that took the server too long, with the code `timedout`
    403, 404, 409, 500, 502, 503    other errors
    repeat_token    a page whose token leads to itself
"""

import time
from dataclasses import replace
from email.utils import formatdate
from typing import Final

from saas_sandbox.sentry.plan import Fault, Schedule
from saas_sandbox.sentry.reply import Reply, json_reply
from saas_sandbox.sigma.errors import error_body
from saas_sandbox.sigma.settings import Settings

REPEAT: Final = "repeat_token"
_HTML: Final = b"<!DOCTYPE html><html><head><title>One moment</title></head><body>error code: 1015</body></html>"
_BROKEN: Final = ("cut_connection", "reset")


class FaultPlan(Schedule):
    """The faults of the settings, each of which can hit any request."""

    def __init__(self, settings: Settings) -> None:
        """Read the plan; `ValueError` for a fault that there is not."""
        known = (REPEAT, "truncated", "429date", *_BROKEN, *_WHOLE)
        faults = [Fault.parse(text, known) for text in settings.faults]
        super().__init__(faults, settings.fault_repeats, lambda _kind, _query: False)


def spoil(kind: str, reply: Reply) -> Reply:
    """Return what the fault makes of a good answer."""
    if kind in _WHOLE:
        return _WHOLE[kind]
    if kind == "429date":
        return replace(_WHOLE["429"], headers={"Retry-After": formatdate(time.time() + 1, usegmt=True)})
    if kind == "truncated":
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    if kind in _BROKEN:
        return replace(reply, broken=kind)
    return reply


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    return json_reply(error_body(code, "As the sandbox was told to answer"), status, headers)


_WHOLE: Final = {
    "html": Reply(200, _HTML, content_type="text/html"),
    "blank": Reply(200, b""),
    "no_entries": json_reply({"items": []}),
    "429": _error(429, "too_many_requests", {"Retry-After": "1"}),
    "429html": Reply(429, _HTML, content_type="text/html"),
    "402": _error(402, "timedout"),
    "403": _error(403, "forbidden"),
    "404": _error(404, "not_found"),
    "409": _error(409, "inode_archived"),
    "500": _error(500, "internal_server_error"),
    "502": Reply(502, _HTML, content_type="text/html"),
    "503": Reply(503, b"", content_type="text/plain"),
}
