"""The list of projects and the question how old the server is are under way together; their errors are told once."""

import json
import threading

import pytest

from unit_tests.hostile import Hostile, Send, an_answer, hostile
from unit_tests.source_sentry.builders import a_config
from unit_tests.source_sentry.sync import read

LAST = {"Link": '<x>; rel="next"; results="false"; cursor="0:1:0"'}
PROJECTS = "/api/0/organizations/acme/projects/?per_page=100"
ROUTE = "/api/0/organizations/acme/issues/0/"
PATIENCE = 5
"""Seconds that one of the two waits for the other."""


@pytest.fixture(autouse=True)
def _no_waits(waits: list[float]) -> None:
    del waits


def a_page(*rows: dict[str, str]) -> bytes:
    return an_answer(json.dumps(rows).encode(), headers=LAST)


def paths_of(server: Hostile) -> set[str]:
    return {path.partition("?")[0].removeprefix("/api/0/organizations/acme/") for path in server.paths}


def test_given_a_server_of_unknown_age_when_issues_are_read_then_both_first_requests_are_under_way_at_once() -> None:
    together = threading.Barrier(2, timeout=PATIENCE)

    def answer(path: str, send: Send) -> None:
        if path == ROUTE:
            together.wait()
            send(an_answer(b'{"detail": "The requested resource does not exist"}', 404))
        elif path == PROJECTS:
            together.wait()
            send(a_page({"id": "1", "slug": "web"}))
        else:
            send(a_page())

    with hostile(answer) as server:
        sync = read("issues", config=a_config(hostname=server.url))

    assert sync.status("issues") == "COMPLETE"
    assert set(server.paths[:2]) == {PROJECTS, ROUTE}
    assert server.paths.count(ROUTE) == 1


def test_given_a_wrong_token_when_issues_are_read_then_one_error_says_so() -> None:
    with hostile(lambda _, send: send(an_answer(b'{"detail": "Invalid token"}', 401))) as server:
        sync = read("issues", config=a_config(hostname=server.url), fails=True)

    ((message, kind),) = sync.errors("issues")
    assert (message.count("Invalid token"), kind) == (1, "config_error")
    assert sync.warnings() == []


def test_given_streams_for_which_the_age_does_not_matter_when_read_then_it_is_not_asked_for() -> None:
    with hostile(
        lambda path, send: send(a_page({"id": "1", "slug": "web"}) if path == PROJECTS else a_page())
    ) as server:
        read("events", config=a_config(hostname=server.url))

    assert paths_of(server) == {"projects/", "/api/0/projects/acme/web/events/"}
