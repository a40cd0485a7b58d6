"""An answer before it goes on the wire."""

import gzip
from dataclasses import dataclass, field, replace
from typing import Any, Self

import orjson
from starlette.types import Receive, Scope, Send

Record = dict[str, Any]
"""A JSON object."""


@dataclass(frozen=True)
class Reply:
    """Status, body and headers.

    `broken` says how the connection fails, `cut_connection` or `reset`; a `bare` reply gets no rate-limit headers.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    broken: str = ""
    bare: bool = False

    @property
    def logged_status(self) -> int:
        """Return the status for the log: 0 for a connection that ends before any answer."""
        return 0 if self.broken == "reset" else self.status

    def compressed(self) -> Self:
        """Return the same answer with its body in gzip, as quickly as that can be."""
        return replace(
            self, body=gzip.compress(self.body, compresslevel=1), headers=self.headers | {"Content-Encoding": "gzip"}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI). `common.server.Connection` puts the transport in the scope."""
        if self.broken == "reset":
            scope["state"]["transport"].abort()
            await _gone(receive)
            return
        own = {"Content-Type": self.content_type, "Content-Length": str(len(self.body))}
        headers = [(name.encode(), value.encode("latin-1")) for name, value in (own | self.headers).items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        cut = self.broken == "cut_connection"
        body = self.body[: len(self.body) // 2] if cut else self.body
        await send({"type": "http.response.body", "body": body, "more_body": cut})
        if cut:
            scope["state"]["transport"].close()
            await _gone(receive)


def json_reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """Serialise an answer."""
    return Reply(status, orjson.dumps(value), headers or {})


async def _gone(receive: Receive) -> None:
    """Wait until the connection is closed, so that the server has nothing to complain about."""
    while (await receive())["type"] != "http.disconnect":
        continue
