"""What lies below an issue: a request for each issue that had an event since the last sync."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from source_sentry import SourceSentry
from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import BACKEND, NOW, WEB, Json, a_config, an_issue
from unit_tests.source_sentry.endpoints import issues
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import Sync, project_states, read_source

LIST, OBJECT = "list", "object"
PER_PAGE = {"per_page": "100"}


@dataclass(frozen=True)
class Case:
    """Path below the issue, primary key, what an answer holds, and the parameters."""

    path: str
    key: tuple[str, ...] = ("id",)
    shape: str = LIST
    params: Mapping[str, str] = field(default_factory=lambda: PER_PAGE)


CASES = {
    "issue_details": Case("", shape=OBJECT, params={}),
    "issue_attachments": Case("attachments/"),
    "issue_comments": Case("comments/"),
    "issue_events": Case("events/", ("eventID",)),
    "issue_external_issues": Case("external-issues/"),
    "issue_hashes": Case("hashes/", ("issueId", "id"), params={**PER_PAGE, "full": ""}),
    "issue_integrations": Case("integrations/", ("issueId", "id")),
    "issue_tags": Case("tags/", ("issueId", "key")),
    "issue_user_feedback": Case("user-feedback/"),
}
SHARED = ("issue_hashes", "issue_integrations", "issue_tags")
"""Streams where two issues may have children of the same id."""


def below(issue: int, path: str, **params: str) -> SentryRequest:
    return organization_request(f"issues/{issue}/{path}", **params)


def sync(stream: str, state: Json | None = None, **settings: Any) -> Sync:
    saved = {stream: state} if state else {}
    return read_source(SourceSentry, stream, config=a_config(**settings), state=saved, incremental=True)


def answers_issues(sentry: SentryMock, *found: Json, start: str | None = None) -> None:
    """Let the one project have the issues `found`."""
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1", start) if start else issues("1"), page(*found))


def parent_state(cursor: str) -> Json:
    return {"parent_state": {"issues": project_states("lastSeen", {"1": cursor})}}


def test_given_table_when_compared_then_it_has_every_child_of_issues() -> None:
    routers = {name: found["retriever"].get("partition_router", {}) for name, found in streams("source_sentry").items()}
    children = {name for name, router in routers.items() if router.get("parent") in ("issues", "issue_tags")}
    assert children == {*CASES, "issue_tag_values", "issue_activities", "issue_states", "issue_tombstones"}


@pytest.mark.parametrize("stream", CASES)
def test_given_issues_of_two_projects_when_read_then_a_request_each_and_their_ids(
    stream: str, sentry: SentryMock
) -> None:
    case = CASES[stream]
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(issues("1"), page(an_issue(3, "2026-11-20T08:00:00Z", numComments=2)))
    sentry.answers(issues("2"), page(an_issue(4, "2026-11-21T08:00:00Z")))
    rows = {issue: a_row(1 if stream in SHARED else issue) for issue in (3, 4)}
    for issue, row in rows.items():
        bodies = {OBJECT: answer(row), LIST: page(row)}
        sentry.answers(below(issue, case.path, **case.params), bodies[case.shape])

    done = sync(stream)

    seen = {3: "2026-11-20T08:00:00Z", 4: "2026-11-21T08:00:00Z"}
    expected = [{**row, "issueId": str(issue), "issueLastSeen": seen[issue]} for issue, row in rows.items()]
    found = sorted(done.records(stream), key=lambda record: str(record["issueId"]))
    assert found == expected
    assert len({tuple(record[name] for name in case.key) for record in found}) == len(expected)
    assert tuple(streams("source_sentry")[stream]["primary_key"]) == case.key
    assert done.state(stream)["parent_state"]["issues"] == project_states("lastSeen", {"1": NOW, "2": NOW})
    assert done.warnings() == []


@pytest.mark.parametrize("stream", CASES)
def test_given_no_event_since_the_last_sync_when_read_then_no_issue_is_asked(stream: str, sentry: SentryMock) -> None:
    answers_issues(sentry, start="2026-11-22T08:00:00Z")
    done = sync(stream, parent_state("2026-11-22T09:00:00Z"))
    assert done.records(stream) == []
    assert done.state(stream) == parent_state(NOW)


def test_given_two_pages_of_hashes_when_read_then_both(sentry: SentryMock) -> None:
    answers_issues(sentry, an_issue(3))
    params = CASES["issue_hashes"].params
    sentry.answers(below(3, "hashes/", **params), page({"id": "a"}, next_cursor="4712:100:0"))
    sentry.answers(below(3, "hashes/", **params, cursor="4712:100:0"), page({"id": "b"}))
    assert [record["id"] for record in sync("issue_hashes").records("issue_hashes")] == ["a", "b"]


def test_given_issues_without_comments_when_read_then_only_the_others_are_asked(sentry: SentryMock) -> None:
    answers_issues(sentry, an_issue(3, numComments=0), an_issue(4, numComments=1), an_issue(5))
    for issue in (4, 5):
        sentry.answers(below(issue, "comments/", **PER_PAGE), page(a_row(issue)))
    found = sync("issue_comments").records("issue_comments")
    assert sorted(record["issueId"] for record in found) == ["4", "5"]


def test_given_deleted_issue_when_read_then_the_others_complete_without_a_warning(sentry: SentryMock) -> None:
    answers_issues(sentry, an_issue(3), an_issue(4))
    sentry.answers(below(3, ""), answer({"detail": "The requested resource does not exist"}, 404))
    sentry.answers(below(4, ""), answer({"id": "4"}))
    done = sync("issue_details")
    assert [record["id"] for record in done.records("issue_details")] == ["4"]
    assert (done.state("issue_details"), done.warnings()) == (parent_state(NOW), [])


def test_given_merged_issue_when_read_then_the_record_is_the_survivor_and_names_the_issue_asked(
    sentry: SentryMock,
) -> None:
    answers_issues(sentry, an_issue(3))
    sentry.answers(below(3, ""), answer({"id": "9"}))
    (record,) = sync("issue_details").records("issue_details")
    assert (record["id"], record["issueId"]) == ("9", "3")


def test_given_tags_of_two_issues_when_their_values_are_read_then_a_request_for_each_tag(sentry: SentryMock) -> None:
    answers_issues(sentry, an_issue(3), an_issue(4))
    for issue, keys in {3: ("level", "user"), 4: ("level",)}.items():
        sentry.answers(below(issue, "tags/", **PER_PAGE), answer([{"key": key, "totalValues": 1} for key in keys]))
        sentry.answers(below(issue, "tags/level/values/", **PER_PAGE), page({"key": "level", "value": "error"}))
    # A person instead of the key
    sentry.answers(below(3, "tags/user/values/", **PER_PAGE), page({"id": "7", "value": "id:7"}))

    done = sync("issue_tag_values")

    found = [(record["issueId"], record["key"], record["value"]) for record in done.records("issue_tag_values")]
    assert sorted(found) == [("3", "level", "error"), ("3", "user", "id:7"), ("4", "level", "error")]
    assert {record["issueLastSeen"] for record in done.records("issue_tag_values")} == {"2026-11-20T08:00:00Z"}
    assert done.state("issue_tag_values") == {"parent_state": {"issue_tags": parent_state(NOW)}}


def test_given_odd_tag_key_when_its_values_are_read_then_it_is_quoted(sentry: SentryMock) -> None:
    answers_issues(sentry, an_issue(3))
    sentry.answers(below(3, "tags/", **PER_PAGE), answer([{"key": "a/b c"}]))
    sentry.answers(below(3, "tags/a%2Fb%20c/values/", **PER_PAGE), page({"key": "a/b c", "value": ""}))
    (record,) = sync("issue_tag_values").records("issue_tag_values")
    assert (record["key"], record["value"]) == ("a/b c", "")


def test_given_no_event_since_the_last_sync_when_tag_values_are_read_then_no_tag_is_asked(sentry: SentryMock) -> None:
    answers_issues(sentry, start="2026-11-22T08:00:00Z")
    state = {"parent_state": {"issue_tags": parent_state("2026-11-22T09:00:00Z")}}
    done = sync("issue_tag_values", state)
    assert done.state("issue_tag_values") == {"parent_state": {"issue_tags": parent_state(NOW)}}


@pytest.mark.parametrize("stream", ["issue_tags", "issue_tag_values"])
def test_given_a_date_as_state_when_read_then_it_is_that_of_the_issues(stream: str, sentry: SentryMock) -> None:
    answers_issues(sentry, start="2026-11-22T08:00:00Z")
    done = sync(stream, {"issueLastSeen": "2026-11-22T09:00:00Z"})
    assert done.records(stream) == []
    assert NOW in str(done.state(stream))


def test_given_feedback_when_read_then_only_its_category_is_searched(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    row = an_issue(3, metadata={"message": "too slow", "contact_email": "bo@customer.example", "name": "Bo"})
    sentry.answers(issues("1", search="issue.category:feedback"), page(row))
    done = sync("feedback", issue_query="is:unresolved")
    assert (done.records("feedback"), done.cursors("feedback")) == ([row], {"1": NOW})


def a_row(number: int) -> Json:
    return {"id": f"{number}", "key": f"k{number}", "eventID": f"{number:032x}", "data": {}, "isNew": False}
