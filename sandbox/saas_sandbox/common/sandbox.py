"""A sandbox: an API, and the way to look at it and to change it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, Self, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from saas_sandbox.common.control import Action, Look, control_routes
from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.server import listen, running, url_of
from saas_sandbox.common.settings import Settings
from saas_sandbox.common.state import LoggedRequest, State

SettingsT = TypeVar("SettingsT", bound=Settings)
StateT = TypeVar("StateT", bound=State[Any])


class Sandbox(ABC, Generic[SettingsT, StateT]):
    """A sandbox, whose methods act inside the process, without a request.

    Subclasses say what is their API's own: state, routes, totals, and the words of some errors.
    """

    settings_class: ClassVar[type[Settings]]
    not_found: ClassVar[Response]
    """Answer to an unknown path."""

    def __init__(self, settings: SettingsT) -> None:
        """Build the application; `ValueError` for a setting that makes no sense."""
        self.url = ""
        self.state = self.make_state(settings)
        control = control_routes(self.looks(), self.actions(), self.refusal)
        self.app = Starlette(routes=[*self.routes(), *control], exception_handlers={404: self._nothing})
        self.app.router.redirect_slashes = False

    @classmethod
    @contextmanager
    def serve(cls, settings: SettingsT, port: int = 0) -> Iterator[Self]:
        """Run a sandbox on 127.0.0.1 in a thread while the block runs."""
        sandbox = cls(settings)
        sock = listen(port)
        sandbox.url = sandbox.url_at(url_of(sock))
        with running(sandbox.app, sock):
            yield sandbox

    @abstractmethod
    def make_state(self, settings: SettingsT) -> StateT:
        """Return the state that a sandbox starts with."""

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes of the API."""

    @abstractmethod
    def totals(self) -> Mapping[str, Any]:
        """Return what exists at this moment, by stream."""

    @abstractmethod
    def refusal(self, message: str) -> ApiError:
        """Return the 400 for a control request that makes no sense."""

    @abstractmethod
    def access(self) -> dict[str, str]:
        """Return what a reader needs besides the URL, such as a token."""

    def url_at(self, host: str) -> str:
        """Return the URL to configure a reader with."""
        return host

    def looks(self) -> dict[str, Look]:
        """Return what `GET /_sandbox/<name>` shows."""
        return {"requests": self.requests, "totals": self.totals, "stats": self.stats}

    def actions(self) -> dict[str, Action]:
        """Return what `POST /_sandbox/<name>` does."""
        return {"reset": lambda _: self.reset(), "settings": lambda body: self.configure(**body)}

    @property
    def settings(self) -> SettingsT:
        """The settings as they are now."""
        settings: SettingsT = self.state.settings
        return settings

    def requests(self) -> list[LoggedRequest]:
        """Return the requests of the API so far, in the order of their answers."""
        return list(self.state.log)

    def stats(self) -> dict[str, Any]:
        """Return the counts of requests, see `State.stats`."""
        return self.state.stats()

    def reset(self) -> None:
        """Forget the requests and counts; keep settings and data."""
        self.state.reset()

    def configure(self, **changes: object) -> None:
        """Change settings by name."""
        self.state.configure(changes)

    async def _nothing(self, request: Request, _: Exception) -> Response:
        self.state.record(request, 404)
        return self.not_found
