"""Activities of the issues that had an event or changed without one."""

from typing import Any

import pytest

from unit_tests.source_sentry.builders import NOW, Json, an_issue
from unit_tests.source_sentry.issue_life import (
    LISTED_FROM,
    NOW_SYNCED,
    QUIET,
    a_life,
    alone,
    answers_ids,
    knowing,
    lists,
    own_state,
    sync,
    without_digests,
)
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer
from unit_tests.source_sentry.sync import project_states

STREAM = "issue_activities"
FIRST_SEEN = {"id": "0", "type": "first_seen", "data": {}, "dateCreated": "2026-10-01T00:00:00Z"}


def activities(issue: int) -> SentryRequest:
    return alone(issue, "activities/", per_page="100")


def an_activity(number: int, created: str = "2026-11-22T09:00:00Z") -> Json:
    return {"id": f"{number}", "type": "note", "data": {"text": "seen"}, "dateCreated": created}


def has(sentry: SentryMock, issue: int, *rows: Json) -> None:
    sentry.answers(activities(issue), answer({"activity": [*rows, FIRST_SEEN]}))


def test_given_a_first_sync_when_read_then_the_activities_of_each_issue_with_its_id(sentry: SentryMock) -> None:
    lists(sentry, an_issue(3), an_issue(4), start="")
    answers_ids(sentry, 3, 4, rows=[a_life(3), a_life(4)])
    has(sentry, 3, an_activity(7))
    has(sentry, 4)
    done = sync(STREAM)
    assert sorted(done.keys(STREAM)) == [("3", "0"), ("3", "7"), ("4", "0")]
    assert {record["issueLastSeen"] for record in done.records(STREAM)} == {"2026-11-20T08:00:00Z"}
    assert done.warnings() == []


def test_given_an_issue_that_changed_without_an_event_when_read_then_its_activities_come(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, 4, rows=[a_life(3, status="resolved"), a_life(4)])
    has(sentry, 3, an_activity(8))
    done = sync(STREAM, state=knowing(QUIET, a_life(4)))
    assert sorted(done.keys(STREAM)) == [("3", "0"), ("3", "8")]


def test_given_an_issue_that_had_an_event_when_nothing_else_changed_then_its_activities_come(
    sentry: SentryMock,
) -> None:
    lists(sentry, an_issue(3, "2026-11-22T09:30:00Z"))
    answers_ids(sentry, 3, rows=[QUIET])
    has(sentry, 3)
    assert sync(STREAM, state=knowing(QUIET)).keys(STREAM) == [("3", "0")]


@pytest.mark.parametrize(
    ("oldest", "count", "is_told"),
    [
        ("2026-11-21T11:00:00Z", 100, True),
        ("2026-11-21T09:00:00Z", 100, False),
        ("2026-11-21T11:00:00Z", 99, False),
    ],
    ids=["since quiet ones were asked for", "before that", "all of them"],
)
def test_given_a_hundred_activities_when_older_ones_may_be_hidden_then_a_warning(
    oldest: str, count: int, sentry: SentryMock, *, is_told: bool
) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[a_life(3, numComments=100)])
    rows = [*(an_activity(200 - number) for number in range(count - 1)), an_activity(50, oldest)]
    sentry.answers(activities(3), answer({"activity": [*rows, FIRST_SEEN][:100]}))
    state = knowing(QUIET)
    state["parent_state"]["issues"]["synced"] = "2026-11-22T09:00:00Z"  # an hour ago, without quiet ones
    done = sync(STREAM, state=state)
    assert len(done.records(STREAM)) == 100
    told = [f"all since {oldest[:-1]}; older ones are not read" in warning for warning in done.warnings()]
    assert told == [True] * is_told


def test_given_an_issue_that_nobody_answered_for_before_when_it_has_a_hundred_activities_then_a_warning(
    sentry: SentryMock,
) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[QUIET])
    has_all = [an_activity(200 - number, "2026-11-01T00:00:00Z") for number in range(100)]
    sentry.answers(activities(3), answer({"activity": has_all}))
    state = knowing(QUIET)
    state["parent_state"]["issues"]["known"] = without_digests(QUIET)
    done = sync(STREAM, state=state)
    assert ["issue 3, all since 2026-11-01T00:00:00" in warning for warning in done.warnings()] == [True]


def test_given_an_issue_that_was_deleted_meanwhile_when_read_then_the_others_come(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, 4, rows=[a_life(3, numComments=1), a_life(4, numComments=1)])
    sentry.answers(activities(3), answer({"detail": "The requested resource does not exist"}, 404))
    has(sentry, 4)
    assert sync(STREAM, state=knowing(QUIET, a_life(4))).keys(STREAM) == [("4", "0")]


def test_given_activities_without_type_or_date_when_read_then_they_are_rows(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[a_life(3, numComments=1)])
    has(sentry, 3, {"id": "8"}, {"id": "9", "type": None, "dateCreated": None})
    done = sync(STREAM, state=knowing(QUIET))
    assert sorted(done.keys(STREAM)) == [("3", "0"), ("3", "8"), ("3", "9")]


@pytest.mark.parametrize(
    "saved",
    [
        {"parent_state": {"issues": project_states("lastSeen", {"1": "2026-11-21T10:00:00Z"})}},
        {"issueLastSeen": "2026-11-21T10:00:00Z"},
    ],
    ids=["of the issues", "a date"],
)
def test_given_a_state_of_an_earlier_version_when_read_then_it_goes_on_from_there(
    saved: Any, sentry: SentryMock
) -> None:
    lists(sentry, an_issue(3, "2026-11-22T09:30:00Z"), start=LISTED_FROM)
    answers_ids(sentry, 3, rows=[QUIET])
    has(sentry, 3)
    done = sync(STREAM, state=saved)
    assert done.keys(STREAM) == [("3", "0")]
    known = knowing(QUIET)["parent_state"]["issues"]["known"]
    assert own_state(done, STREAM).items() >= {"known": known, "missing": {}, **NOW_SYNCED}.items()
    assert NOW in str(done.state(STREAM)["parent_state"]["issues"]["states"])
