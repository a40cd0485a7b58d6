"""Cron monitors: what their environments say agrees with their check-ins, at any time."""

from collections.abc import Iterator
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import DAY, Client, running

MONITORS = "/organizations/acme/monitors/"
START, NOW = "2026-02-24T12:00:00Z", "2026-03-02T12:00:00Z"


@pytest.fixture
def client() -> Iterator[Client]:
    with running(size="small") as client:
        yield client


def monitors(client: Client) -> dict[str, list[dict[str, Any]]]:
    """Monitors by slug."""
    found: dict[str, list[dict[str, Any]]] = {}
    for monitor in client.all(MONITORS, project="-1", sort="name"):
        found.setdefault(monitor["slug"], []).append(monitor)
    return found


def check_ins(client: Client, monitor: dict[str, Any], **params: str) -> list[dict[str, Any]]:
    return client.all(f"{MONITORS}{monitor['id']}/checkins/", **params)


def test_given_monitors_of_all_projects_when_listed_then_only_minus_one_shows_all(client: Client) -> None:
    everything = client.all(MONITORS, project="-1")
    mine = client.all(MONITORS)
    assert {monitor["project"]["slug"] for monitor in everything} - {
        monitor["project"]["slug"] for monitor in mine
    } == {"web"}
    assert sorted(monitor["id"] for monitor in everything) == sorted(client.look("totals")["monitors"])
    assert [monitor["status"] for monitor in everything] == ["active"] * 7 + ["disabled"]


def test_given_two_monitors_with_a_slug_when_it_is_asked_for_then_only_their_ids_tell_them_apart(
    client: Client,
) -> None:
    one, two = monitors(client)["nightly-report"]
    assert one["project"]["slug"] != two["project"]["slug"]
    assert client.get(f"{MONITORS}nightly-report/checkins/").status_code == 404
    assert client.get(f"{MONITORS}sync-invoices/checkins/").status_code == 200
    assert {row["id"] for row in check_ins(client, one)}.isdisjoint(row["id"] for row in check_ins(client, two))


@pytest.mark.parametrize("seconds", [0, 600, 3 * 3600, 9 * DAY])
def test_given_any_time_when_monitors_are_read_then_their_states_follow_from_the_check_ins(
    seconds: int, client: Client
) -> None:
    client.control("advance", seconds=seconds)
    for monitor in client.all(MONITORS, project="-1"):
        rows = check_ins(client, monitor)
        if monitor["status"] == "disabled":
            assert rows == []
            continue
        for state in monitor["environments"]:
            own = [row for row in rows if row["environment"] == state["name"]]
            runs = [row for row in own if row["status"] != "missed"]
            done = [row for row in own if row["status"] != "in_progress"]
            assert not runs or state["lastCheckIn"] == runs[0]["dateAdded"]
            newest = {row["status"] == "ok" for row in done[: monitor["config"]["failure_issue_threshold"]]}
            assert state["status"] == ("ok" if True in newest else "error")
            assert (state["activeIncident"] is None) is (state["status"] == "ok")
            assert state["nextCheckIn"] > own[0]["expectedTime"]


def test_given_a_job_that_stays_away_when_read_then_missed_check_ins_come_without_moving_the_last_one(
    client: Client,
) -> None:
    [ledger] = monitors(client)["import-ledger"]
    client.control("advance", seconds=2 * DAY)
    [later] = monitors(client)["import-ledger"]
    assert later["environments"][0]["lastCheckIn"] == ledger["environments"][0]["lastCheckIn"]
    assert later["environments"][0]["nextCheckIn"] > ledger["environments"][0]["nextCheckIn"]
    assert [row["status"] for row in check_ins(client, later)[:2]] == ["missed", "missed"]


def test_given_a_missed_check_in_that_is_tolerated_when_read_then_the_monitor_does_not_tell_of_it(
    client: Client,
) -> None:
    [rates] = monitors(client)["refresh-rates"]
    [state], [newest, last, *_] = rates["environments"], check_ins(client, rates)
    assert (newest["status"], last["status"]) == ("missed", "ok")
    assert (state["status"], state["lastCheckIn"]) == ("ok", last["dateAdded"])
    client.control("advance", seconds=2 * DAY)
    [later] = monitors(client)["refresh-rates"]
    assert later["environments"][0]["activeIncident"]["startingTimestamp"] == newest["dateAdded"]


def test_given_a_run_under_way_when_it_ends_then_it_changes_in_place(client: Client) -> None:
    [invoices] = monitors(client)["sync-invoices"]
    newest = check_ins(client, invoices)[0]
    assert (newest["status"], newest["duration"], newest["dateUpdated"]) == ("in_progress", None, newest["dateAdded"])
    client.control("advance", seconds=600)
    ended = next(row for row in check_ins(client, invoices) if row["id"] == newest["id"])
    assert (ended["status"], ended["duration"], ended["dateAdded"]) == ("ok", 600_000, newest["dateAdded"])
    assert ended["dateUpdated"] > newest["dateUpdated"]


def test_given_start_and_end_when_check_ins_are_read_then_both_bounds_count(client: Client) -> None:
    [invoices] = monitors(client)["sync-invoices"]
    everything = check_ins(client, invoices)
    assert [row["dateAdded"] for row in everything] == sorted((row["dateAdded"] for row in everything), reverse=True)
    assert {row["status"] for row in everything} == {"ok", "error", "timeout", "in_progress"}
    [size, *_] = [len(page) for page in client.pages(f"{MONITORS}{invoices['id']}/checkins/")]
    assert (size, len(everything)) == (100, 2 * 29 * 24)
    window = check_ins(client, invoices, start=START, end=NOW)
    assert window == [row for row in everything if START <= row["dateAdded"] <= NOW]
    assert len(check_ins(client, invoices, start=START, end=NOW, environment="staging")) == len(window) // 2
    assert sorted(client.look("totals")["monitor_checkins"]) == sorted(
        row["id"] for monitor in client.all(MONITORS, project="-1") for row in check_ins(client, monitor)
    )
