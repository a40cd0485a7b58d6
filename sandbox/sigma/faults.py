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
from collections import Counter
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Final

from sandbox.reply import Reply, json_reply
from sandbox.sigma.errors import error_body
from sandbox.sigma.settings import Settings

REPEAT: Final = "repeat_token"
_HTML: Final = b"<!DOCTYPE html><html><head><title>One moment</title></head><body>error code: 1015</body></html>"
_BROKEN: Final = ("cut_connection", "reset")


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
        known = (REPEAT, "truncated", "429date", *_BROKEN, *_WHOLE)
        if kind not in known:
            raise ValueError(f"unknown fault {kind!r}; choose from {', '.join(known)}")
        if every and not (every.isdecimal() and int(every)):
            raise ValueError(f"fault {text!r}: write a number from 1 behind the colon")
        return cls(kind, int(every or 1), part)


class FaultPlan:
    """Decides for each request whether it is spoilt, and how."""

    def __init__(self, settings: Settings) -> None:
        """Read the plan; nothing is counted yet."""
        self._faults = [Fault.parse(text) for text in settings.faults]
        self._repeats = settings.fault_repeats
        self._seen: Counter[Fault] = Counter()
        self._chosen: dict[str, str] = {}
        self._times: Counter[str] = Counter()

    def next(self, path: str, query: str) -> str:
        """Return the kind of fault that hits this request now; empty for none."""
        request = f"{path}?{query}"
        if request not in self._chosen:
            self._chosen[request] = self._choose(path)
        self._times[request] += 1
        return "" if self._repeats and self._times[request] > self._repeats else self._chosen[request]

    def _choose(self, path: str) -> str:
        kind = ""
        for fault in self._faults:
            if fault.part not in path:
                continue
            self._seen[fault] += 1
            if not kind and self._seen[fault] % fault.every == 0:
                kind = fault.kind
        return kind


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
