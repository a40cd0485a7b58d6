from collections import Counter
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import BACKEND_ISSUES, DAY, EVENTS, ISSUES, NOW_SECONDS, Client, running

WINDOW: dict[str, Any] = {"start": NOW_SECONDS - 30 * DAY, "end": NOW_SECONDS - 10 * DAY}


def ids(records: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in records]


def test_given_no_query_when_issues_are_read_then_only_unresolved_ones_come(today: Client) -> None:
    assert {issue["status"] for issue in today.all(ISSUES)} == {"unresolved"}
    assert {issue["status"] for issue in today.all(ISSUES, query="")} == {"unresolved", "resolved", "ignored"}


@pytest.mark.parametrize("status", ["resolved", "unresolved", "ignored"])
def test_given_a_status_when_issues_are_searched_then_only_that_comes(today: Client, status: str) -> None:
    assert {issue["status"] for issue in today.all(ISSUES, query=f"is:{status}")} == {status}


def test_given_further_keys_when_issues_are_read_then_both_lists_have_them() -> None:
    with running(issue_keys=2) as client:
        for path in (ISSUES, BACKEND_ISSUES):
            metadata = client.get(path).json()[0]["metadata"]
            assert [*metadata][-2:] == ["plugin_0", "plugin_1"]


def test_given_all_projects_when_issues_are_read_then_all_come_once(today: Client) -> None:
    found = ids(today.all(ISSUES, query="", project=-1, limit=7))
    assert sorted(found) == sorted(today.sandbox.totals()["issues"])


def test_given_no_project_when_issues_are_read_then_only_the_callers_own_come(today: Client) -> None:
    assert {issue["project"]["slug"] for issue in today.all(ISSUES, query="")} == {"backend", "archive"}
    assert {issue["project"]["slug"] for issue in today.all(ISSUES, query="", project=2)} == {"web"}


@pytest.mark.parametrize(("project", "status"), [("backend", 400), ("99", 403)])
def test_given_a_wrong_project_when_issues_are_read_then_it_is_refused(
    today: Client, project: str, status: int
) -> None:
    assert today.get(ISSUES, project=project).status_code == status


def test_given_several_projects_when_issues_are_read_then_global_views_decide() -> None:
    with running() as client:
        assert client.get(ISSUES, project=["1", "2"]).status_code == 400
        client.sandbox.configure(global_views=True)
        assert {issue["project"]["id"] for issue in client.all(ISSUES, query="", project=["1", "2"])} == {"1", "2"}


def test_given_a_window_when_issues_are_read_then_numbers_are_the_windows_and_lifetime_is_not(today: Client) -> None:
    counts = Counter(event["groupID"] for event in today.all(EVENTS, **WINDOW))
    issues = {issue["id"]: issue for issue in today.all(ISSUES, query="", project=1, **WINDOW)}
    ever = {issue["id"]: issue for issue in today.all(BACKEND_ISSUES, query="")}
    assert {name: issue["count"] for name, issue in issues.items()} == {name: str(n) for name, n in counts.items()}
    assert set(issues) < set(ever)
    for name, issue in issues.items():
        assert {key: issue["lifetime"][key] for key in ("count", "userCount", "firstSeen", "lastSeen")} == {
            key: ever[name][key] for key in ("count", "userCount", "firstSeen", "lastSeen")
        }
        assert "2026-01-31T12:00:00Z" <= issue["firstSeen"] <= issue["lastSeen"] < "2026-02-20T12:00:00Z"
        assert "." not in issue["firstSeen"] + issue["lastSeen"]
    assert any(int(issue["count"]) < int(issue["lifetime"]["count"]) for issue in issues.values())


