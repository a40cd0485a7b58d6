"""A Sentry whose lists change while they are paged."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import requests_mock
from requests_mock.request import _RequestObjectProxy as Request

from unit_tests.source_sentry.builders import API, BACKEND, Json
from unit_tests.source_sentry.handler import a_response
from unit_tests.source_sentry.sentry_mock import link


@dataclass
class MovingList:
    """A list at one endpoint, newest first if it has dates."""

    rows: list[Json]
    date: str = ""
    """Field of the rows that `start` and `end` apply to; none where the server ignores them."""
    by_page: bool = False
    """Whether the cursor is a number of pages instead of rows."""
    by_date: bool = False
    """Whether it is the date of the next row in milliseconds and how many of that date come before it."""
    size: int = 100
    has_link: bool = True
    more: str = "true"
    """What the header says where more rows follow."""
    goes_on: bool = False
    """Whether it says so at the end too."""
    moves: Callable[[list[Json], int], list[Json]] = lambda rows, _: rows
    """Called before each answer with the rows and the number of the request, the first is 1."""
    ghosts: frozenset[str] = frozenset()
    """Ids that count as rows and are not sent."""
    fails_at: int = 0
    """Number of the request from which on all fail."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """Parameters of each request."""

    def __post_init__(self) -> None:
        self.at_start = {str(row.get("id")) for row in self.rows}

    def respond(self, asked: dict[str, str]) -> requests.Response:
        """Answer to a request with the parameters `asked`."""
        self.asked.append(asked)
        self.rows = self.moves(self.rows, len(self.asked))
        found = [row for row in self.rows if self._is_asked_for(row, asked)]
        number, offset = map(int, asked.get("cursor", "0:0:0").split(":")[:2])
        if self.by_page and number:
            assert number == self.size, "a server of Sentry would send other rows"
        first = offset * self.size if self.by_page else offset
        if self.by_date and number:
            first = next((place for place, row in enumerate(found) if milliseconds(row) <= number), len(found)) + offset
        following = f"{self.size}:{offset + 1}:0" if self.by_page else f"0:{first + self.size}:0"
        if self.by_date and len(found) > first + self.size:
            date = milliseconds(found[first + self.size])
            following = f"{date}:{sum(milliseconds(row) == date for row in found[: first + self.size])}:0"
        header = {"Link": link(following, self.more if self.goes_on or len(found) > first + self.size else "false")}
        sent = [row for row in found[first : first + self.size] if row.get("id") not in self.ghosts]
        status = 400 if 0 < self.fails_at <= len(self.asked) else 200
        response = a_response(status, sent, **(header if self.has_link else {}))
        response.request = requests.Request("GET", f"{API}/list/", params=asked).prepare()
        return response

    def answer(self, request: Request, context: Any) -> list[Json]:
        """The same for a mocked server."""
        response = self.respond({name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()})
        context.status_code = response.status_code
        context.headers.update(response.headers)
        found: list[Json] = response.json()
        return found

    def _is_asked_for(self, row: Json, asked: dict[str, str]) -> bool:
        if not self.date:
            return True
        second = str(row[self.date])[:19]
        return asked.get("start", "")[:19] <= second < asked.get("end", "9")[:19]


def milliseconds(row: Json) -> int:
    return int(datetime.fromisoformat(str(row["dateCreated"])).timestamp() * 1000)


@contextmanager
def serving(**lists: MovingList) -> Iterator[None]:
    """Serve `lists` by the last part of their path, and one project."""
    with requests_mock.Mocker() as server:
        server.get(re.compile(".*"), status_code=404, json={"detail": "The requested resource does not exist"})
        server.get(f"{API}/organizations/acme/projects/", json=[BACKEND])
        for name, of_server in lists.items():
            server.get(re.compile(rf"{API}/.*/{name.replace('_', '-')}/(\?.*)?$"), json=of_server.answer)
        yield
