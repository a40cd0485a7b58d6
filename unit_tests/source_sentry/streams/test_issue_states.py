"""Issues that changed, with or without an event."""

from random import Random
from typing import Any

import pytest

from source_sentry.life.packs import pack, unpack
from unit_tests.source_sentry.builders import BACKEND, NOW, START, Json, an_issue
from unit_tests.source_sentry.endpoints import issues, old_issues
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
from unit_tests.source_sentry.sentry_mock import PROJECTS, SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import project_states

QUIET = a_life(3)
RESOLVED = a_life(3, status="resolved", substatus=None)


def the_list(project: str, start: str) -> SentryRequest:
    """The list of a project's issues, without what it counts."""
    return organization_request(
        "issues/",
        project=project,
        collapse=["stats", "unhandled"],
        query=f"lastSeen:>={start}",
        start="2026-08-24T10:00:00Z",
        end=NOW,
        sort="new",
        limit="100",
    )


def own_known(*rows: Json) -> Json:
    """What the state has of issues that are there."""
    return {"known": knowing(*rows)["parent_state"]["issues"]["known"]}


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
    sentry.answers(the_list("1", START), page(RESOLVED, a_life(4)))

    done = sync("issue_states", state=knowing(QUIET, a_life(4)))

    assert done.records("issue_states") == [shown(RESOLVED)]
    assert len(done.warnings()) == 1
    assert "does not answer for issues by id" in done.warnings()[0]


@pytest.mark.parametrize("count", [1, 2])
def test_given_a_server_that_refuses_ids_late_when_some_were_answered_then_no_change_is_lost(
    count: int, sentry: SentryMock
) -> None:
    rows = [a_life(number) for number in range(3, 3 + count)]
    lists(sentry, *(an_issue(int(row["id"]), "2026-11-22T09:30:00Z") for row in rows))
    answers_ids(sentry, *(row["id"] for row in rows), rows=rows)
    quiet = [a_life(number) for number in range(50, 60)]
    sentry.answers(by_id(*(row["id"] for row in quiet)), REFUSES)
    listed = [{**an_issue(int(row["id"])), **row} for row in rows]
    lists(sentry, *listed, start="")
    sentry.answers(the_list("1", START), page(*rows))
    done = sync("issue_states", state=knowing(*quiet))
    assert done.records("issue_states") == [shown(row) for row in rows]
    assert unpack(own_state(done, "issue_states")["known"]["1"]).keys() == {row["id"] for row in [*rows, *quiet]}


def test_given_a_server_that_answers_for_none_of_many_when_read_then_its_list_tells(sentry: SentryMock) -> None:
    rows = [a_life(number) for number in range(3, 15)]
    lists(sentry)
    answers_ids(sentry, 3, 4, rows=[])
    answers_ids(sentry, *range(5, 15), rows=[])
    lists(sentry, start="")
    done = sync("issue_states", state=knowing(*rows))
    assert own_state(done, "issue_states") == {**own_known(*rows), "missing": {}, **NOW_SYNCED}
    assert "does not answer for issues by id" in done.warnings()[0]


def test_given_a_survivor_that_stands_in_for_a_merged_issue_when_read_then_the_answer_is_by_id(
    sentry: SentryMock,
) -> None:
    lists(sentry)
    answers_ids(sentry, 3, 4, rows=[QUIET, a_life(4)])
    answers_ids(sentry, 5, 6, rows=[a_life(5), a_life(99)])
    done = sync("issue_states", state=knowing(QUIET, *(a_life(number) for number in (4, 5, 6))))
    assert own_state(done, "issue_states")["missing"].keys() == {"6"}
    assert done.warnings() == []


def test_given_an_answer_by_id_that_has_pages_when_read_then_all_of_them_are(sentry: SentryMock) -> None:
    rows = [a_life(3), a_life(4), a_life(5, status="resolved")]
    known = [a_life(number) for number in (1, 2, 3, 4, 5)]
    lists(sentry)
    answers_ids(sentry, 1, 2, rows=known[:2])
    asked: Any = {"group": ["3", "4", "5"], "project": "-1", "collapse": ["stats", "unhandled"]}
    sentry.answers(organization_request("issues/", **asked), page(*rows[:2], next_cursor="0:2:0"))
    sentry.answers(organization_request("issues/", **asked, cursor="0:1:0"), page(*rows[1:]))
    answers_ids(sentry, 5, rows=rows[2:])
    done = sync("issue_states", state=knowing(*known))
    assert done.records("issue_states") == [shown(rows[2])]
    assert own_state(done, "issue_states")["missing"] == {}


def test_given_an_issue_on_its_way_out_when_read_then_its_status_is_no_row(sentry: SentryMock) -> None:
    lists(sentry)
    leaving = [a_life(3, status="pending_deletion"), a_life(4, status="pending_merge")]
    answers_ids(sentry, 3, 4, rows=leaving)
    done = sync("issue_states", state=knowing(QUIET, a_life(4)))
    assert done.records("issue_states") == []
    assert own_state(done, "issue_states") == {
        **own_known(a_life(4)),
        "missing": {"3": {"project": "1", "since": None}},
        **NOW_SYNCED,
    }


def test_given_an_issue_that_moved_to_another_project_when_read_then_it_is_a_row_and_known_there(
    sentry: SentryMock,
) -> None:
    lists(sentry)
    moved = a_life(3, project="2")
    answers_ids(sentry, 3, rows=[moved], times=2)
    done = sync("issue_states", state=knowing(QUIET))
    assert done.records("issue_states") == [shown(moved)]
    assert own_state(done, "issue_states") == {**own_known(moved), "missing": {}, **NOW_SYNCED}


@pytest.mark.parametrize("odd", ["abc", None, "-3", "²"])
def test_given_an_issue_whose_id_is_no_number_when_read_then_the_others_are(odd: Any, sentry: SentryMock) -> None:
    lists(sentry, {**an_issue(1), "id": odd}, an_issue(3))
    answers_ids(sentry, 3, rows=[RESOLVED], times=2)
    done = sync("issue_states", state=knowing(QUIET))
    assert done.records("issue_states") == [shown(RESOLVED)]


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
