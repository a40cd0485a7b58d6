"""The Sigma sandbox as a server, in a thread or as the process itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from saas_sandbox.sentry.server import HOST, Connection, listen
from saas_sandbox.sentry.state import LoggedRequest
from saas_sandbox.sigma.app import create_app
from saas_sandbox.sigma.control import totals
from saas_sandbox.sigma.settings import CLIENT_ID, CLIENT_SECRET, Settings
from saas_sandbox.sigma.state import State


class Sandbox:
    """A running sandbox. Everything here acts inside the process, without a request."""

    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def __init__(self, url: str, state: State) -> None:
        """Hold on to the server's state."""
        self.url = url
        self._state = state

    def requests(self) -> list[LoggedRequest]:
        """Return the requests so far, those for tokens too, in the order of their answers."""
        return list(self._state.log)

    def reset(self) -> None:
        """Forget the requests; keep settings, tokens and data."""
        self._state.reset()

    def totals(self) -> dict[str, list[dict[str, Any]]]:
        """Return all rows that exist, see `sandbox.sigma.control.totals`."""
        return totals(self._state)

    def stats(self) -> dict[str, Any]:
        """Return the counts of requests, see `sandbox.sigma.state.State.stats`."""
        return self._state.stats()

    def touch(self, value: str, moment: str) -> None:
        """Change the object with this id at a moment."""
        assert self._state.world.touch(value, moment), value  # noqa: S101 - a test's mistake

    def configure(self, **changes: object) -> None:
        """Change settings by name."""
        self._state.configure(changes)


def make_server(settings: Settings) -> tuple[uvicorn.Server, State]:
    """Return a server that has not started, and its state."""
    app = create_app(settings)
    config = uvicorn.Config(
        app, http=Connection, ws="none", lifespan="off", log_config=None, log_level="error", server_header=False
    )
    return uvicorn.Server(config), app.state.sandbox


@contextmanager
def serve(settings: Settings, port: int = 0) -> Iterator[Sandbox]:
    """Run a sandbox on 127.0.0.1 in a thread while the block runs."""
    server, state = make_server(settings)
    sock = listen(port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, name="sigma-sandbox", daemon=True)
    thread.start()
    try:
        yield Sandbox(f"http://{HOST}:{sock.getsockname()[1]}", state)
    finally:
        server.should_exit = True
        thread.join()
