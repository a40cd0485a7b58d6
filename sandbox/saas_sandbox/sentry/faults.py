"""Faults on purpose: `kind:N` or `kind:N@part of a path`.

N counts distinct requests (path and query): every Nth new one whose path has the part is spoilt, as often in a row as
the setting `fault_repeats` says, so that a retry of it succeeds. In the order of the requests this is deterministic.

    html, blank, truncated, cut_connection, reset, detail, 410, 429, 429bare, 500, 502, 503   spoil the answer
    no_link (first pages only), repeat_cursor (others only)                                   spoil its Link header

Three kinds are states of the server and hold for every request; for them N is not a count:

    timeout400:H        windows of events and issues wider than H hours answer 400, as when Snuba times out
    out_of_retention400 windows wholly before the retention answer 400 instead of an empty list
    equals_cursor       cursors contain `=`
"""

import time
from dataclasses import replace
from typing import Final

from saas_sandbox.sentry.errors import internal
from saas_sandbox.sentry.limits import DEFAULT, limit_headers, too_many
from saas_sandbox.sentry.plan import Fault, Schedule
from saas_sandbox.sentry.reply import Reply, json_reply
from saas_sandbox.sentry.settings import Settings

STATES: Final = ("timeout400", "out_of_retention400", "equals_cursor")
LINKS: Final = ("no_link", "repeat_cursor")
_UNTOUCHED: Final = {"no_link": True, "repeat_cursor": False}  # requests with a cursor, those without
_HTML: Final = b"<!DOCTYPE html><html><head><title>Sentry</title></head><body><h1>One moment</h1></body></html>"
_GATEWAY: Final = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


class FaultPlan(Schedule):
    """The faults of the settings: those that hit some requests, and the states that hold for all."""

    def __init__(self, settings: Settings) -> None:
        """Read the plan; `ValueError` for a fault that there is not."""
        faults = [Fault.parse(text, (*STATES, *LINKS, *_WHOLE, *_SPOILT)) for text in settings.faults]
        hits = [fault for fault in faults if fault.kind not in STATES]
        super().__init__(hits, settings.fault_repeats, _spares)
        self._states = {fault.kind: fault.every for fault in faults if fault.kind in STATES}

    def state(self, kind: str) -> int | None:
        """Return the number of a state of the server, or `None` when it does not hold."""
        return self._states.get(kind)


def _spares(kind: str, query: str) -> bool:
    return ("cursor=" in query) is _UNTOUCHED.get(kind)


def spoil(kind: str, reply: Reply) -> Reply:
    """Return what the fault makes of a good answer."""
    if kind in _WHOLE:
        return _WHOLE[kind]
    if kind == "429":
        return json_reply({"detail": too_many(DEFAULT)}, 429, limit_headers(DEFAULT, 0, int(time.time()) + 1))
    if kind == "truncated":
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    if kind in ("cut_connection", "reset"):
        return replace(reply, broken=kind)
    return reply


_SPOILT: Final = ("429", "truncated", "cut_connection", "reset")
_WHOLE: Final = {
    "html": Reply(200, _HTML, content_type="text/html"),
    "blank": Reply(200, b""),
    "detail": json_reply({"detail": "This list is being rebuilt."}),
    "410": json_reply({"message": "This API no longer exists."}, 410),
    "429bare": replace(json_reply({"detail": too_many(DEFAULT)}, 429), bare=True),
    "500": json_reply(internal().body, 500),
    "502": Reply(502, _GATEWAY, content_type="text/html"),
    "503": json_reply({"error": "apigateway", "detail": "Downstream service temporarily unavailable"}, 503),
}
