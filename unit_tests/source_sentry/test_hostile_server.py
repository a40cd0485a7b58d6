"""Whole syncs from servers that answer as no server should, over real connections; no test waits."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter

from unit_tests.hostile import Hostile, Send, a_redirect, an_answer, hostile
from unit_tests.source_sentry.builders import a_config
from unit_tests.source_sentry.command import run
from unit_tests.source_sentry.sync import Sync, read

GOOD = an_answer(
    json.dumps([{"id": "7"}]).encode(), headers={"Link": '<x>; rel="next"; results="false"; cursor="0:1:0"'}
)
TEAMS = "/api/0/organizations/acme/teams/"


@pytest.fixture(autouse=True)
def _no_waits(waits: list[float]) -> None:
    del waits


@pytest.fixture
def elsewhere() -> Iterator[Hostile]:
    """Another host, which has answers too."""
    with hostile(lambda _, send: send(GOOD)) as server:
        yield server


def sync_of(server: Hostile) -> Sync:
    """Both streams of a server, which answers `teams` in a way that fails, and `members` well."""
    sync = read("teams", "members", config=a_config(hostname=server.url, max_answer_mb=1), fails=True)
    assert (sync.status("members"), sync.keys("members")) == ("COMPLETE", [("7",)])
    assert (sync.status("teams"), sync.records("teams")) == ("INCOMPLETE", [])
    return sync


def test_given_answer_that_is_too_large_when_read_then_its_stream_fails_alone_and_at_once() -> None:
    def answer(path: str, send: Send) -> None:
        send(an_answer(b"[" + b" " * 10**6 + b"]") if TEAMS in path else GOOD)

    with hostile(answer) as server:
        ((message, kind),) = sync_of(server).errors("teams")
    assert message.startswith(
        f"The answer to stream `teams` from {server.url}{TEAMS} is larger than 1 MB, which is the setting "
        "`max_answer_mb`: raise it"
    )
    assert (len(server.requests), kind) == (2, "config_error")


@pytest.mark.parametrize("status", [302, 307])
def test_given_redirect_to_another_host_when_read_then_nothing_of_it_counts(elsewhere: Hostile, status: int) -> None:
    def answer(path: str, send: Send) -> None:
        send(a_redirect(f"{elsewhere.url}{path}", status) if TEAMS in path else GOOD)

    with hostile(answer) as server:
        ((message, kind),) = sync_of(server).errors("teams")
    assert message == (
        f"{server.url}{TEAMS} redirects to {elsewhere.url}{TEAMS}, which is another host, so nothing was sent there: "
        "set `hostname` to where the API is."
    )
    assert (len(server.requests), elsewhere.requests, kind) == (2, [], "config_error")


def test_given_server_that_accepts_and_says_nothing_when_read_then_it_is_asked_three_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send, asked = HTTPAdapter.send, []

    def silent(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: object) -> requests.Response:
        if TEAMS not in str(request.url):
            return send(adapter, request, **options)  # type: ignore[arg-type]  # as the session gives them
        asked.append(request.url)
        raise requests.ReadTimeout("Read timed out.", request=request)

    monkeypatch.setattr(HTTPAdapter, "send", silent)
    with hostile(lambda _, send: send(GOOD)) as server:
        ((message, kind),) = sync_of(server).errors("teams")
    assert message == (
        f"`{server.host}` accepted a request of stream `teams` 3 times, and did not answer it in time: "
        f"{server.url}{TEAMS}"
    )
    assert (len(asked), kind) == (3, "transient_error")


def test_given_reset_in_milliseconds_when_read_then_the_sync_goes_on_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    """A wait of so many seconds is more than a lock can wait for."""
    names = ("Limit", "Remaining", "Reset")
    limits = {
        f"X-Sentry-Rate-Limit-{name}": value for name, value in zip(names, ("40", "0", "1795341630000"), strict=True)
    }

    def answer(path: str, send: Send) -> None:
        send(an_answer(b"{}", 429, limits) if TEAMS in path else GOOD)

    with hostile(answer) as server:
        ((_, kind),) = sync_of(server).errors("teams")
    assert (server.paths.count(f"{TEAMS}?per_page=100"), kind) == (9, "transient_error")
    assert "`X-Sentry-Rate-Limit-Reset: 1795341630000`" in caplog.text


def test_given_wait_of_half_an_hour_when_checked_then_it_fails_at_once(tmp_path: Path) -> None:
    with hostile(lambda _, send: send(an_answer(b"{}", 429, {"Retry-After": "1800"}))) as server:
        result = run(tmp_path, "check", a_config(hostname=server.url))
    assert (result.status, len(server.requests)) == ("FAILED", 1)
    assert result.message == (
        f"`{server.host}` limits stream `organization`: HTTP 429 came 1 time(s) from "
        f"{server.url}/api/0/organizations/acme/, and the next try would have to wait 1800 s. One request is tried "
        "2 times, and for 5 minutes."
    )
