from collections.abc import Iterator

import pytest

from saas_sandbox.sentry.settings import OLD
from unit_tests.saas_sandbox.sentry.client import NOW, RELEASES, Client, running

ORGANIZATION = "/organizations/acme/"
PROJECTS = "/organizations/acme/projects/"
TEAMS = "/organizations/acme/teams/"
MEMBERS = "/organizations/acme/members/"
USERS = "/organizations/acme/users/"
KEYS = "/projects/acme/backend/keys/"


@pytest.fixture(scope="module")
def today() -> Iterator[Client]:
    with running(size="small") as client:
        yield client


@pytest.fixture(scope="module")
def old() -> Iterator[Client]:
    with running(size="small", generation=OLD) as client:
        yield client


def test_given_the_demo_size_when_everything_is_counted_then_it_is_as_documented(today: Client) -> None:
    totals = today.sandbox.totals()
    counts = {name: len(keys) for name, keys in totals.items()}
    assert counts["projects"] == 6
    assert sum(len(keys) for keys in totals["events"].values()) == 6000
    assert counts["issues"] == 150
    assert (counts["releases"], counts["teams"], counts["members"], counts["users"]) == (40, 5, 14, 12)


def test_given_today_when_projects_are_read_then_bookmarks_lead_and_slugs_order(today: Client, old: Client) -> None:
    slugs = [project["slug"] for project in today.all(PROJECTS)]
    assert slugs == ["mobile", "archive", "backend", "billing", "playground", "web"]
    assert [project["slug"] for project in old.all(PROJECTS)] == sorted(slugs)


def test_given_a_project_when_its_page_is_read_then_it_holds_the_configuration(today: Client) -> None:
    detail = today.get("/projects/acme/backend/").json()
    assert {"options", "organization", "securityToken", "digestsMinDelay", "groupingConfig"} <= set(detail)
    assert detail["latestRelease"]["version"].startswith("backend@")
    assert {project["slug"]: project["isMember"] for project in today.all(PROJECTS)}["web"] is False


def test_given_a_number_when_it_names_org_or_project_then_only_today_takes_it(today: Client, old: Client) -> None:
    assert today.get("/projects/1/1/").json() == today.get("/projects/acme/backend/").json()
    assert old.get("/projects/acme/1/").status_code == old.get("/projects/1/backend/").status_code == 404


def test_given_teams_when_they_are_read_then_projects_are_nested_unless_unwanted(today: Client) -> None:
    teams = today.all(TEAMS)
    assert [team["slug"] for team in teams] == sorted(team["slug"] for team in teams)
    assert sorted(p["slug"] for team in teams for p in team["projects"]) == sorted(
        p["slug"] for p in today.all(PROJECTS)
    )
    assert "projects" not in today.all(TEAMS, detailed=0)[0]
    assert {len(team["dateCreated"]) for team in teams} == {20, 24, 27}


def test_given_members_when_they_are_read_then_invitations_have_no_user(today: Client, old: Client) -> None:
    members, elders = today.all(MEMBERS), old.all(MEMBERS)
    assert [int(member["id"]) for member in members] == sorted(int(member["id"]) for member in members)
    assert [member["user"] for member in members if member["pending"]] == [None, None]
    assert [member["pending"] for member in elders[:3]] == [True, True, False]
    assert ("orgRole" in members[0], "role" in members[0]) == (True, False)
    assert ("orgRole" in elders[0], "role" in elders[0]) == (False, True)


def test_given_users_when_they_are_read_then_project_minus_one_shows_every_member(today: Client, old: Client) -> None:
    totals = sorted(today.sandbox.totals()["users"])
    everyone = today.get(USERS, project=-1)
    assert sorted(user["id"] for user in everyone.json()) == totals
    assert "Link" not in everyone.headers
    assert {slug for user in today.get(USERS).json() for slug in user["projects"]} >= {"backend"}
    assert 0 < len(today.get(USERS).json()) < len(totals)
    assert sorted(user["id"] for user in old.get(USERS).json()) == totals
    assert old.get(USERS, project=-1).status_code == 403


