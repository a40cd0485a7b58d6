"""Issues that changed, with or without an event."""

from random import Random
from typing import Any

import pytest

from source_sentry.life.packs import pack, unpack
from unit_tests.source_sentry.builders import BACKEND, NOW, an_issue
from unit_tests.source_sentry.endpoints import issues
from unit_tests.source_sentry.issue_life import (
    EARLIER,
    LISTED_FROM,
    NOW_SYNCED,
    QUIET,
    RESOLVED,
    a_life,
    answers_ids,
    digest,
    knowing,
    lists,
    own_known,
    own_state,
    shown,
    sync,
)
from unit_tests.source_sentry.sentry_mock import PROJECTS, SentryMock, page
from unit_tests.source_sentry.sync import project_states


def test_given_a_first_sync_when_read_then_each_listed_issue_comes_without_the_fields_that_it_lacks(
    sentry: SentryMock,
) -> None:
    lists(sentry, an_issue(3), an_issue(4), start="")
    rows = [a_life(3), a_life(4)]
    answers_ids(sentry, 3, 4, rows=rows, times=2)

    done = sync("issue_states")

    assert done.records("issue_states") == [shown(row) for row in rows]
    assert "lastSeen" not in done.records("issue_states")[0]
    known = {"1": pack({row["id"]: digest(row) for row in rows})}
    assert own_state(done, "issue_states") == {"known": known, "missing": {}, **NOW_SYNCED}
    assert done.warnings() == []


def test_given_quiet_issues_when_one_was_resolved_then_only_that_comes(sentry: SentryMock) -> None:
    lists(sentry)
    other = a_life(4)
    answers_ids(sentry, 3, 4, rows=[RESOLVED, other])
    answers_ids(sentry, 3, rows=[RESOLVED])

    done = sync("issue_states", state=knowing(QUIET, other))

    assert done.records("issue_states") == [shown(RESOLVED)]
    assert unpack(own_state(done, "issue_states")["known"]["1"])["3"] == digest(RESOLVED)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "ignored"},
        {"substatus": "escalating"},
        {"assignedTo": {"type": "user", "id": "7", "name": "Bo"}},
        {"priority": "high"},
        {"statusDetails": {"inNextRelease": True}},
        {"isBookmarked": True},
        {"numComments": 1},
        {"isPublic": True},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_given_a_field_of_no_date_when_it_changes_then_the_digest_does(changed: Any) -> None:
    assert digest(a_life(3, **changed)) != digest(QUIET)


def test_given_fields_of_events_when_they_change_then_the_digest_does_not() -> None:
    assert digest({**QUIET, "count": "18", "lastSeen": NOW, "hasSeen": True}) == digest(QUIET)


@pytest.mark.parametrize(
    ("how_often", "reconciled", "is_asked"),
    [
        ("never", EARLIER, False),
        ("daily", EARLIER, True),
        ("daily", "2026-11-21T12:00:00Z", False),
        ("daily", "", True),
        ("always", NOW, True),
    ],
)
def test_given_the_setting_when_read_then_quiet_issues_are_asked_for_as_often(
    how_often: str, reconciled: str, sentry: SentryMock, *, is_asked: bool
) -> None:
    lists(sentry)
    if is_asked:
        answers_ids(sentry, 3, rows=[QUIET])
    done = sync("issue_states", state=knowing(QUIET, reconciled=reconciled), issue_reconcile=how_often)
    assert done.records("issue_states") == []
    assert own_state(done, "issue_states").get("reconciled", "") == (NOW if is_asked else reconciled)


def test_given_a_project_that_vanished_when_read_then_its_issues_are_not_asked_for_and_stay_known(
    sentry: SentryMock,
) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[QUIET])
    done = sync("issue_states", state=knowing(QUIET, a_life(9, project="2")))
    assert own_state(done, "issue_states")["known"].keys() == {"1", "2"}
    assert own_state(done, "issue_states")["missing"] == {}


def test_given_an_issue_that_is_missing_twice_when_read_then_it_is_forgotten(sentry: SentryMock) -> None:
    lists(sentry, times=2)
    answers_ids(sentry, 3, rows=[], times=2)
    first = sync("issue_states", state=knowing(QUIET))
    assert own_state(first, "issue_states")["missing"] == {"3": {"project": "1", "since": None}}
    again = knowing(missing=own_state(first, "issue_states")["missing"])
    assert own_state(sync("issue_states", state=again), "issue_states") == {"missing": {}, **NOW_SYNCED}


