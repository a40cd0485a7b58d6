from collections.abc import Iterator
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import Client, running

ORG = "/organizations/acme"


@pytest.fixture(scope="module")
def today() -> Iterator[Client]:
    with running(size="small") as client:
        yield client


def ids(rows: list[dict[str, Any]]) -> list[Any]:
    return [row["id"] for row in rows]


def test_given_scim_when_pages_are_counted_from_one_then_all_come_and_no_link(today: Client) -> None:
    first = today.get(f"{ORG}/scim/v2/Users", count=10)
    body = first.json()
    assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (14, 1, 10)
    rest = today.get(f"{ORG}/scim/v2/Users", count=10, startIndex=11).json()["Resources"]
    assert sorted(ids(body["Resources"] + rest)) == sorted(today.sandbox.totals()["scim_users"])
    assert "Link" not in first.headers
    assert today.get(f"{ORG}/scim/v2/Users/").status_code == 404
    assert today.get(f"{ORG}/scim/v2/Users", startIndex=0).status_code == 400


def test_given_a_team_when_members_are_read_then_one_of_them_is_in_every_team(today: Client) -> None:
    teams = today.all(f"{ORG}/teams/")
    members = {team["slug"]: today.all(f"/teams/acme/{team['slug']}/members/") for team in teams}
    assert {team["slug"]: team["memberCount"] for team in teams} == {slug: len(rows) for slug, rows in members.items()}
    assert all("101" in ids(rows) for rows in members.values())
    assert {row["teamSlug"] for row in members["apps"]} == {"apps"}
    assert today.get("/teams/acme/nobody/members/").status_code == 404


def test_given_a_number_when_it_names_a_team_then_only_today_takes_it(today: Client, old: Client) -> None:
    assert today.get("/teams/acme/1/projects/").json() == today.get("/teams/acme/platform/projects/").json()
    assert old.get("/teams/acme/1/projects/").status_code == 404
    assert "teamRole" not in old.get("/teams/acme/platform/members/").json()[0]


@pytest.mark.parametrize(
    "path", ["project-keys", "environments", "detectors", "workflows", "uptime", "alert-rules", "incidents"]
)
def test_given_a_list_without_project_when_it_is_read_then_only_the_callers_own_are_shown(
    path: str, today: Client
) -> None:
    own = today.get(f"{ORG}/{path}/", per_page=100, visibility="all").json()
    everyones = today.get(f"{ORG}/{path}/", per_page=100, visibility="all", project=-1).json()
    assert set(ids(own)) < set(ids(everyones))


@pytest.mark.parametrize(("path", "size"), [("project-keys", 10), ("incidents", 25), ("detectors", 36)])
def test_given_no_page_size_when_a_list_is_read_then_its_own_applies(path: str, size: int, today: Client) -> None:
    assert len(today.get(f"{ORG}/{path}/", project=-1).json()) == size


def test_given_visibility_when_environments_are_read_then_hidden_ones_are_shown_or_not(today: Client) -> None:
    names = [row["name"] for row in today.get(f"{ORG}/environments/", project=-1).json()]
    assert names == ["production", "staging"]
    hidden = today.get(f"{ORG}/environments/", project=-1, visibility="hidden").json()
    assert len(hidden) == 6
    assert today.get(f"{ORG}/environments/", visibility="none").status_code == 400


def test_given_a_window_when_the_audit_log_is_read_then_rows_lie_in_it_beside_all_events(today: Client) -> None:
    window = {"start": "2026-02-01T00:00:00Z", "end": "2026-02-11T00:00:00Z"}
    body = today.get(f"{ORG}/audit-logs/", **window).json()
    dates = [row["dateCreated"] for row in body["rows"]]
    assert (len(dates), dates) == (20, sorted(dates, reverse=True))
    assert "issue.delete" in body["options"]
    deleted = today.get(f"{ORG}/audit-logs/", event="issue.delete", **window).json()["rows"]
    assert {row["event"] for row in deleted} == {"issue.delete"}


def test_given_two_pages_when_the_audit_log_is_read_then_the_cursor_is_a_date(today: Client) -> None:
    first = today.get(f"{ORG}/audit-logs/")
    second = today.get(f"{ORG}/audit-logs/", cursor=first.links["next"]["cursor"])
    assert len(first.json()["rows"]) == 100
    assert not set(ids(first.json()["rows"])) & set(ids(second.json()["rows"]))


def test_given_a_window_when_flags_are_read_then_its_end_is_exclusive_and_sort_orders(today: Client) -> None:
    rows = today.get(f"{ORG}/flags/logs/", sort="-created_at", per_page=3).json()["data"]
    window = {"start": rows[2]["createdAt"], "end": rows[0]["createdAt"]}
    assert ids(today.get(f"{ORG}/flags/logs/", sort="created_at", **window).json()["data"]) == ids(rows[:0:-1])
    assert today.get(f"{ORG}/flags/logs/", sort="nothing").status_code == 400


def test_given_either_name_when_attributes_are_read_then_one_of_them_is_needed(today: Client) -> None:
    path = f"{ORG}/trace-items/attributes/"
    assert today.get(path, dataset="logs").json() == today.get(path, itemType="logs").json()
    assert today.get(path).status_code == 400


def test_given_several_projects_when_selectors_are_read_then_400(today: Client) -> None:
    assert today.get(f"{ORG}/replay-selectors/", project=-1).status_code == 400
    assert today.get(f"{ORG}/replay-selectors/", project=1).status_code == 200


def test_given_a_rule_of_9_1_2_when_it_is_read_then_it_has_no_filters(today: Client, old: Client) -> None:
    assert "filters" in today.get("/projects/acme/backend/rules/").json()[0]
    assert "filters" not in old.get("/projects/acme/backend/rules/").json()[0]
