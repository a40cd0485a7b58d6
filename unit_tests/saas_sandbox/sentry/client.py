"""A small HTTP client for a sandbox that runs for a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings

NOW = "2026-03-02T12:00:00Z"
NOW_SECONDS = 1772452800
DAY = 86400
ISSUES = "/organizations/acme/issues/"
RELEASES = "/organizations/acme/releases/"
EVENTS = "/projects/acme/backend/events/"
BACKEND_ISSUES = "/projects/acme/backend/issues/"


class Client:
    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self.sandbox = sandbox
        self._session = session

    def get(self, path: str, token: str | None = "", **params: Any) -> requests.Response:
        """Ask below /api/0; an empty token means the sandbox's own, `None` none."""
        headers = {} if token is None else {"Authorization": f"Bearer {token or self.sandbox.token}"}
        url = f"{self.sandbox.url}/api/0{path}"
        return self._session.get(url, params=params, headers=headers, timeout=10)

    def control(self, action: str, **body: object) -> requests.Response:
        return self._session.post(f"{self.sandbox.url}/_sandbox/{action}", json=body, timeout=10)

    def look(self, what: str) -> Any:
        return self._session.get(f"{self.sandbox.url}/_sandbox/{what}", timeout=10).json()

    def pages(self, path: str, **params: Any) -> list[list[dict[str, Any]]]:
        """Follow the cursors to the end, which comes before page 100."""
        found: list[list[dict[str, Any]]] = []
        while len(found) < 100:
            answer = self.get(path, **params)
            assert answer.status_code == 200, answer.text
            found.append(answer.json())
            if answer.links["next"]["results"] == "false":
                return found
            params["cursor"] = answer.links["next"]["cursor"]
        raise AssertionError(f"{path} does not end")

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        return [record for page in self.pages(path, **params) for record in page]


@contextmanager
def running(**settings: Any) -> Iterator[Client]:
    with serve(Settings(**{"size": "tiny", "now": NOW, **settings})) as sandbox, requests.Session() as session:
        yield Client(sandbox, session)
