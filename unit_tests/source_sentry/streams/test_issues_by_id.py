"""What a server answers for issues by id, and those that do not know ids."""

from typing import Any

import pytest

from source_sentry.life.packs import unpack
from unit_tests.source_sentry.builders import NOW, START, an_issue
from unit_tests.source_sentry.endpoints import old_issues
from unit_tests.source_sentry.issue_life import (
    CLOSED,
    LISTED_FROM,
    NOW_SYNCED,
    QUIET,
    RESOLVED,
    a_life,
    answers_ids,
    by_id,
    knowing,
    lists,
    own_known,
    own_state,
    shown,
    sync,
)
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page


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


@pytest.mark.parametrize("odd", ["abc", None, "-3", "²"])
def test_given_an_issue_whose_id_is_no_number_when_read_then_the_others_are(odd: Any, sentry: SentryMock) -> None:
    lists(sentry, {**an_issue(1), "id": odd}, an_issue(3))
    answers_ids(sentry, 3, rows=[RESOLVED], times=2)
    done = sync("issue_states", state=knowing(QUIET))
    assert done.records("issue_states") == [shown(RESOLVED)]


def test_given_an_old_server_when_nothing_is_due_then_only_its_list_is_read(sentry: SentryMock) -> None:
    sentry.is_old()
    sentry.answers(old_issues("backend", "1", LISTED_FROM), page())
    done = sync("issue_states", state=knowing(QUIET), issue_reconcile="never")
    assert done.records("issue_states") == []
