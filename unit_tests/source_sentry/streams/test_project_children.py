"""What is particular to streams below projects."""

from typing import Any

import pytest

from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import BACKEND, NOW, START, WEB, Json, a_config, a_key, a_project, without
from unit_tests.source_sentry.endpoints import keys
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, page, project_request
from unit_tests.source_sentry.sync import Sync, project_states, read

ALL = without(a_config(), "start_date")


def feedback(slug: str, **more: str) -> SentryRequest:
    return project_request(slug, "user-feedback/", per_page="100", status="", **more)


def a_report(number: int, created: str) -> Json:
    return {"id": str(number), "comments": f"It broke {number} times", "issue": None, "dateCreated": created}


def ids(sync: Sync, stream: str) -> list[tuple[str, str]]:
    return [(record["projectId"], record["id"]) for record in sync.records(stream)]


@pytest.mark.parametrize(
    ("stream", "path", "row"),
    [
        ("project_teams", "teams/", {"id": "1"}),
        ("project_members", "members/", {"id": "1"}),
        ("project_filters", "filters/", {"id": "localhost", "active": True}),
        ("project_symbol_sources", "symbol-sources/", {"id": "own"}),
        ("project_artifact_bundles", "files/artifact-bundles/", {"bundleId": "b", "date": START}),
        ("project_tags", "tags/", {"key": "os"}),
        ("project_users", "users/", {"id": None, "tagValue": "id:7"}),
        ("project_commits", "commits/", {"id": "c0ffee"}),
        ("project_releases", "releases/", {"version": "1.0"}),
    ],
)
def test_given_two_projects_that_have_the_same_when_read_then_keys_differ(
    stream: str, path: str, row: Json, sentry: SentryMock
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    for slug in ("backend", "web"):
        sentry.answers(project_request(slug, path, per_page="100"), page(row))
    key = streams("source_sentry")[stream]["primary_key"]
    found = [tuple(record[name] for name in key) for record in read(stream).records(stream)]
    assert len(set(found)) == len(found) == 2


def test_given_tags_of_two_projects_when_values_are_read_then_each_has_project_and_key(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    tags = {"backend": ["os", "a/b c"], "web": ["os"]}
    for slug, names in tags.items():
        sentry.answers(project_request(slug, "tags/", per_page="100"), page(*[{"key": key} for key in names]))
    asked = {
        "backend/tags/os": ("os", "Linux"),
        "backend/tags/a%2Fb%20c": ("a/b c", "Linux"),
        "web/tags/os": ("os", "Linux"),
    }
    for path, (key, value) in asked.items():
        sentry.answers(project_request(path, "values/", per_page="100"), page({"key": key, "value": value, "count": 3}))
    sync = read("project_tag_values")
    found = [(record["projectId"], record["key"], record["value"]) for record in sync.records("project_tag_values")]
    assert sorted(found) == [("1", "a/b c", "Linux"), ("1", "os", "Linux"), ("2", "os", "Linux")]
    assert (sync.status("project_tag_values"), sync.warnings()) == ("COMPLETE", [])


def test_given_configured_projects_when_tag_values_are_read_then_only_theirs(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(project_request("web", "tags/", per_page="100"), page({"key": "os"}))
    sentry.answers(project_request("web/tags/os", "values/", per_page="100"), page({"key": "os", "value": "Linux"}))
    assert len(read("project_tag_values", config=a_config(projects=["web"])).records("project_tag_values")) == 1


@pytest.mark.parametrize(("active", "text"), [(True, "true"), (False, "false"), (["ie9", "opera"], '["ie9","opera"]')])
def test_given_filter_when_active_is_a_flag_or_a_list_then_it_is_text(
    active: Any, text: str, sentry: SentryMock
) -> None:
    sentry.answers_projects()
    sentry.answers(project_request("backend", "filters/", per_page="100"), page({"id": "legacy", "active": active}))
    assert read("project_filters").records("project_filters") == [{"id": "legacy", "active": text, "projectId": "1"}]


def test_given_secrets_wanted_when_hooks_are_read_then_they_are_there(sentry: SentryMock) -> None:
    sentry.answers_projects()
    sentry.answers(project_request("backend", "hooks/", per_page="100"), page({"id": "a", "secret": "s"}))
    sync = read("project_service_hooks", config=a_config(include_secrets=True))
    assert sync.records("project_service_hooks") == [{"id": "a", "secret": "s", "projectId": "1"}]


def test_given_bundle_id_that_stands_twice_when_read_then_the_dates_tell_them_apart(sentry: SentryMock) -> None:
    sentry.answers_projects()
    bundles = [{"bundleId": "b", "date": f"2026-11-2{day}T00:00:00Z"} for day in (1, 0)]
    sentry.answers(project_request("backend", "files/artifact-bundles/", per_page="100"), page(*bundles))
    found = read("project_artifact_bundles").records("project_artifact_bundles")
    assert found == [bundle | {"projectId": "1"} for bundle in bundles]


def test_given_reports_of_two_projects_when_read_then_each_has_its_project_and_cursor(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    first, old = a_report(2, "2026-11-20T00:00:00.5Z"), a_report(1, "2019-01-01T00:00:00Z")
    sentry.answers(feedback("backend"), page(first, next_cursor="1794063600000:0:0"))
    sentry.answers(feedback("backend", cursor="1794063600000:0:0"), page(old))
    sentry.answers(feedback("web"), page(a_report(2, "2026-11-10T00:00:00Z")))
    sync = read("user_feedback", config=ALL, repeats=True)
    assert sorted(ids(sync, "user_feedback")) == [("1", "1"), ("1", "2"), ("2", "2")]
    assert sync.cursors("user_feedback") == {"1": NOW, "2": NOW}
    assert (sync.status("user_feedback"), sync.warnings()) == ("COMPLETE", [])


@pytest.mark.parametrize("saved", [None, START])
def test_given_start_or_cursor_when_reports_are_read_then_no_page_after_one_before_it_is_asked_for(
    saved: str | None, sentry: SentryMock
) -> None:
    sentry.answers_projects()
    found = [a_report(3, "2026-11-20T00:00:00Z"), a_report(2, START), a_report(1, "2026-10-31T22:59:59Z")]
    last = a_report(0, "2026-10-31T22:00:00Z")
    sentry.answers(feedback("backend"), page(*found, next_cursor="1794063600000:0:0"))
    sentry.answers(feedback("backend", cursor="1794063600000:0:0"), page(last, next_cursor="1794000000000:0:0"))
    state = {"user_feedback": project_states("dateCreated", {"1": saved})} if saved else None
    config = ALL if saved else a_config()
    assert ids(read("user_feedback", config=config, state=state), "user_feedback") == [("1", "3"), ("1", "2")]


@pytest.mark.parametrize(("slug", "quoted"), [("a/b", "a%2Fb"), ("ü x?y#z", "%C3%BC%20x%3Fy%23z"), ("%2e", "%252e")])
def test_given_odd_slug_when_read_then_it_is_quoted(slug: str, quoted: str, sentry: SentryMock) -> None:
    sentry.answers_projects(a_project(1, slug))
    sentry.answers(keys(quoted), page(a_key("a")))

    assert len(read("project_keys").records("project_keys")) == 1
