"""Issues that were merged or deleted, and those that only seem to be."""

from typing import Any

import pytest

from unit_tests.source_sentry.builders import NOW, START, an_issue
from unit_tests.source_sentry.endpoints import old_issues
from unit_tests.source_sentry.issue_life import (
    CLOSED,
    EARLIER,
    GONE,
    LISTED_FROM,
    NOW_SYNCED,
    a_life,
    alone,
    answers_ids,
    knowing,
    lists,
    own_state,
    sync,
)
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page

QUIET = a_life(3)
STREAM = "issue_tombstones"
BEFORE = {"3": {"project": "1", "since": EARLIER}}


def is_missing(sentry: SentryMock, body: Any, status: int = 200, *, scopes: tuple[str, ...] = ("event:read",)) -> None:
    """Let issue 3 be missing among those that are asked for by id, and answer like that alone."""
    lists(sentry)
    answers_ids(sentry, 3, rows=[])
    sentry.answers_scopes(*scopes)
    sentry.answers(alone(3), answer(body, status))


def deletions(since: str = EARLIER) -> SentryRequest:
    return organization_request("audit-logs/", event="issue.delete", start=since, end=NOW, per_page="100")


def test_given_issues_that_are_there_when_read_then_no_tombstone(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[QUIET])
    done = sync(STREAM, state=knowing(QUIET))
    assert done.records(STREAM) == []
    assert own_state(done, STREAM)["known"] == knowing(QUIET)["parent_state"]["issues"]["known"]


def test_given_a_merged_issue_when_asked_alone_then_the_tombstone_names_the_survivor(sentry: SentryMock) -> None:
    is_missing(sentry, a_life(9))
    done = sync(STREAM, state=knowing(QUIET))
    tombstone = {"id": "3", "projectId": "1", "mergedInto": "9", "deleted": False, "observedAt": NOW}
    assert done.records(STREAM) == [tombstone]
    assert own_state(done, STREAM) == {"missing": {}, **NOW_SYNCED}
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
    assert own_state(done, STREAM)["missing"] == {}


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
    sentry.is_old()
    sentry.answers(old_issues("backend", "1", START), page({**an_issue(4), **a_life(4)}))
    sentry.answers_scopes("event:read")
    sentry.answers(SentryRequest(alone(3).exact[0].replace("organizations/acme/", "")), answer(QUIET))
    done = sync(STREAM, state=knowing(QUIET, a_life(4)))
    assert done.records(STREAM) == []
    assert own_state(done, STREAM)["known"] == knowing(a_life(4))["parent_state"]["issues"]["known"]
    assert own_state(done, STREAM)["missing"] == {}
    assert LISTED_FROM not in str(sentry.requested)
