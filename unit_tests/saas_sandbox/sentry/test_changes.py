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


def test_given_ids_when_asked_for_then_they_come_whatever_query_and_window_without_pages() -> None:
    with running() as client:
        one, other, *_ = counts(client)
        window = {"start": "2026-03-02T11:59:58Z", "end": "2026-03-02T11:59:59Z", "query": "nothing"}
        answer = client.get(ISSUES, group=[one, other, "77"], project="-1", collapse="stats", **window)
        assert [issue["id"] for issue in answer.json()] == [one, other]
        assert "lastSeen" not in answer.json()[0]
        assert "Link" not in answer.headers
        assert client.get(ISSUES, group="x").json() == {"detail": "Group ids must be integers"}


@pytest.mark.parametrize(("how", "status"), [("ignored", 200), ("refused", 400)])
def test_given_a_server_without_ids_when_asked_for_one_then_others_or_400(how: str, status: int) -> None:
    with running(group_ids=how) as client:
        one, *_ = counts(client)
        answer = client.get(ISSUES, group=one, project="1", query="")
        assert answer.status_code == status
        assert status != 200 or len(answer.json()) > 1


def test_given_a_closed_project_when_asked_for_one_of_its_issues_then_403_for_all() -> None:
    with running() as client:
        one, *_ = counts(client)
        client.control("settings", forbidden_projects=["backend"])
        other = client.all(ISSUES, project="2", query="")[0]["id"]
        assert client.get(ISSUES, group=[one, other], project="-1").status_code == 403


def test_given_merged_issues_when_asked_for_then_the_survivor_answers_once_the_merge_is_done() -> None:
    with running() as client:
        one, other, third, *_ = counts(client)
        client.control("merge_issue", issue=one, into=other)
        client.control("merge_issue", issue=third, into=other, pending=True)
        assert client.get(f"{ISSUES}{one}/").json()["id"] == other
        assert client.get(f"{ISSUES}{third}/").status_code == 404
        by_id = client.get(ISSUES, group=[one, third, other], project="-1").json()
        assert [(row["id"], row["status"] == "pending_merge") for row in by_id] == [(third, True), (other, False)]
        client.control("finish_merges")
        assert client.get(f"{ISSUES}{third}/").json()["id"] == other


def test_given_a_deleted_issue_when_asked_for_then_404_and_the_audit_log_names_it() -> None:
    with running() as client:
        gone, *_ = counts(client)
        client.control("delete_issue", issue=gone)
        assert client.get(f"{ISSUES}{gone}/").status_code == 404
        entry = client.get("/organizations/acme/audit-logs/", event="issue.delete").json()["rows"][0]
        assert (str(entry["targetObject"]), entry["data"]["project_slug"]) == (gone, "backend")


def test_given_an_issue_when_resolved_and_written_about_then_record_and_activities_tell_and_no_event() -> None:
    with running() as client:
        issues = client.all(ISSUES, project="1", query="is:unresolved")
        client.control("change_issue", issue=issues[0]["id"], status="resolved", notes=120)
        after = client.get(f"{ISSUES}{issues[0]['id']}/").json()
        assert (after["status"], after["numComments"]) == ("resolved", issues[0]["numComments"] + 120)
        activities = client.get(f"{ISSUES}{issues[0]['id']}/activities/").json()["activity"]
        assert (len(activities), {row["type"] for row in activities}) == (100, {"note"})
        assert issues[0]["id"] not in [issue["id"] for issue in client.all(ISSUES, project="1", query="is:unresolved")]
        assert client.control("change_issue", issue=issues[0]["id"], status="lost").status_code == 400