def test_given_keys_when_they_are_filtered_then_each_is_active_or_not(today: Client) -> None:
    keys = today.all(KEYS)
    assert sorted(key["id"] for key in keys) == sorted(today.sandbox.totals()["project_keys"][:13])
    active, inactive = today.all(KEYS, status="active"), today.all(KEYS, status="inactive")
    assert (len(active), len(inactive)) == (11, 2)
    assert keys[0]["secret"] in keys[0]["dsn"]["secret"]


@pytest.mark.parametrize(("status", "archived"), [(None, {False}), ("open", {False}), ("archived", {True})])
def test_given_a_status_when_releases_are_read_then_it_filters(
    today: Client, status: str | None, archived: set[bool]
) -> None:
    params = {"status": status} if status else {}
    found = today.all(RELEASES, project=-1, **params)
    assert {release["status"] == "archived" for release in found} == archived


def test_given_every_project_and_status_when_releases_are_read_then_all_come_newest_first(today: Client) -> None:
    releases = today.all(RELEASES, project=-1, status="", per_page=7)
    assert sorted(release["version"] for release in releases) == sorted(today.sandbox.totals()["releases"])
    created = [release["dateCreated"][:19] for release in releases]
    assert created == sorted(created, reverse=True)
    assert len({len(release["dateCreated"]) for release in releases}) > 1
    assert isinstance(releases[0]["id"], int)


def test_given_no_project_when_releases_are_read_then_those_of_foreign_projects_are_absent(today: Client) -> None:
    own = today.all(RELEASES, status="")
    everything = today.all(RELEASES, status="", project=-1)
    assert {release["version"] for release in own} < {release["version"] for release in everything}
    assert not [release for release in own if {project["slug"] for project in release["projects"]} == {"web"}]


def test_given_a_window_when_releases_are_read_then_both_ends_are_in(today: Client) -> None:
    releases = today.all(RELEASES, status="", project=-1)
    whole = [
        release["dateCreated"] for release in releases if len(release["dateCreated"]) == len("2026-03-02T12:00:00Z")
    ]
    end, start = whole[1], whole[4]
    found = [r["dateCreated"] for r in today.all(RELEASES, status="", project=-1, start=start, end=end)]
    assert found == [r["dateCreated"] for r in releases if start <= r["dateCreated"] <= end]
    assert (found[0], found[-1]) == (end, start)
    assert today.get(RELEASES, start=start).status_code == 400


def test_given_an_unknown_status_when_releases_are_read_then_400(today: Client) -> None:
    assert today.get(RELEASES, status="shut").status_code == 400


def test_given_the_old_server_when_releases_are_read_then_they_have_no_id_and_go_by_release_date(
    old: Client,
) -> None:
    releases = old.all(RELEASES, per_page=7, status="archived")
    assert sorted(release["version"] for release in releases) == sorted(old.sandbox.totals()["releases"])
    assert not {"id", "status"} & set(releases[0])
    days = [(release["dateReleased"] or release["dateCreated"])[:19] for release in releases]
    assert days == sorted(days, reverse=True)
    assert {release["dateReleased"] is None for release in releases} == {True, False}
    assert old.get(RELEASES, project=-1).status_code == 403


def test_given_time_passes_when_releases_are_read_then_new_ones_are_there() -> None:
    with running() as client:
        before = client.all(RELEASES, project=-1)
        client.sandbox.advance(30 * 86400)
        assert client.all(RELEASES, project=-1)[0]["dateCreated"] > NOW > before[0]["dateCreated"]


def test_given_the_organization_when_it_is_read_then_it_is_one_object(today: Client) -> None:
    assert today.get(ORGANIZATION).json()["slug"] == "acme"
    assert "Link" not in today.get(ORGANIZATION).headers


def test_given_all_lists_when_they_are_read_twice_then_no_key_repeats(today: Client) -> None:
    for path in (PROJECTS, TEAMS, MEMBERS, KEYS, RELEASES):
        records = today.all(path, per_page=3)
        assert len(records) == len({record["id"] for record in records})


def test_given_a_team_without_projects_when_every_user_is_asked_for_then_its_members_come_too() -> None:
    with running(hidden_projects=("web",)) as client:
        everyone = client.get(USERS, project=-1).json()
        assert sorted(user["id"] for user in everyone) == sorted(client.sandbox.totals()["users"])
        assert [] in [user["projects"] for user in everyone]
