"""The sandbox as a server, in a thread or as the process itself."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from saas_sandbox.sentry.app import create_app
from saas_sandbox.sentry.control import totals
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, ORGANIZATION, Settings
from saas_sandbox.sentry.state import LoggedRequest, State

HOST: Final = "127.0.0.1"
_BACKLOG: Final = 512


class Connection(H11Protocol):
    """A connection that lets the application hang up without an answer (see `sandbox.reply`)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hand the transport to the requests of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Sandbox:
    """A running sandbox. Everything here acts inside the process, without a request."""

    def __init__(self, url: str, state: State) -> None:
        """Hold on to the server's state."""
        self.url = url
        self.organization = ORGANIZATION
        self._state = state

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._state.settings

    @property
    def token(self) -> str:
        """The first of the tokens; by default the one with every scope."""
        return next(iter(self.settings.tokens), DEFAULT_TOKEN)

    def requests(self) -> list[LoggedRequest]:
        """Return the requests under /api/0 so far, in the order of their answers."""
        return list(self._state.log)

    def reset(self) -> None:
        """Forget the requests and counts; keep settings, clock and data."""
        self._state.reset()

    def totals(self) -> dict[str, Any]:
        """Return all primary keys that exist at this moment, see `sandbox.control.totals`."""
        return totals(self._state)

    def stats(self) -> dict[str, Any]:
        """Return the counts of requests, see `sandbox.state.State.stats`."""
        return self._state.stats()

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward."""
        self._state.clock.advance(seconds)

    def configure(self, **changes: object) -> None:
        """Change settings by name."""
        self._state.configure(changes)


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


def make_server(settings: Settings) -> tuple[uvicorn.Server, State]:
    """Return a server that has not started, and its state."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        server_header=False,
    )
    return uvicorn.Server(config), app.state.sandbox


@contextmanager
def serve(settings: Settings, port: int = 0) -> Iterator[Sandbox]:
    """Run a sandbox on 127.0.0.1 in a thread while the block runs."""
    server, state = make_server(settings)
    sock = listen(port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, name="sandbox", daemon=True)
    url = f"http://{HOST}:{sock.getsockname()[1]}{settings.prefix}"
    thread.start()
    try:
        yield Sandbox(url, state)
    finally:
        server.should_exit = True
        thread.join()