@pytest.mark.parametrize(
    ("operator", "first", "last"), [(">=", 0, 4), (">", 0, 3), ("<", 4, 99), ("<=", 3, 99), ("=", 3, 4)]
)
def test_given_last_seen_when_issues_are_searched_then_it_is_compared_by_the_second(
    today: Client, operator: str, first: int, last: int
) -> None:
    issues = today.all(ISSUES, query="", project=1)
    moment = issues[3]["lastSeen"].replace("Z", ".999Z")
    assert ids(today.all(ISSUES, query=f"lastSeen:{operator}{moment}", project=1)) == ids(issues)[first:last]


def test_given_a_window_when_last_seen_is_searched_then_the_windows_last_event_counts(today: Client) -> None:
    inside = today.all(ISSUES, query="", project=1, **WINDOW)
    newest = max(issue["lastSeen"] for issue in inside)
    assert today.all(ISSUES, query=f"lastSeen:>{newest}", project=1, **WINDOW) == []
    assert any(issue["lifetime"]["lastSeen"] > newest for issue in inside)


def test_given_a_relative_moment_when_issues_are_searched_then_it_splits_them(today: Client) -> None:
    recent, older = today.all(ISSUES, query="lastSeen:-7d"), today.all(ISSUES, query="lastSeen:+7d")
    assert recent
    assert older
    assert sorted(ids(recent + older)) == sorted(ids(today.all(ISSUES, query="")))


def test_given_a_query_with_any_term_when_issues_are_searched_then_unresolved_is_not_implied(today: Client) -> None:
    assert len({issue["status"] for issue in today.all(ISSUES, query="lastSeen:>=2025-01-01")}) == 3


def test_given_feedback_when_its_category_is_not_named_then_it_is_hidden(today: Client) -> None:
    feedback = today.all(ISSUES, query="issue.category:feedback", project=-1)
    assert sorted(ids(feedback)) == sorted(today.sandbox.totals()["feedback"])
    assert {issue["issueCategory"] for issue in feedback} == {"feedback"}
    assert not set(ids(feedback)) & set(ids(today.all(ISSUES, query="", project=-1)))


def test_given_levels_and_words_when_issues_are_searched_then_terms_combine(today: Client) -> None:
    issue = today.all(ISSUES, query="", project=1)[0]
    found = today.all(ISSUES, query=f'level:{issue["level"]} "{issue["title"]}"', project=1)
    assert issue["id"] in ids(found)
    assert today.all(ISSUES, query="no.such.tag:x") == []


def test_given_a_wrong_term_when_issues_are_searched_then_400(today: Client) -> None:
    assert today.get(ISSUES, query="is:bogus").status_code == 400
    assert "is not a valid datetime query" in today.get(ISSUES, query="lastSeen:>soon").json()["detail"]


def test_given_environments_when_issues_are_read_then_only_their_events_count(today: Client) -> None:
    events = [{tag["key"]: tag["value"] for tag in event["tags"]} | event for event in today.all(EVENTS)]
    counts = Counter(event["groupID"] for event in events if event["environment"] in ("staging", "canary"))
    issues = today.all(ISSUES, query="", project=1, environment=["staging", "canary"])
    assert {issue["id"]: issue["count"] for issue in issues} == {name: str(n) for name, n in counts.items()}


def test_given_sorts_when_issues_are_read_then_date_is_by_last_event_and_new_by_first(today: Client) -> None:
    by_date, by_new = today.all(ISSUES, query="", limit=5), today.all(ISSUES, query="", limit=5, sort="new")
    assert [issue["lastSeen"] for issue in by_date] == sorted((i["lastSeen"] for i in by_date), reverse=True)
    first = [issue["lifetime"]["firstSeen"][:19] for issue in by_new]
    assert first == sorted(first, reverse=True)
    assert sorted(ids(by_date)) == sorted(ids(by_new))


def test_given_new_events_when_issues_are_paged_by_date_then_moved_ones_are_missed_but_not_by_new() -> None:
    with running() as client:
        before = {sort: client.get(ISSUES, query="", project=1, limit=6, sort=sort) for sort in ("date", "new")}
        client.sandbox.advance(DAY * 20)
        for sort, complete in (("date", False), ("new", True)):
            rest = client.all(ISSUES, query="", project=1, sort=sort, cursor=before[sort].links["next"]["cursor"])
            started = {i["id"] for i in client.all(BACKEND_ISSUES, query="firstSeen:<2026-03-02T12:00:00")}
            assert (started <= {*ids(before[sort].json()), *ids(rest)}) is complete