def test_given_an_issue_that_comes_back_when_read_then_it_is_a_row_again(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[QUIET], times=2)
    done = sync("issue_states", state=knowing(missing={"3": {"project": "1", "since": None}}))
    assert done.keys("issue_states") == [("3",)]
    assert own_state(done, "issue_states")["missing"] == {}


def test_given_an_issue_that_moved_to_another_project_when_read_then_it_is_a_row_and_known_there(
    sentry: SentryMock,
) -> None:
    lists(sentry)
    moved = a_life(3, project="2")
    answers_ids(sentry, 3, rows=[moved], times=2)
    done = sync("issue_states", state=knowing(QUIET))
    assert done.records("issue_states") == [shown(moved)]
    assert own_state(done, "issue_states") == {**own_known(moved), "missing": {}, **NOW_SYNCED}


def test_given_an_organization_without_issues_when_read_then_a_state_and_nothing_else(sentry: SentryMock) -> None:
    lists(sentry, start="")
    done = sync("issue_states")
    assert (done.records("issue_states"), own_state(done, "issue_states")) == ([], {"missing": {}, **NOW_SYNCED})


def test_given_projects_when_one_is_chosen_again_then_its_issues_are_asked_for_again(sentry: SentryMock) -> None:
    other = {**BACKEND, "id": "2", "slug": "other"}
    sentry.answers(PROJECTS, page(BACKEND, other), page(BACKEND, other))
    lists(sentry, times=2)
    sentry.answers(issues("2", LISTED_FROM), page())
    there, changed = a_life(9, project="2"), a_life(9, project="2", status="resolved")
    answers_ids(sentry, 3, rows=[QUIET])
    answers_ids(sentry, 3, 9, rows=[QUIET, changed])
    answers_ids(sentry, 9, rows=[changed])
    first = sync("issue_states", state=knowing(QUIET, there), projects=["backend"])
    assert first.records("issue_states") == []

    cursors = project_states("lastSeen", {"1": EARLIER, "2": EARLIER})
    state = {"parent_state": {"issues": {**own_state(first, "issue_states"), **cursors}}}
    assert sync("issue_states", state=state).records("issue_states") == [shown(changed)]


def test_given_a_clock_that_was_ahead_when_read_then_quiet_issues_are_due(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[QUIET])
    done = sync("issue_states", state=knowing(QUIET, reconciled="2099-01-01T00:00:00Z"), issue_reconcile="daily")
    assert own_state(done, "issue_states")["reconciled"] == NOW


def test_given_a_hundred_thousand_issues_that_all_differ_when_packed_then_some_eleven_bytes_each() -> None:
    rng = Random(1)  # noqa: S311 - the same each time
    issues = rng.sample(range(6_000_000_000, 7_500_000_000), 100_000)
    digests = {str(issue): f"{rng.getrandbits(32):08x}" for issue in issues}
    text = pack(digests)
    assert unpack(text) == digests
    assert len(text) < 1_100_000


def test_given_a_date_as_the_state_when_read_then_the_issues_seen_since_are_known(sentry: SentryMock) -> None:
    lists(sentry, an_issue(3))
    answers_ids(sentry, 3, rows=[QUIET], times=2)
    done = sync("issue_states", state={"observedAt": EARLIER})
    assert done.keys("issue_states") == [("3",)]
    assert own_state(done, "issue_states").items() >= {**own_known(QUIET), "missing": {}, **NOW_SYNCED}.items()


@pytest.mark.parametrize(
    "broken",
    [
        {"known": {"1": "junk"}},
        {"known": 7},
        {"gone": {"1": 7}},
        {"missing": {"3": 7}},
        {"missing": {"x": {"project": "1", "since": None}}},
        {"missing": {"3": {"project": "1", "since": "soon"}}},
        {"reconciled": "soon"},
    ],
    ids=["no pack", "no object", "no pack of tombstones", "no entry", "no number", "no date of one", "no date"],
)
def test_given_a_state_that_nobody_wrote_when_read_then_one_clear_error(broken: Any, sentry: SentryMock) -> None:
    state = knowing()
    state["parent_state"]["issues"] |= broken
    done = sync("issue_states", state=state, fails=True)
    assert "The saved state of stream `issue_states` is not one that this connector can go on from" in done.text()
    assert sentry.requested == []
