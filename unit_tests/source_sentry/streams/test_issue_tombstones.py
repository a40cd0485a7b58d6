"""Issues that were merged or deleted, and those that only seem to be."""

from typing import Any

import pytest

from source_sentry.life.packs import pack
from unit_tests.source_sentry.builders import BACKEND, NOW, START, an_issue, without
from unit_tests.source_sentry.endpoints import issues, old_issues
from unit_tests.source_sentry.issue_life import (
    BEFORE,
    CLOSED,
    EARLIER,
    GONE,
    LISTED_FROM,
    NOW_SYNCED,
    QUIET,
    a_life,
    alone,
    answers_ids,
    is_missing,
    knowing,
    lists,
    own_state,
    sync,
    without_digests,
)
from unit_tests.source_sentry.sentry_mock import (
    PROJECTS,
    ROUTE,
    SentryMock,
    SentryRequest,
    answer,
    organization_request,
    page,
)

STREAM = "issue_tombstones"


def deletions(since: str = EARLIER) -> SentryRequest:
    return organization_request("audit-logs/", event="issue.delete", start=since, end=NOW, per_page="100")


def test_given_issues_that_are_there_when_read_then_no_tombstone(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[QUIET])
    done = sync(STREAM, state=knowing(QUIET))
    assert done.records(STREAM) == []
    assert own_state(done, STREAM)["known"] == without_digests(QUIET)


def test_given_a_merged_issue_when_asked_alone_then_the_tombstone_names_the_survivor(sentry: SentryMock) -> None:
    is_missing(sentry, a_life(9))
    done = sync(STREAM, state=knowing(QUIET))
    tombstone = {"id": "3", "projectId": "1", "mergedInto": "9", "deleted": False, "observedAt": NOW}
    assert done.records(STREAM) == [tombstone]
    merged = {"project": "1", "since": None, "gone": NOW}
    assert own_state(done, STREAM) == {"missing": {"3": merged}, **NOW_SYNCED}
    assert done.warnings() == []


def test_given_a_404_when_seen_once_then_it_may_be_a_merge_under_way_and_is_kept(sentry: SentryMock) -> None:
    is_missing(sentry, GONE, 404)
    done = sync(STREAM, state=knowing(QUIET))
    assert done.records(STREAM) == []
    assert own_state(done, STREAM) == {"missing": {"3": {"project": "1", "since": NOW}}, **NOW_SYNCED}


@pytest.mark.parametrize("how_often", ["always", "never"])
def test_given_a_404_when_seen_in_two_syncs_then_deleted(how_often: str, sentry: SentryMock) -> None:
    is_missing(sentry, GONE, 404)
    done = sync(STREAM, state=knowing(missing=BEFORE), issue_reconcile=how_often)
    assert done.records(STREAM) == [{"id": "3", "projectId": "1", "deleted": True, "observedAt": NOW}]
    assert own_state(done, STREAM)["missing"] == {"3": {**BEFORE["3"], "deleted": NOW}}


def test_given_a_404_before_when_the_merge_is_done_then_merged(sentry: SentryMock) -> None:
    is_missing(sentry, a_life(9))
    (tombstone,) = sync(STREAM, state=knowing(missing=BEFORE)).records(STREAM)
    assert (tombstone["mergedInto"], tombstone["deleted"]) == ("9", False)


def test_given_the_scope_of_the_audit_log_when_it_names_the_issue_then_deleted_at_once(sentry: SentryMock) -> None:
    is_missing(sentry, GONE, 404, scopes=("event:read", "org:write"))
    entry = {"id": "1", "event": "issue.delete", "targetObject": 3}
    sentry.answers(deletions(), answer({"rows": [entry], "options": []}))
    (tombstone,) = sync(STREAM, state=knowing(QUIET)).records(STREAM)
    assert (tombstone["id"], tombstone["deleted"]) == ("3", True)


@pytest.mark.parametrize("refusal", [answer({"rows": [], "options": []}), answer(CLOSED, 403)], ids=["empty", "403"])
def test_given_an_audit_log_that_does_not_tell_when_read_then_the_next_sync_does(
    refusal: Any, sentry: SentryMock
) -> None:
    is_missing(sentry, GONE, 404, scopes=("event:read", "org:write"))
    sentry.answers(deletions(), refusal)
    if refusal.status_code == 403:
        sentry.answers(organization_request(""), answer({"id": "1"}))
    done = sync(STREAM, state=knowing(QUIET))
    assert done.records(STREAM) == []
    assert own_state(done, STREAM)["missing"] == {"3": {"project": "1", "since": NOW}}


def test_given_a_403_when_asked_alone_then_access_is_lost_and_the_issue_is_kept(sentry: SentryMock) -> None:
    is_missing(sentry, CLOSED, 403)
    done = sync(STREAM, state=knowing(missing=BEFORE))
    assert done.records(STREAM) == []
    assert own_state(done, STREAM)["missing"] == {"3": {"project": "1", "since": None}}
    assert done.warnings() == [
        "Stream `issue_tombstones`: some issues are closed to the token now. They do not count as deleted."
    ]


