"""A small HTTP client for a Sigma sandbox that runs for a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from saas_sandbox.sigma.server import Sandbox, serve
from saas_sandbox.sigma.settings import CLIENT_ID, CLIENT_SECRET, VIEWER_ID, VIEWER_SECRET, Settings

ADMIN = (CLIENT_ID, CLIENT_SECRET)
VIEWER = (VIEWER_ID, VIEWER_SECRET)


class Client:
    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self.sandbox = sandbox
        self._session = session
        self._token = ""

    def mint(self, credential: tuple[str, str] = ADMIN, **more: Any) -> requests.Response:
        """Ask for a token; later requests have it."""
        form = {"grant_type": "client_credentials", "client_id": credential[0], "client_secret": credential[1]}
        answer = self._session.post(f"{self.sandbox.url}/v2/auth/token", **{"data": form, "timeout": 10, **more})
        if answer.ok:
            self._token = answer.json()["access_token"]
        return answer

    def get(self, path: str, **params: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token}"}
        return self._session.get(f"{self.sandbox.url}{path}", params=params, headers=headers, timeout=10)

    def control(self, action: str, **body: object) -> requests.Response:
        return self._session.post(f"{self.sandbox.url}/_sandbox/{action}", json=body, timeout=10)

    def look(self, what: str) -> Any:
        return self._session.get(f"{self.sandbox.url}/_sandbox/{what}", timeout=10).json()

    def pages(self, path: str, sent: str, told: str, **params: Any) -> list[list[Any]]:
        """Follow the tokens, sent as `sent` and told as `told`, to the end, which comes before page 100."""
        found: list[list[Any]] = []
        while len(found) < 100:
            answer = self.get(path, **params)
            assert answer.status_code == 200, answer.text
            found.append(answer.json()["entries"])
            token = answer.json().get(told)
            if token is None:
                return found
            params[sent] = token
        raise AssertionError(f"{path} does not end")


@contextmanager
def running(credential: tuple[str, str] | None = ADMIN, **settings: Any) -> Iterator[Client]:
    """A sandbox, and a client with a token for `credential`."""
    with serve(Settings(**{"mints_a_second": 0, **settings})) as sandbox, requests.Session() as session:
        client = Client(sandbox, session)
        if credential:
            client.mint(credential)
        yield client
