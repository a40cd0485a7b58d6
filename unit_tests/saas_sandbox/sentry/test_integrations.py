"""Dashboards, saved queries, integrations and repositories."""

from collections.abc import Iterator
from typing import Any

import pytest

from saas_sandbox.sentry.settings import DEFAULT_TOKEN, Token
from unit_tests.saas_sandbox.sentry.client import Client, running

ORGANIZATION = "/organizations/acme/"
NAMELESS = "sntryu_nameless_0123456789abcdef"
TOKENS = {DEFAULT_TOKEN: Token(not_member_of=("web",)), NAMELESS: Token(user=False)}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with running(size="small", tokens=TOKENS) as client:
        yield client


def test_given_a_token_without_a_user_when_dashboards_are_read_then_401_without_a_body(client: Client) -> None:
    answer = client.get(f"{ORGANIZATION}dashboards/", token=NAMELESS)
    assert (answer.status_code, answer.content) == (401, b"")
    assert client.get("/", token=NAMELESS).json()["user"] is None
    assert client.get(f"{ORGANIZATION}projects/", token=NAMELESS).status_code == 200


def test_given_dashboards_when_their_pages_are_read_then_widgets_point_back(client: Client) -> None:
    dashboards = client.all(f"{ORGANIZATION}dashboards/", sort="dateCreated")
    assert [row["dateCreated"] for row in dashboards] == sorted(row["dateCreated"] for row in dashboards)
    pages = [client.get(f"{ORGANIZATION}dashboards/{row['id']}/").json() for row in dashboards]
    overview, *stored = pages
    assert (overview["id"], overview["createdBy"], "id" in overview["widgets"][0]) == ("default-overview", "", False)
    assert [{widget["dashboardId"] for widget in page["widgets"]} for page in stored] == [{row["id"]} for row in stored]
    assert len(client.look("totals")["dashboard_widgets"]) == sum(len(page["widgets"]) for page in stored)
    assert "widgets" not in dashboards[0]
    assert client.get(f"{ORGANIZATION}dashboards/99/").status_code == 404


def test_given_saved_queries_when_read_then_pages_have_25_unless_more_are_asked_for(client: Client) -> None:
    pages = client.pages(f"{ORGANIZATION}discover/saved/")
    assert [len(page) for page in pages] == [25, 25, 10]
    [page] = client.pages(f"{ORGANIZATION}discover/saved/", per_page=100, sortBy="dateCreated")
    assert [row["dateCreated"] for row in page] == sorted(row["dateCreated"] for row in page)


def test_given_issue_views_when_read_then_others_are_asked_for_by_name(client: Client) -> None:
    path = f"{ORGANIZATION}group-search-views/"
    mine, others = client.all(path), client.all(path, createdBy="others", sort="name")
    assert {row["createdBy"]["id"] for row in mine} == {"1"}
    assert sorted(row["id"] for row in mine + others) == sorted(client.look("totals")["issue_views"])
    assert client.get(path, createdBy="all").status_code == 400


def test_given_repositories_when_read_then_status_shows_deleted_ones(client: Client) -> None:
    path = f"{ORGANIZATION}repos/"
    active, deleted = client.all(path), client.all(path, status="deleted")
    assert ({row["status"] for row in active}, [row["name"] for row in deleted]) == ({"active"}, ["acme/backend-old"])
    assert client.all(path, status="active") == active
    assert len(client.all(path, status="")) == len(active) + 1
    assert client.all(path, status="hidden") == []


def test_given_commits_of_a_copy_when_read_then_ids_are_shared(client: Client) -> None:
    repositories = {row["name"]: row["id"] for status in ("active", "deleted") for row in of_status(client, status)}
    one, two = (
        client.all(f"{ORGANIZATION}repos/{repositories[name]}/commits/")
        for name in ("acme/backend", "acme/backend-old")
    )
    assert [row["id"] for row in one] == [row["id"] for row in two]
    assert len(one) == len({row["id"] for row in one}) > 100
    assert client.get(f"{ORGANIZATION}repos/99/commits/").status_code == 404


def test_given_commits_of_releases_when_read_then_repositories_have_the_same(client: Client) -> None:
    releases = client.all("/organizations/acme/releases/", project="-1", status="")
    of_releases = {
        (commit["repository"]["id"], commit["id"])
        for release in releases
        for commit in client.all(f"{ORGANIZATION}releases/{release['version']}/commits/")
    }
    of_repositories = {
        (row["id"], commit["id"])
        for row in of_status(client, "active")
        for commit in client.all(f"{ORGANIZATION}repos/{row['id']}/commits/")
    }
    assert of_repositories == of_releases
    mappings = client.all(f"{ORGANIZATION}code-mappings/", project="-1")
    assert {row["repoId"] for row in mappings} == {row["id"] for row in of_status(client, "active")}


def of_status(client: Client, status: str) -> list[dict[str, Any]]:
    return client.all(f"{ORGANIZATION}repos/", status=status)


def test_given_actions_of_no_project_when_read_then_project_leaves_them_out(client: Client) -> None:
    path = f"{ORGANIZATION}notifications/actions/"
    mine, everywhere = client.all(path), client.all(path, project="-1")
    assert mine[0]["projects"] == []
    assert [row["id"] for row in everywhere if row not in mine] == [2]
    assert sorted({row["id"] for row in mine + everywhere}) == [1, 2, 3, 4, 5, 6]
    mappings = f"{ORGANIZATION}code-mappings/"
    assert {row["projectSlug"] for row in client.all(mappings, project="-1")} > {
        row["projectSlug"] for row in client.all(mappings)
    }


def test_given_integrations_without_their_settings_when_read_then_providers_need_not_be_asked(client: Client) -> None:
    path = f"{ORGANIZATION}integrations/"
    full, bare = client.all(path), client.all(path, includeConfig="0")
    assert (full[0]["configData"], bare[0]["configData"]) == ({"sync": True}, None)
    assert {*full[0]} - {*bare[0]} == {"configOrganization"}
    assert [*client.get(f"{ORGANIZATION}config/integrations/").json()] == ["providers"]


def test_given_thresholds_when_read_then_by_project_and_release_of_the_window(client: Client) -> None:
    path = f"{ORGANIZATION}release-threshold-statuses/"
    assert client.get(path).status_code == 400
    groups = client.get(path, start="2025-12-02T12:00:00", end="2026-03-02T12:00:00", project="-1").json()
    assert all(row["key"] == name for name, rows in groups.items() for row in rows)
    assert sum(map(len, groups.values())) == len(client.look("totals")["release_threshold_statuses"])
    few = client.get(path, start="2026-02-02T12:00:00", end="2026-03-02T12:00:00").json()
    assert few.keys() < groups.keys()
