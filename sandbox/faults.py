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
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from sandbox.errors import internal
from sandbox.limits import DEFAULT, limit_headers, too_many
from sandbox.reply import Reply, json_reply
from sandbox.settings import Settings

STATES: Final = ("timeout400", "out_of_retention400", "equals_cursor")
LINKS: Final = ("no_link", "repeat_cursor")
_UNTOUCHED: Final = {"no_link": True, "repeat_cursor": False}  # requests with a cursor, those without
_HTML: Final = b"<!DOCTYPE html><html><head><title>Sentry</title></head><body><h1>One moment</h1></body></html>"
_GATEWAY: Final = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


@dataclass(frozen=True)
class Fault:
    """One entry of the setting `faults`."""

    kind: str
    every: int
    part: str

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Read `kind:N@part`; `ValueError` when the kind is unknown or N is not a number from 1."""
        head, _, part = text.partition("@")
        kind, _, every = head.partition(":")
        if kind not in (*STATES, *LINKS, *_WHOLE, *_SPOILT):
            raise ValueError(f"unknown fault {kind!r}; choose from {', '.join((*STATES, *LINKS, *_WHOLE, *_SPOILT))}")
        if every and not (every.isdecimal() and int(every)):
            raise ValueError(f"fault {text!r}: write a number from 1 behind the colon")
        return cls(kind, int(every or 1), part)


class FaultPlan:
    """Decides for each request whether it is spoilt, and how."""

    def __init__(self, settings: Settings) -> None:
        """Read the plan; nothing is counted yet."""
        faults = [Fault.parse(text) for text in settings.faults]
        self._hits = [fault for fault in faults if fault.kind not in STATES]
        self._states = {fault.kind: fault.every for fault in faults if fault.kind in STATES}
        self._repeats = settings.fault_repeats
        self._seen: Counter[Fault] = Counter()
        self._chosen: dict[str, str] = {}
        self._times: Counter[str] = Counter()

    def state(self, kind: str) -> int | None:
        """Return the number of a state of the server, or `None` when it does not hold."""
        return self._states.get(kind)

    def next(self, path: str, query: str) -> str | None:
        """Return the kind of fault that hits this request now."""
        request = f"{path}?{query}"
        if request not in self._chosen:
            self._chosen[request] = self._choose(path, query)
        self._times[request] += 1
        over = self._repeats and self._times[request] > self._repeats
        return None if over else self._chosen[request] or None

    def _choose(self, path: str, query: str) -> str:
        kind = ""
        for fault in self._hits:
            if fault.part not in path or ("cursor=" in query) is _UNTOUCHED.get(fault.kind):
                continue
            self._seen[fault] += 1
            if not kind and self._seen[fault] % fault.every == 0:
                kind = fault.kind
        return kind


def spoil(kind: str | None, reply: Reply) -> Reply:
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
