"""A proxy in front of the sandbox that answers some requests with junk."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

_STRUCTURAL = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


@dataclass(frozen=True)
class Junk:
    """An answer that is none."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None
    """What Content-Length says, if it is not the truth."""
    raw: bytes | None = None
    """What is sent instead of all that."""


@dataclass
class Spoiler:
    """Answers requests whose path holds `part` with `junk`, one after the other, and each repetition with the same."""

    upstream: str
    part: str
    junk: list[Junk]
    spoilt: dict[str, Junk] = field(default_factory=dict)
    url: str = ""

    def of(self, path: str) -> Junk | None:
        """Junk for a request, if it is to be spoilt."""
        if self.part not in path:
            return None
        return self.spoilt.setdefault(path, self.junk[len(self.spoilt) % len(self.junk)])


@contextmanager
def spoiling(spoiler: Spoiler) -> Iterator[Spoiler]:
    """Serve while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            junk = spoiler.of(self.path)
            if junk is None:
                self._pass_on()
            elif junk.raw is not None:
                self.wfile.write(junk.raw)
                self.close_connection = True
            else:
                length = len(junk.body) if junk.length is None else junk.length
                self._answer(junk.status, {"Content-Type": "application/json", **junk.headers}, junk.body, length)

        def _pass_on(self) -> None:
            answer = requests.get(spoiler.upstream + self.path, headers=dict(self.headers), timeout=30)
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _STRUCTURAL}
            self._answer(answer.status_code, kept, answer.content, len(answer.content))

        def _answer(self, status: int, headers: dict[str, str], body: bytes, length: int) -> None:
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(length)}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = length != len(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET

        def handle_error(self, *_: Any) -> None:
            """Clients that hang up are expected."""

    server = Server(("127.0.0.1", 0), Handler)
    spoiler.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield spoiler
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
