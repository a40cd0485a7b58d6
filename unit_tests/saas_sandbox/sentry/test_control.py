import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from saas_sandbox.sentry.server import serve
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, Settings
from unit_tests.saas_sandbox.sentry.client import EVENTS, NOW, running

MEMBERS = "/organizations/acme/members/"


def test_given_requests_when_the_log_is_read_then_it_holds_each_in_order_until_a_reset() -> None:
    with running() as client:
        client.get(EVENTS, per_page=2, query="")
        client.get("/nothing/")
        log = client.look("requests")
        assert [(entry["method"], entry["path"], entry["query"], entry["status"]) for entry in log] == [
            ("GET", f"/api/0{EVENTS}", [["per_page", "2"], ["query", ""]], 200),
            ("GET", "/api/0/nothing/", [], 404),
        ]
        assert [request.at for request in client.sandbox.requests()] == [entry["at"] for entry in log]
        client.control("reset")
        assert client.look("requests") == []


def test_given_the_control_endpoints_when_they_are_asked_then_they_agree_with_the_process() -> None:
    with running() as client:
        client.get(MEMBERS)
        assert client.look("totals") == client.sandbox.totals()
        assert (
            client.look("stats")
            == client.sandbox.stats()
            == {
                "requests": 1,
                "too_many": 0,
                "by_status": {"200": 1},
                "budget": {},
            }
        )
        assert client.control("advance", seconds=60).json() == {"now": 1772452860}


def test_given_a_new_project_when_it_is_added_then_it_appears_and_others_stay() -> None:
    with running() as client:
        before = client.get(EVENTS).content
        client.control("settings", extra_projects=["rockets"])
        slugs = [project["slug"] for project in client.get("/organizations/acme/projects/").json()]
        assert slugs == ["archive", "backend", "playground", "rockets", "web"]
        assert len(client.all("/projects/acme/rockets/events/")) == 130
        assert client.get(EVENTS).content == before


@pytest.mark.parametrize("change", [{"colour": "red"}, {"size": "huge"}, {"now": NOW}, {"faults": ["flood:1"]}])
def test_given_a_wrong_setting_when_it_is_posted_then_400_and_nothing_changes(change: dict[str, object]) -> None:
    with running() as client:
        answer = client.control("settings", **change)
        assert (answer.status_code, set(answer.json())) == (400, {"detail"})
        assert client.get(MEMBERS).status_code == 200


def test_given_no_now_when_the_sandbox_runs_then_its_clock_does_too() -> None:
    with running(now=None) as client:
        window = {"statsPeriod": "14d"}
        assert client.get(EVENTS, **window).json()
        assert client.control("advance", seconds=0).json()["now"] > 1772452800


def test_given_many_sandboxes_when_they_run_one_after_another_then_no_thread_stays() -> None:
    threads = threading.active_count()
    for _ in range(3):
        with serve(Settings(size="tiny")) as sandbox:
            assert sandbox.token == DEFAULT_TOKEN
            assert sandbox.organization == "acme"
    assert threading.active_count() == threads


@contextmanager
def process(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    python = [sys.executable, "-W", "error", "-m", "saas_sandbox.sentry"]
    command = [*python, "--port", "0", "--size", "tiny", "--now", NOW, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout
        try:
            yield started, started.stdout.readline()
        finally:
            started.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_given_the_command_when_it_is_ready_then_one_line_says_so_and_a_signal_stops_it_quietly(
    stop: signal.Signals,
) -> None:
    with process("--fault", "500:1", "--latency-ms", "1") as (started, line):
        url = line.split()[2]
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        answers = [requests.get(f"{url}/api/0{MEMBERS}", headers=headers, timeout=10).status_code for _ in range(2)]
        started.send_signal(stop)
        rest = started.communicate(timeout=10)
    assert line == f"Sandbox ready: {url}  organization: acme  token: {DEFAULT_TOKEN}\n"
    assert answers == [500, 200]
    assert (rest, started.returncode) == (("", ""), 0)


def test_given_several_workers_when_they_are_asked_then_they_agree_and_stop_together() -> None:
    with process("--workers", "3") as (started, line):
        url, headers = line.split()[2], {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        bodies = {requests.get(f"{url}/api/0{EVENTS}", headers=headers, timeout=10).content for _ in range(8)}
        started.terminate()
        rest = started.communicate(timeout=10)
    assert len(bodies) == 1
    assert (rest, started.returncode) == (("", ""), 0)


@pytest.mark.parametrize("options", [("--fault", "flood"), ("--generation", "8"), ("--now", "noon")])
def test_given_a_wrong_option_when_the_command_starts_then_one_line_says_what(options: tuple[str, str]) -> None:
    with process(*options) as (started, line):
        rest = started.communicate(timeout=10)
    assert (line, rest[0], started.returncode) == ("", "", 2)
    assert options[1] in rest[1]
    assert rest[1].count("\n") == 1
