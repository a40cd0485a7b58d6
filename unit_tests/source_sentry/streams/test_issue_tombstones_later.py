"""What becomes of an issue after its tombstone, or while it is on its way out."""

from typing import Any

import pytest

from source_sentry.life.packs import pack
from unit_tests.source_sentry.builders import NOW, an_issue
from unit_tests.source_sentry.issue_life import (
    BEFORE,
    EARLIER,
    GONE,
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
    SentryMock,
    answer,
)

STREAM = "issue_tombstones"


CALLED_DELETED = {"3": {"project": "1", "since": EARLIER, "deleted": EARLIER}}


def test_given_a_slow_merge_that_was_called_a_deletion_when_it_is_done_then_a_row_corrects_it(
    sentry: SentryMock,
) -> None:
    is_missing(sentry, a_life(9))
    (tombstone,) = sync(STREAM, state=knowing(missing=CALLED_DELETED), issue_reconcile="never").records(STREAM)
    assert (tombstone["id"], tombstone["mergedInto"], tombstone["deleted"]) == ("3", "9", False)


def test_given_a_deletion_when_it_is_a_404_a_day_later_then_it_is_asked_for_no_more(sentry: SentryMock) -> None:
    is_missing(sentry, GONE, 404)
    first = sync(STREAM, state=knowing(missing=CALLED_DELETED))
    assert own_state(first, STREAM)["missing"] == {"3": {**CALLED_DELETED["3"], "gone": NOW}}

    lists(sentry, start="2026-11-22T09:00:00Z")
    again = sync(STREAM, state=first.state(STREAM), issue_reconcile="never")
    assert first.records(STREAM) == again.records(STREAM) == []
    assert own_state(again, STREAM)["missing"] == {}
    assert own_state(again, STREAM)["gone"] == {"1": pack({"3": NOW[:10]})}


def test_given_a_deletion_of_an_hour_ago_when_read_then_it_is_not_asked_for(sentry: SentryMock) -> None:
    lists(sentry)
    missing = {"3": {"project": "1", "since": EARLIER, "deleted": "2026-11-22T09:00:00Z"}}
    done = sync(STREAM, state=knowing(missing=missing))
    assert (done.records(STREAM), own_state(done, STREAM)["missing"]) == ([], missing)


@pytest.mark.parametrize("is_listed", [True, False], ids=["with an event", "quiet"])
@pytest.mark.parametrize(
    "state", [knowing(gone="2026-11-01"), knowing(missing=CALLED_DELETED)], ids=["long ago", "yesterday"]
)
def test_given_a_tombstone_when_the_issue_is_there_again_then_a_row_takes_it_back(
    state: Any, sentry: SentryMock, *, is_listed: bool
) -> None:
    lists(sentry, *([an_issue(3)] if is_listed else []))
    answers_ids(sentry, 3, rows=[QUIET])
    sentry.answers(alone(3), answer(QUIET))
    done = sync(STREAM, state=state)
    assert done.records(STREAM) == [{"id": "3", "projectId": "1", "deleted": False, "observedAt": NOW}]
    assert own_state(done, STREAM) == {"known": without_digests(QUIET), "missing": {}, **NOW_SYNCED}


def test_given_a_tombstone_when_90_days_are_over_then_it_is_forgotten(sentry: SentryMock) -> None:
    lists(sentry)
    done = sync(STREAM, state=knowing(gone="2026-08-23"))
    assert own_state(done, STREAM) == {"missing": {}, **NOW_SYNCED}


@pytest.mark.parametrize("state", [knowing(QUIET), knowing(missing=BEFORE)], ids=["known", "missing before"])
def test_given_a_merge_under_way_when_the_server_says_so_then_it_is_waited_for(state: Any, sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[a_life(3, status="pending_merge")])
    done = sync(STREAM, state=state)
    assert done.records(STREAM) == []
    saved = state["parent_state"]["issues"]
    assert own_state(done, STREAM).get("known") == saved["known"] or not saved["known"]
    assert own_state(done, STREAM)["missing"] == saved["missing"]


def test_given_a_new_issue_when_its_merge_is_under_way_then_its_end_is_seen_later(sentry: SentryMock) -> None:
    lists(sentry, an_issue(3))
    answers_ids(sentry, 3, rows=[a_life(3, status="pending_merge")])
    done = sync(STREAM, state=knowing())
    assert own_state(done, STREAM)["known"] == without_digests(QUIET)


def test_given_a_deletion_under_way_when_asked_alone_then_its_404_counts(sentry: SentryMock) -> None:
    lists(sentry)
    answers_ids(sentry, 3, rows=[a_life(3, status="pending_deletion")])
    sentry.answers_scopes("event:read")
    sentry.answers(alone(3), answer(GONE, 404))
    done = sync(STREAM, state=knowing(missing=BEFORE))
    assert [row["deleted"] for row in done.records(STREAM)] == [True]
