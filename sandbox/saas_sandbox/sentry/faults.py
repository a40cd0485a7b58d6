"""The kinds of faults, see `common/faults.py`.

    html, blank, truncated, cut_connection, reset, detail, 410, 429, 429bare, 500, 502, 503   spoil the answer
    no_link (first pages only), repeat_cursor (others only)                                   spoil its Link header

Three kinds are states of the server and hold for every request; for them N is not a count:

    timeout400:H        windows of events and issues wider than H hours answer 400, as when Snuba times out
    out_of_retention400 windows wholly before the retention answer 400 instead of an empty list
    equals_cursor       cursors contain `=`
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final

from typing_extensions import override

from saas_sandbox.common import faults
from saas_sandbox.common.faults import Spoil, answer, disconnect, keep, truncate
from saas_sandbox.common.reply import Reply, json_reply
from saas_sandbox.sentry.errors import internal
from saas_sandbox.sentry.limits import DEFAULT, limit_headers, too_many

_HTML: Final = b"<!DOCTYPE html><html><head><title>Sentry</title></head><body><h1>One moment</h1></body></html>"
_GATEWAY: Final = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
_UNTOUCHED: Final = {"no_link": True, "repeat_cursor": False}  # requests with a cursor, those without


def _limited(_: Reply) -> Reply:
    return json_reply({"detail": too_many(DEFAULT)}, 429, limit_headers(DEFAULT, 0, int(time.time()) + 1))


class Faults(faults.Faults):
    """Sentry's kinds."""

    states = ("timeout400", "out_of_retention400", "equals_cursor")
    kinds: ClassVar[Mapping[str, Spoil]] = {
        "no_link": keep,
        "repeat_cursor": keep,
        "html": answer(Reply(200, _HTML, content_type="text/html")),
        "blank": answer(Reply(200, b"")),
        "detail": answer(json_reply({"detail": "This list is being rebuilt."})),
        "410": answer(json_reply({"message": "This API no longer exists."}, 410)),
        "429bare": answer(replace(json_reply({"detail": too_many(DEFAULT)}, 429), bare=True)),
        "500": answer(internal().reply()),
        "502": answer(Reply(502, _GATEWAY, content_type="text/html")),
        "503": answer(json_reply({"error": "apigateway", "detail": "Downstream service temporarily unavailable"}, 503)),
        "429": _limited,
        "truncated": truncate,
        "cut_connection": disconnect("cut_connection"),
        "reset": disconnect("reset"),
    }

    @override
    def spares(self, kind: str, query: str) -> bool:
        return ("cursor=" in query) is _UNTOUCHED.get(kind)
