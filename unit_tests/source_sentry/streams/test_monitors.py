"""Check-ins are asked of the monitors that may have new ones, all with one state."""

from typing import Any

import pytest

from unit_tests.source_sentry.builders import LAST_SECOND, NOW, START, Json
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import Sync, read

BEFORE, AFTER = "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"
STATE = {"monitor_checkins": {"parent_state": {"monitors": {"dateCreated": "2026-11-20T12:00:00Z"}}}}


def a_monitor(name: str, *, status: str = "ok", last: str | None = BEFORE, **config: Any) -> Json:
    environment = {"name": "production", "status": status, "lastCheckIn": last}
    return {"id": name, "slug": "nightly", "config": config, "environments": [environment]}


def monitors(sentry: SentryMock, *found: Json) -> None:
    sentry.answers(organization_request("monitors/", per_page="100", project="-1", sort="name"), page(*found))


def checkins(monitor: str, start: str, end: str = NOW) -> SentryRequest:
    return organization_request(f"monitors/{monitor}/checkins/", start=start, end=end, per_page="100")


def a_checkin(name: str, created: str = AFTER) -> Json:
    return {"id": name, "status": "ok", "dateAdded": created, "dateCreated": created}


def of_monitors(sync: Sync) -> set[tuple[str, str]]:
    return {(row["monitorId"], row["id"]) for row in sync.records("monitor_checkins")}


def test_given_no_state_when_read_then_all_since_the_start_with_one_state(sentry: SentryMock) -> None:
    monitors(sentry, a_monitor("a"), a_monitor("b"))
    for monitor in ("a", "b"):
        sentry.answers(checkins(monitor, START), page(a_checkin("2", NOW), a_checkin("1")))
    sync = read("monitor_checkins", repeats=True)
    assert of_monitors(sync) == {("a", "1"), ("b", "1")}
    assert sync.state("monitor_checkins") == {"parent_state": {"monitors": {"dateCreated": NOW}}}


def test_given_state_when_read_then_only_monitors_that_may_have_new_ones_are_asked(sentry: SentryMock) -> None:
    monitors(
        sentry,
        a_monitor("quiet"),
        a_monitor("new", last=AFTER),
        a_monitor("failing", status="error"),
        a_monitor("never", last=None),
        a_monitor("tolerant", failure_issue_threshold=3),
        {"id": "old", "config": {}},
    )
    for monitor in ("new", "failing", "never", "tolerant", "old"):
        sentry.answers(checkins(monitor, "2026-11-20T11:00:00Z"), page())
    assert read("monitor_checkins", state=STATE).warnings() == []


def test_given_a_long_job_when_read_then_its_time_is_read_again(sentry: SentryMock) -> None:
    monitors(sentry, a_monitor("a", last=AFTER, max_runtime=600))
    sentry.answers(checkins("a", "2026-11-20T02:00:00Z"), page(a_checkin("1", LAST_SECOND)))
    assert of_monitors(read("monitor_checkins", state=STATE)) == {("a", "1")}


def test_given_a_monitor_that_was_deleted_when_read_then_the_others_count(sentry: SentryMock) -> None:
    monitors(sentry, a_monitor("a"), a_monitor("gone"))
    sentry.answers(checkins("a", START), page(a_checkin("1")))
    sentry.answers(checkins("gone", START), answer({"detail": "The requested resource does not exist"}, 404))
    sync = read("monitor_checkins")
    assert (of_monitors(sync), sync.warnings()) == ({("a", "1")}, [])
    assert sync.state("monitor_checkins") == {"parent_state": {"monitors": {"dateCreated": NOW}}}


def test_given_a_monitor_that_fails_when_read_then_no_state_replaces_the_saved_one(sentry: SentryMock) -> None:
    monitors(sentry, a_monitor("a", last=AFTER))
    sentry.answers(checkins("a", "2026-11-20T11:00:00Z"), *[answer("", 500)] * 9)
    assert read("monitor_checkins", state=STATE, fails=True).states("monitor_checkins") == []


def test_given_a_date_when_read_then_it_counts_for_all_monitors(sentry: SentryMock) -> None:
    monitors(sentry, a_monitor("a", last=AFTER))
    sentry.answers(checkins("a", "2026-11-20T11:00:00Z"), page())
    read("monitor_checkins", state={"monitor_checkins": {"dateCreated": "2026-11-20T12:00:00Z"}})


@pytest.mark.parametrize(
    "state",
    [
        {"parent_state": {}},
        {"parent_state": {"monitors": "2026-11-20"}},
        {"parent_state": {"issues": {}}},
        {"dateCreated": "x"},
        {"parent_state": {"monitors": {}}},
        {"parent_state": {"monitors": {"dateCreated": "x"}}},
    ],
)
def test_given_garbage_as_state_when_read_then_one_sentence(state: Json, sentry: SentryMock) -> None:
    sync = read("monitor_checkins", state={"monitor_checkins": state}, fails=True)
    assert "The saved state of stream `monitor_checkins` is not one that this connector can go on from" in sync.text()
    assert sentry.requested == []
