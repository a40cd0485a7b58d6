"""What lies below a project, as far as it hangs together with the rest."""

from collections import Counter

from unit_tests.saas_sandbox.sentry.client import EVENTS, ISSUES, Client

BACKEND = "/projects/acme/backend/"


def test_given_events_when_tags_and_their_values_are_read_then_they_count_the_events(today: Client) -> None:
    events = today.all(EVENTS)
    expected = Counter((tag["key"], tag["value"]) for event in events for tag in event["tags"])
    tags = today.get(f"{BACKEND}tags/").json()
    found = {
        (value["key"], value["value"]): value["count"]
        for tag in tags
        for value in today.all(f"{BACKEND}tags/{tag['key']}/values/")
    }
    assert found == expected
    assert {tag["key"]: tag["uniqueValues"] for tag in tags} == Counter(key for key, _ in expected)
    assert today.get(f"{BACKEND}tags/nothing/values/").status_code == 404


def test_given_events_when_their_users_are_read_then_the_last_seen_leads(today: Client, old: Client) -> None:
    named = list(dict.fromkeys(f"id:{event['user']['id']}" for event in today.all(EVENTS)))
    users = today.all(f"{BACKEND}users/")
    assert [user["tagValue"] for user in users] == named
    assert {user["id"] for user in users} == {None}
    dates = [user["dateCreated"] for user in old.all(f"{BACKEND}users/", per_page=7)]
    assert dates == sorted(dates, reverse=True)


def test_given_environments_when_hidden_ones_are_wanted_then_visibility_shows_them(today: Client) -> None:
    shown = {
        visibility: [row["name"] for row in today.get(f"{BACKEND}environments/", visibility=visibility).json()]
        for visibility in ("", "hidden", "all")
    }
    assert shown == {"": ["production", "staging"], "hidden": ["canary"], "all": ["canary", "production", "staging"]}
    assert today.get(f"{BACKEND}environments/", visibility="some").status_code == 400


def test_given_reports_when_all_are_wanted_then_an_empty_status_shows_them(today: Client) -> None:
    path = f"{BACKEND}user-feedback/"
    reports = today.all(path, status="")
    assert sorted(report["dateCreated"] for report in reports)[::-1] == [report["dateCreated"] for report in reports]
    assert {report["eventID"] for report in reports} <= {event["eventID"] for event in today.all(EVENTS)}
    issues = {issue["id"] for issue in today.all(ISSUES, query="", project="-1")}
    assert {report["issue"]["id"] for report in reports} <= issues
    unresolved = [report for report in reports if report["issue"]["status"] == "unresolved"]
    assert today.all(path) == unresolved
    assert today.get(path, status="resolved").status_code == 400


def test_given_page_sizes_when_nothing_is_asked_for_then_files_come_in_small_pages(today: Client) -> None:
    assert [len(page) for page in today.pages(f"{BACKEND}files/dsyms/")] == [20, 3]
    assert len(today.pages(f"{BACKEND}files/dsyms/", per_page=100)) == 1
    bundles = [row for page in today.pages(f"{BACKEND}files/artifact-bundles/") for row in page]
    twice = Counter(bundle["bundleId"] for bundle in bundles)
    assert sorted(twice.values())[-2:] == [1, 2]
    assert len({(bundle["bundleId"], bundle["date"]) for bundle in bundles}) == len(bundles)


def test_given_filters_when_they_are_read_then_active_is_a_flag_or_a_list(today: Client, old: Client) -> None:
    kinds = {row["id"]: type(row["active"]) for row in today.get(f"{BACKEND}filters/").json()}
    assert (kinds["localhost"], kinds["legacy-browsers"]) == (bool, list)
    assert all({"name", "description", "hello"} <= set(row) for row in old.get(f"{BACKEND}filters/").json())


def test_given_a_project_when_its_people_are_read_then_they_are_of_its_team(today: Client) -> None:
    (team,) = today.all(f"{BACKEND}teams/")
    members = today.get(f"{BACKEND}members/").json()
    assert team["memberCount"] == sum(not member["pending"] for member in members)


def test_given_lists_of_two_projects_when_ids_are_the_databases_then_none_is_shared(today: Client) -> None:
    for path in ("tombstones/", "hooks/", "codeowners/", "files/dsyms/", "user-feedback/"):
        ids = [row["id"] for slug in ("backend", "web") for row in today.get(f"/projects/acme/{slug}/{path}").json()]
        assert len(set(ids)) == len(ids) > 1


def test_given_rules_of_ownership_when_there_are_none_then_raw_is_null(today: Client, old: Client) -> None:
    assert today.get(f"{BACKEND}ownership/").json()["schema"]["rules"]
    assert today.get("/projects/acme/web/ownership/").json()["raw"] is None
    assert old.get(f"{BACKEND}symbol-sources/").status_code == 404
