from collections import Counter
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import DAY, ISSUES, Client, running


@pytest.fixture(scope="module")
def issues(today: Client) -> list[dict[str, Any]]:
    return today.all(ISSUES, query="", project=1)


def below(issue: dict[str, Any] | str, path: str) -> str:
    return f"{ISSUES}{issue if isinstance(issue, str) else issue['id']}/{path}"


def test_given_issues_when_their_events_are_read_then_they_are_those_of_the_project(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    events = today.all("/projects/acme/backend/events/")
    of_issue = Counter(event["groupID"] for event in events)
    for issue in issues:
        found = today.all(below(issue, "events/"))
        assert len(found) == of_issue[issue["id"]] == int(issue["count"])
        assert found == [event for event in events if event["groupID"] == issue["id"]]
    assert "entries" in today.get(below(issues[0], "events/"), full=1).json()[0]


def test_given_an_issue_when_its_tags_are_read_then_they_count_its_events(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    events = today.all(below(issues[0], "events/"))
    counts = Counter((tag["key"], tag["value"]) for event in events for tag in event["tags"])
    tags = today.get(below(issues[0], "tags/")).json()
    assert {tag["key"] for tag in tags} == {key for key, _ in counts}
    found: dict[tuple[str, str], int] = {}
    for tag in tags:
        values = today.all(below(issues[0], f"tags/{tag['key']}/values/"))
        found |= {(tag["key"], value["value"]): value["count"] for value in values}
        assert (len(values), sum(value["count"] for value in values)) == (tag["uniqueValues"], tag["totalValues"])
    assert found == counts
    assert "key" not in today.all(below(issues[0], "tags/user/values/"))[0]
    assert today.get(below(issues[0], "tags/nothing/values/")).status_code == 404


def test_given_comments_when_they_are_read_then_there_are_as_many_as_the_issue_says(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    assert {issue["numComments"] for issue in issues} == {0, 1, 2}
    for issue in issues:
        comments = today.all(below(issue, "comments/"))
        assert [comment["type"] for comment in comments] == ["note"] * issue["numComments"]
        activities = today.get(below(issue, "activities/")).json()["activity"]
        assert [activity for activity in activities if activity["type"] == "note"] == comments
        assert (activities[-1]["id"], activities[-1]["type"]) == ("0", "first_seen")
        assert today.get(below(issue, "")).json()["activity"] == activities


def test_given_a_resolved_issue_when_it_was_quiet_and_came_back_then_both_are_told(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    kinds = {
        activity["type"]
        for issue in issues
        if issue["status"] == "resolved"
        for activity in today.get(below(issue, "activities/")).json()["activity"]
    }
    assert {"set_resolved", "set_regression"} <= kinds


def test_given_an_assignee_when_issues_are_searched_then_record_and_activity_agree(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    taken = [issue for issue in issues if issue["assignedTo"]]
    assert taken == today.all(ISSUES, query="is:assigned", project=1)
    activities = today.get(below(taken[0], "activities/")).json()["activity"]
    (assigned,) = [activity for activity in activities if activity["type"] == "assigned"]
    assert assigned["data"]["assignee"] == taken[0]["assignedTo"]["id"]


def test_given_hashes_when_full_is_not_empty_then_it_is_taken_for_true(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    path = below(issues[0], "hashes/")
    simple, *others = [today.get(path, **params).json()[0] for params in ({"full": ""}, {"full": "0"}, {})]
    assert "entries" not in simple["latestEvent"]
    assert all("entries" in other["latestEvent"] for other in others)
    assert 1 in Counter(len(today.all(below(issue, "hashes/"))) for issue in issues)


def test_given_attachments_when_they_are_read_below_issue_and_event_then_they_are_the_same(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    of_issues = [row for issue in issues for row in today.all(below(issue, "attachments/"))]
    assert of_issues
    for row in of_issues:
        assert row in today.all(f"/projects/acme/backend/events/{row['event_id']}/attachments/")
    assert today.get("/projects/acme/backend/events/0123/attachments/").status_code == 404
    totals = today.sandbox.totals()
    assert sorted(totals["issue_attachments"]) == sorted(totals["event_attachments"])


def test_given_an_event_when_it_is_read_then_its_neighbours_are_those_of_the_issue(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    ids = [event["id"] for event in today.all(below(issues[0], "events/"))]
    for place, name in enumerate(ids):
        detail = today.get(f"/projects/acme/backend/events/{name}/").json()
        neighbours = (ids[place - 1] if place else None, ids[place + 1] if name != ids[-1] else None)
        assert (detail["nextEventID"], detail["previousEventID"]) == neighbours
        assert {"entries", "release", "userReport"} <= set(detail)


def test_given_reports_and_linked_issues_when_they_are_read_then_some_issues_have_them(
    today: Client, issues: list[dict[str, Any]]
) -> None:
    for issue in issues:
        assert len(today.all(below(issue, "user-feedback/"))) == today.get(below(issue, "")).json()["userReportCount"]
        links = today.all(below(issue, "external-issues/"))
        assert {link["issueId"] for link in links} <= {issue["id"]}
    totals = today.sandbox.totals()
    assert 0 < len(totals["issue_external_issues"]) < len(totals["issues"])
    assert totals["issue_user_feedback"]


def test_given_feedback_when_its_issue_is_read_then_it_holds_what_was_written(today: Client) -> None:
    (first, *_) = today.all(ISSUES, query="issue.category:feedback", project=1)
    assert {"message", "name", "contact_email"} <= set(first["metadata"])
    assert today.all(below(first, "events/"))[0]["event.type"] == "generic"


def test_given_the_clock_when_it_moves_then_issues_and_their_story_appear() -> None:
    with running() as client:
        before = client.sandbox.totals()
        client.sandbox.advance(5 * DAY)
        after = client.sandbox.totals()
        (new, *_) = set(after["issues"]) - set(before["issues"])
        assert client.get(below(new, "")).json()["id"] == new
    assert len(after["issue_activities"]) > len(before["issue_activities"])


def test_given_an_issue_that_is_not_there_when_it_is_asked_then_404_and_403_for_a_closed_project() -> None:
    with running() as client:
        issue = client.all(ISSUES, query="", project=1)[0]["id"]
        assert [client.get(below(name, "")).status_code for name in ("1", "99000000", "1899999")] == [404] * 3
        client.sandbox.configure(forbidden_projects=("backend",))
        assert client.get(below(issue, "")).status_code == 403
        client.sandbox.configure(forbidden_projects=(), missing_projects=("backend",))
        assert client.get(below(issue, "")).status_code == 404
