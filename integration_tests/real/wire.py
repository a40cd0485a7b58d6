"""A Sentry 9.1.2, read by plain GETs: page after page, with nothing of the connector."""

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

Row = dict[str, Any]
_NEXT: Final = re.compile(r'rel="next"; results="(true|false)"; cursor="([^"]*)"')
_TIMEOUT: Final = 60


@dataclass(frozen=True)
class Wire:
    """A server and who is asking it."""

    url: str
    token: str
    organization: str

    def get(self, path: str, **parameters: Any) -> tuple[int, Any, str]:
        """Status, body and Link header of `path` below /api/0; None for a body that is not JSON."""
        url = f"{self.url}/api/0/{path}?{urlencode(parameters)}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.token}"})  # noqa: S310 - the test's own server
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return answer.status, json.load(answer), answer.headers.get("Link", "")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, None, ""

    def body(self, path: str, **parameters: Any) -> Any:
        """Body of an answer that must be good."""
        status, body, _ = self.get(path, **parameters)
        assert status == 200, (path, status)
        return body

    def rows(self, path: str, **parameters: Any) -> list[Row]:
        """Rows of all pages of a list."""
        found: list[Row] = []
        cursor: dict[str, str] = {}
        while True:
            status, body, link = self.get(path, **{"per_page": 100, **parameters, **cursor})
            assert status == 200, (path, status)
            found += body
            following = _NEXT.search(link)
            if following is None or following[1] == "false":
                return found
            cursor = {"cursor": following[2]}

    def is_served(self, endpoint: str) -> bool:
        """Whether the server has any rows at an endpoint of the API reference, of the organization or its projects."""
        projects = (
            self.rows(f"organizations/{self.organization}/projects/") if "{project}" in endpoint else [{"slug": ""}]
        )
        paths = [endpoint.format(organization=self.organization, project=project["slug"]) for project in projects]
        answers = [self.get(path) for path in paths]
        return any(status == 200 and body for status, body, _ in answers)
