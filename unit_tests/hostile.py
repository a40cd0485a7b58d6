"""Servers on loopback that answer as no server should."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Send = Callable[[bytes], None]
"""Sends bytes to the client."""


@dataclass
class Hostile:
    """A server, and what was asked of it."""

    answer: Callable[[str, Send], None]
    """Called with the path of each request, and with what sends its answer."""
    host: str = ""
    requests: list[str] = field(default_factory=list)
    """Head of each request."""

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in turn."""
        return [request.split()[1] for request in self.requests]

    def serve(self, server: socket.socket) -> None:
        with suppress(OSError):  # the server is closed at the end of the test
            while True:
                connection, _ = server.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = connection.recv(2**16).decode()
            self.requests.append(head)
            self.answer(head.split()[1], connection.sendall)


@contextmanager
def hostile(answer: Callable[[str, Send], None]) -> Iterator[Hostile]:
    """A server that answers so, one request a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Hostile(answer, f"127.0.0.1:{server.getsockname()[1]}")
        threading.Thread(target=made.serve, args=(server,), daemon=True).start()
        yield made


def an_answer(body: bytes = b"[]", status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer; the connection ends after it."""
    fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in {**fields, **(headers or {})}.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Status", *lines, "", ""]).encode("latin-1") + body


def a_redirect(target: str, status: int = 302, body: bytes = b"") -> bytes:
    return an_answer(body, status, {"Location": target})
