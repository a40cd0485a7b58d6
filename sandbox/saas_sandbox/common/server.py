"""An application on a port of this machine, in a thread or as the process itself."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST: Final = "127.0.0.1"
_BACKLOG: Final = 512


class Connection(H11Protocol):
    """A connection that lets the application hang up without an answer (see `Reply`)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hand the transport to the requests of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def listen(port: int) -> socket.socket:
    """Return a listening socket of 127.0.0.1; port 0 picks a free one. `OSError` when it is taken.

    The protocol is named because asyncio sends without delay only on sockets that name it.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def url_of(sock: socket.socket) -> str:
    """Return `http://127.0.0.1:<port>`."""
    return f"http://{HOST}:{sock.getsockname()[1]}"


def make_server(app: Starlette) -> uvicorn.Server:
    """Return a server that has not started."""
    config = uvicorn.Config(
        app, http=Connection, ws="none", lifespan="off", log_config=None, log_level="error", server_header=False
    )
    return uvicorn.Server(config)


@contextmanager
def running(app: Starlette, sock: socket.socket) -> Iterator[None]:
    """Serve in a thread while the block runs."""
    server = make_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, name="sandbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