def test_given_an_issue_that_answers_alone_when_it_was_missing_then_it_is_kept(sentry: SentryMock) -> None:
    is_missing(sentry, QUIET)
    done = sync(STREAM, state=knowing(missing=BEFORE))
    assert done.records(STREAM) == []
    assert own_state(done, STREAM)["missing"] == {"3": {"project": "1", "since": None}}


def test_given_a_project_that_vanished_when_read_then_its_issues_do_not_count_as_deleted(sentry: SentryMock) -> None:
    lists(sentry)
    state = knowing(a_life(9, project="2"), missing={"8": {"project": "2", "since": EARLIER}})
    state["parent_state"]["issues"]["states"][0]["partition"] = {"project": "1"}
    done = sync(STREAM, state=state)
    assert done.records(STREAM) == []
    assert own_state(done, STREAM)["missing"] == {"8": {"project": "2", "since": EARLIER}}
    assert own_state(done, STREAM)["known"].keys() == {"2"}


def test_given_a_server_in_trouble_when_asked_alone_then_the_stream_fails_and_the_issue_is_kept(
    sentry: SentryMock,
) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[])
    sentry.answers_scopes("event:read")
    sentry.answers(alone(3), *[answer({"detail": "Internal Error"}, 500) for _ in range(9)])
    done = sync(STREAM, state=knowing(QUIET), fails=True)
    assert done.status(STREAM) == "INCOMPLETE"
    assert "missing" not in str([state["parent_state"]["issues"].get("missing") for state in done.states(STREAM)])


def test_given_an_old_server_when_an_issue_is_only_quiet_then_it_is_asked_alone_once(sentry: SentryMock) -> None:
    listed = page({**an_issue(4), **a_life(4)})
    sentry.answers(ROUTE, answer("", 404), answer("", 404))
    sentry.answers(old_issues("backend", "1", START), listed, listed)
    sentry.answers_scopes("event:read")
    sentry.answers(SentryRequest(alone(3).exact[0].replace("organizations/acme/", "")), answer(QUIET))
    first = sync(STREAM, state=knowing(QUIET, a_life(4)))
    assert own_state(first, STREAM)["missing"] == {"3": {"project": "1", "since": None, "quiet": True}}
    assert LISTED_FROM not in str(sentry.requested)

    again = sync(STREAM, state=first.state(STREAM))
    assert first.records(STREAM) == again.records(STREAM) == []
    assert own_state(again, STREAM) == {"known": {"1": pack({"3": "-", "4": ""})}, "missing": {}, **NOW_SYNCED}


def test_given_a_new_issue_that_vanished_when_its_project_does_too_then_it_does_not_count_as_deleted(
    sentry: SentryMock,
) -> None:
    other = {**BACKEND, "id": "2", "slug": "other"}
    sentry.answers(PROJECTS, page(BACKEND), page(other))
    lists(sentry, an_issue(3))
    answers_ids(sentry, 3, rows=[])
    sentry.answers_scopes("event:read")
    sentry.answers(alone(3), answer(GONE, 404))
    first = sync(STREAM, state=knowing())
    assert own_state(first, STREAM)["missing"] == {"3": {"project": "1", "since": NOW}}

    sentry.answers(issues("2"), page())
    again = sync(STREAM, state=first.state(STREAM))
    assert again.records(STREAM) == []
    assert own_state(again, STREAM)["missing"] == {"3": {"project": "1", "since": NOW}}


def test_given_a_hundred_merged_issues_when_another_is_in_trouble_then_the_state_forgets_none_of_them(
    sentry: SentryMock,
) -> None:
    merged = [a_life(number) for number in range(1, 103)]
    sentry.answers_projects(BACKEND, {**BACKEND, "id": "2", "slug": "other"})
    lists(sentry, *(an_issue(number) for number in range(1, 103)))
    sentry.answers(issues("2", LISTED_FROM), page(an_issue(150)))
    answers_ids(sentry, 1, 2, rows=[a_life(2)])
    answers_ids(sentry, *range(3, 103), rows=[])
    answers_ids(sentry, 150, rows=[])
    sentry.answers_scopes("event:read")
    for number in {*range(1, 103)} - {2}:
        sentry.answers(alone(number), answer(a_life(2)))
    sentry.answers(alone(150), *[answer({"detail": "Internal Error"}, 500) for _ in range(9)])
    state = knowing(*merged, a_life(150, project="2"))
    done = sync(STREAM, state=state, fails=True)
    assert {record["mergedInto"] for record in done.records(STREAM)} <= {"2"}
    assert own_state(done, STREAM) == without(state["parent_state"]["issues"], "use_global_cursor", "states")
