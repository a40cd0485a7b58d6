"""Whatever the server does wrong for a while, the sync waits, tries again and loses nothing."""

from collections import Counter

import pytest

from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import expected

FAULTS = ["html", "blank", "truncated", "cut_connection", "reset", "detail", "410", "429", "429bare", "500", "502"]


@pytest.mark.parametrize("fault", FAULTS)
def test_given_a_passing_fault_when_read_then_it_is_retried_and_nothing_is_lost(connect: Connect, fault: str) -> None:
    connector = connect(faults=(f"{fault}:4",), events_per_project=250)

    output = connector.read("events", "teams")

    assert output.exit_code == 0
    assert Counter(output.keys("events")) == expected(connector.sandbox)["events"]
    assert Counter(output.keys("teams")) == expected(connector.sandbox)["teams"]
    assert any("retry" in line.lower() or "waiting" in line.lower() for line in output.logs("INFO"))


@pytest.mark.parametrize("fault", ["equals_cursor", "no_link:1000", "out_of_retention400"])
def test_given_a_server_with_odd_paging_when_read_then_nothing_is_lost(connect: Connect, fault: str) -> None:
    connector = connect(faults=(fault,), events_per_project=250)
    connector.settings["start_date"] = "2026-01-01T00:00:00Z"

    output = connector.read("events", "issues")

    assert output.exit_code == 0
    assert Counter(output.keys("events")) == expected(connector.sandbox)["events"]
    assert Counter(output.keys("issues")) == expected(connector.sandbox)["issues"]


def test_given_windows_that_time_out_when_read_then_they_are_halved(connect: Connect) -> None:
    connector = connect(faults=("timeout400:200",))

    output = connector.read("events")

    assert output.exit_code == 0
    assert Counter(output.keys("events")) == expected(connector.sandbox)["events"]


def test_given_a_cursor_that_repeats_when_read_then_the_stream_ends_with_an_error(connect: Connect) -> None:
    connector = connect(
        faults=("repeat_cursor:1@issues",), fault_repeats=0, events_per_project=600, issues_per_project=600
    )

    output = connector.read("issues", "teams")

    assert output.exit_code == 1
    assert output.statuses == {"issues": "INCOMPLETE", "teams": "COMPLETE"}
    assert "turns in a circle" in output.errors[0]["message"]


@pytest.mark.parametrize(("setting", "status"), [("forbidden_projects", "403"), ("missing_projects", "404")])
def test_given_a_project_that_is_refused_when_read_then_it_alone_is_skipped(
    connect: Connect, setting: str, status: str
) -> None:
    connector = connect(**{setting: ("backend",)})

    output = connector.read("events", "project_keys", "teams")

    assert output.exit_code == 0, status
    totals = connector.sandbox.totals()["events"]
    assert set(output.keys("events")) == {e for slug, events in totals.items() if slug != "backend" for e in events}
    warnings = " ".join(output.logs("WARN"))
    assert "`backend`" in warnings
    assert "project:read" in warnings or status == "404"


def test_given_a_refused_project_when_it_is_allowed_later_then_none_of_its_events_is_lost(connect: Connect) -> None:
    connector = connect(forbidden_projects=("backend",))
    first = connector.read("events", "issues")
    connector.sandbox.configure(forbidden_projects=())

    second = connector.read("events", "issues", state=first.last_states)

    for stream in ("events", "issues"):
        assert set(first.keys(stream)) | set(second.keys(stream)) == set(expected(connector.sandbox)[stream])
