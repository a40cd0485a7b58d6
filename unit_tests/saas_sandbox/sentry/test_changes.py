"""Events that come, issues that are merged and deleted, while the sandbox runs."""

import pytest

from unit_tests.saas_sandbox.sentry.client import EVENTS, Client, running

ISSUES = "/organizations/acme/issues/"


def counts(client: Client) -> dict[str, int]:
    """Events of each issue of the project backend."""
    window = {"start": "2025-12-02T12:00:01Z", "end": "2026-03-02T12:00:01Z"}
    found = client.all(ISSUES, project="1", query="", **window)
    return {issue["id"]: int(issue["count"]) for issue in found}


def ids(client: Client) -> list[str]:
    return [event["id"] for event in client.all(EVENTS)]


def test_given_an_issue_when_it_gets_events_then_they_are_the_newest_and_it_counts_them() -> None:
    with running() as client:
        before, issues = ids(client), counts(client)
        issue = min(issues)
        added = client.control("add_events", issue=issue, count=2).json()["events"]
        client.control("advance", seconds=1)
        assert ids(client) == [*sorted(added, reverse=True), *before]
        assert counts(client) == {**issues, issue: issues[issue] + 2}


def test_given_two_issues_when_merged_then_one_is_left_with_the_events_of_both() -> None:
    with running() as client:
        before, issues = ids(client), counts(client)
        one, other, *_ = issues
        client.control("merge_issue", issue=one, into=other)
        merged = counts(client)
        assert one not in merged
        assert merged[other] == issues[one] + issues[other]
        assert ids(client) == before


def test_given_an_issue_when_deleted_then_its_events_are_gone_too() -> None:
    with running() as client:
        before, issues = ids(client), counts(client)
        gone = min(issues)
        client.control("delete_issue", issue=gone)
        assert counts(client) == {issue: count for issue, count in issues.items() if issue != gone}
        assert len(ids(client)) == len(before) - issues[gone]
        assert set(ids(client)) < set(before)
        assert client.look("totals")["events"]["backend"] == ids(client)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("add_events", {"issue": "none"}),
        ("delete_issue", {"issue": "none"}),
        ("merge_issue", {"issue": "none", "into": "none"}),
        ("delete_issue", {"number": 1}),
    ],
)
def test_given_an_unknown_issue_when_changed_then_400(action: str, body: dict[str, str]) -> None:
    with running() as client:
        answer = client.control(action, **body)
        assert answer.status_code == 400
        assert answer.json()["detail"]