def test_given_collapse_and_expand_when_issues_are_read_then_fields_go_and_come(today: Client) -> None:
    plain = today.get(ISSUES, limit=1).json()[0]
    collapsed = today.get(ISSUES, limit=1, collapse=["stats", "unhandled"]).json()[0]
    expanded = today.get(ISSUES, limit=1, expand=["inbox", "owners"]).json()[0]
    assert set(plain) - set(collapsed) == {
        *("count", "userCount", "firstSeen", "lastSeen", "stats", "lifetime", "filtered", "isUnhandled")
    }
    assert set(expanded) - set(plain) == {"inbox", "owners"}


def test_given_a_caller_without_projects_when_issues_are_read_then_no_link_comes() -> None:
    with running() as client:
        client.control("settings", tokens={"sntryu_lonely": {"projects": []}})
        answer = client.get(ISSUES, token="sntryu_lonely")
        assert (answer.json(), "Link" in answer.headers) == ([], False)


def test_given_a_project_when_its_issues_are_read_then_windows_do_nothing_and_numbers_are_lifetime(
    today: Client,
) -> None:
    assert today.get(BACKEND_ISSUES, **WINDOW).json() == today.get(BACKEND_ISSUES).json()
    assert {issue["status"] for issue in today.all(BACKEND_ISSUES)} == {"unresolved"}
    assert "X-Hits" in today.get(BACKEND_ISSUES).headers


@pytest.mark.parametrize("generation", ["today", "old"])
def test_given_stats_periods_when_a_projects_issues_are_read_then_they_change_the_graph_only(
    request: pytest.FixtureRequest, generation: str
) -> None:
    client: Client = request.getfixturevalue(generation)
    graphs = {period: client.get(BACKEND_ISSUES, statsPeriod=period).json()[0] for period in ("", "24h", "14d")}
    assert "stats" not in graphs[""]
    assert [len(graphs[period]["stats"][period]) for period in ("24h", "14d")] == [24, 14]
    assert client.get(BACKEND_ISSUES, statsPeriod="30d").status_code == 400


def test_given_the_old_server_when_organization_issues_are_read_then_400_or_500(old: Client) -> None:
    assert old.get(ISSUES).json() == {"detail": "You do not have the multi project stream feature enabled"}
    assert old.get(ISSUES).status_code == 400
    assert old.get(ISSUES, project=1).status_code == 500


def test_given_the_old_server_when_a_projects_issues_are_read_then_all_come_without_todays_fields(old: Client) -> None:
    issues = old.all(BACKEND_ISSUES, query="", limit=5)
    totals = [name for name in old.sandbox.totals()["issues"] if name.startswith("1")]
    assert sorted(ids(issues)) == sorted(totals)
    assert "issueCategory" not in issues[0]
    assert {issue["status"] for issue in old.all(BACKEND_ISSUES)} == {"unresolved"}


def test_given_the_old_server_when_last_seen_is_searched_then_it_is_compared_by_the_millisecond(old: Client) -> None:
    issues = old.all(BACKEND_ISSUES, query="")
    row = next(row for row, issue in enumerate(issues) if "." in issue["lastSeen"])
    moment = issues[row]["lastSeen"]
    assert ids(old.all(BACKEND_ISSUES, query=f"lastSeen:>={moment}")) == ids(issues)[: row + 1]
    assert ids(old.all(BACKEND_ISSUES, query=f"lastSeen:>{moment}")) == ids(issues)[:row]
    assert old.get(BACKEND_ISSUES, query="lastSeen:>2026-01-01T00:00:00+00:00").status_code == 400
    assert old.get(BACKEND_ISSUES, sort="bogus").status_code == 500
