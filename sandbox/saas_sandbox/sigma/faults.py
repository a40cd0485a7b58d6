"""The kinds of faults, see `common/faults.py`. Requests for tokens count too.

html, blank, truncated, no_entries, cut_connection, reset    200s that are none, and broken connections
429, 429date, 429html    too many requests: Retry-After in seconds, as a date, and an edge's page without it
403html    a refusal of the edge
402    a list that took the server too long, with the code `timedout`
403, 404, 409, 500, 502, 503    other errors
repeat_token    a page whose token leads to itself
"""

import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import ClassVar, Final

from saas_sandbox.common import faults
from saas_sandbox.common.faults import Spoil, answer, disconnect, keep, truncate
from saas_sandbox.common.reply import Reply
from saas_sandbox.sigma.errors import error

REPEAT: Final = "repeat_token"
_HTML: Final = b"<!DOCTYPE html><html><head><title>One moment</title></head><body>error code: 1015</body></html>"


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    return error(status, code, "As the sandbox was told to answer", headers).reply()


def _limited(retry_after: str) -> Reply:
    return _error(429, "too_many_requests", {"Retry-After": retry_after})


def _fail(status: int, code: str) -> Spoil:
    return answer(_error(status, code))


class Faults(faults.Faults):
    """Sigma's kinds."""

    kinds: ClassVar[Mapping[str, Spoil]] = {
        REPEAT: keep,
        "truncated": truncate,
        "429date": lambda _: _limited(formatdate(time.time() + 1, usegmt=True)),
        "cut_connection": disconnect("cut_connection"),
        "reset": disconnect("reset"),
        "html": answer(Reply(200, _HTML, content_type="text/html")),
        "blank": answer(Reply(200, b"")),
        "no_entries": answer(Reply(200, b'{"items":[]}')),
        "429": answer(_limited("1")),
        "429html": answer(Reply(429, _HTML, content_type="text/html")),
        "402": _fail(402, "timedout"),
        "403html": answer(Reply(403, _HTML, content_type="text/html")),
        "403": _fail(403, "forbidden"),
        "404": _fail(404, "not_found"),
        "409": _fail(409, "inode_archived"),
        "500": _fail(500, "internal_server_error"),
        "502": answer(Reply(502, _HTML, content_type="text/html")),
        "503": answer(Reply(503, b"", content_type="text/plain")),
    }
