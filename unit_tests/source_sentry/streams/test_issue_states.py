"""Issues that changed, with or without an event."""

from random import Random
from typing import Any

import pytest

from source_sentry.life.known import pack, unpack
from unit_tests.source_sentry.builders import NOW, START, an_issue
from unit_tests.source_sentry.endpoints import old_issues
from unit_tests.source_sentry.issue_life import (
    CLOSED,
    EARLIER,
    LISTED_FROM,
    NOW_SYNCED,
    a_life,
    answers_ids,
    by_id,
    digest,
    knowing,
    lists,
    own_state,
    shown,
    sync,
)
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, organization_request, page

QUIET = a_life(3)
RESOLVED = a_life(3, status="resolved", substatus=None)


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


def test_given_many_issues_when_read_then_a_request_for_each_hundred(sentry: SentryMock) -> None:
    rows = [a_life(number) for number in range(1, 231)]
    lists(sentry)
    for first, last in ((0, 2), (2, 102), (102, 202), (202, 230)):
        answers_ids(sentry, *(row["id"] for row in rows[first:last]), rows=rows[first:last])
    done = sync("issue_states", state=knowing(*rows))
    assert done.records("issue_states") == []


def test_given_several_streams_of_life_when_read_then_each_issue_is_asked_for_once(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[QUIET])
    streams = ("issue_states", "issue_tombstones", "issue_activities")
    done = sync(*streams, state=knowing(QUIET))
    assert [done.records(stream) for stream in streams] == [[], [], []]


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


def test_given_one_closed_issue_when_it_refuses_all_then_the_others_are_found_and_it_stays_known(
    sentry: SentryMock,
) -> None:
    lists(sentry)
    for asked in ((3, 4), (3,)):
        sentry.answers(by_id(*asked), answer(CLOSED, 403))
    answers_ids(sentry, 4, rows=[a_life(4)])
    done = sync("issue_states", state=knowing(QUIET, a_life(4)))
    assert unpack(own_state(done, "issue_states")["known"]["1"]).keys() == {"3", "4"}
    assert done.records("issue_states") == []


IGNORES = answer([a_life(77), a_life(3)])
REFUSES = answer({"detail": "Invalid parameter"}, 400)


@pytest.mark.parametrize("verdict", [IGNORES, REFUSES], ids=["ignores", "refuses"])
def test_given_a_server_that_does_not_know_ids_when_read_then_what_changed_comes_from_the_list(
    verdict: Any, sentry: SentryMock
) -> None:
    lists(sentry)
    sentry.answers(by_id(3, 4), verdict)
    listed = {**an_issue(3), **RESOLVED}
    lists(sentry, listed, {**an_issue(4), **a_life(4)}, start="")
    sentry.answers(
        organization_request(
            "issues/",
            project="1",
            collapse=["stats", "unhandled"],
            query=f"lastSeen:>={START}",
            start="2026-08-24T10:00:00Z",
            end=NOW,
            sort="new",
            limit="100",
        ),
        page(RESOLVED, a_life(4)),
    )

    done = sync("issue_states", state=knowing(QUIET, a_life(4)))

    assert done.records("issue_states") == [shown(RESOLVED)]
    assert len(done.warnings()) == 1
    assert "does not answer for issues by id" in done.warnings()[0]


def test_given_an_old_server_when_nothing_is_due_then_only_its_list_is_read(sentry: SentryMock) -> None:
    sentry.is_old()
    sentry.answers(old_issues("backend", "1", LISTED_FROM), page())
    done = sync("issue_states", state=knowing(QUIET), issue_reconcile="never")
    assert done.records("issue_states") == []


def test_given_a_hundred_thousand_issues_that_all_differ_when_packed_then_some_eleven_bytes_each() -> None:
    rng = Random(1)  # noqa: S311 - the same each time
    issues = rng.sample(range(6_000_000_000, 7_500_000_000), 100_000)
    digests = {str(issue): f"{rng.getrandbits(32):08x}" for issue in issues}
    text = pack(digests)
    assert unpack(text) == digests
    assert len(text) < 1_100_000


@pytest.mark.parametrize(
    "broken",
    [{"known": {"1": "junk"}}, {"known": 7}, {"missing": {"3": 7}}, {"reconciled": "soon"}],
    ids=["no pack", "no object", "no entry", "no date"],
)
def test_given_a_state_that_nobody_wrote_when_read_then_one_clear_error(broken: Any, sentry: SentryMock) -> None:
    state = knowing()
    state["parent_state"]["issues"] |= broken
    done = sync("issue_states", state=state, fails=True)
    assert "The saved state of stream `issue_states` is not one that this connector can go on from" in done.text()
    assert sentry.requested == []
