"""Requests to Explore."""

import re
from datetime import UTC, datetime
from typing import Any

import requests

from unit_tests.saas_sandbox.sentry.client import Client

EXPLORE = "/organizations/acme/events/"
PLAIN = ["id", "timestamp", "project.id"]


def ask(client: Client, dataset: str = "errors", **params: Any) -> requests.Response:
    """Ask for rows; by default of the first project."""
    return client.get(EXPLORE, **{"dataset": dataset, "field": PLAIN, "project": 1, **params})


def detail(answer: requests.Response) -> str:
    """What a 400 says."""
    assert answer.status_code == 400, answer.text
    return str(answer.json()["detail"])


def following(answer: requests.Response) -> tuple[str, bool]:
    """The next cursor, which `requests` cannot read where it holds `=`, and whether more follow."""
    assert answer.status_code == 200, answer.text
    match = re.search(r'rel="next"; results="(true|false)"; cursor="([^"]*)"', answer.headers["Link"])
    assert match
    return match[2], match[1] == "true"


def pages(client: Client, dataset: str = "errors", **params: Any) -> list[list[dict[str, Any]]]:
    """Follow the cursors to the end."""
    asked: dict[str, Any] = {"dataset": dataset, "field": PLAIN, "project": 1, "sort": ["timestamp", "id"], **params}
    envelopes: Any = client.pages(EXPLORE, **asked)
    return [envelope["data"] for envelope in envelopes]


def rows(client: Client, dataset: str = "errors", **params: Any) -> list[dict[str, Any]]:
    """Rows of all pages."""
    return [row for page in pages(client, dataset, **params) for row in page]


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in found]


def stamp(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
