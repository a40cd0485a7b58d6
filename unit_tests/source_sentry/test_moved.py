"""Redirects: of a project that was renamed, to another project, to another address."""

from pathlib import Path

import pytest
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction
from airbyte_cdk.test.mock_http import HttpResponse

from source_sentry.projects import find_project
from unit_tests.source_sentry.builders import API, BACKEND, HOST, HTML, NOW, WEB, Json, a_config, a_project, an_event
from unit_tests.source_sentry.command import run
from unit_tests.source_sentry.endpoints import events, issue_page, keys, projects
from unit_tests.source_sentry.handler import judge
from unit_tests.source_sentry.sentry_mock import (
    SentryMock,
    SentryRequest,
    answer,
    organization_request,
    page,
    project_request,
)
from unit_tests.source_sentry.sync import read

EVENTS = f"{API}/projects/acme/backend/events/"
PARAMS = f"end={NOW.replace(':', '%3A')}&per_page=100&start=2026-11-01T00%3A00%3A00Z"
LOGIN = SentryRequest(f"{HOST}/auth/login/acme/")


def moved(slug: str, path: str, status: int = 302) -> HttpResponse:
    """Sentry's answer to a request for a project that is called `slug` now."""
    extra = {"url": path, "slug": slug}
    body = {"slug": slug, "detail": {"code": "resource-moved", "message": "Resource has been moved", "extra": extra}}
    return answer(body, status, Location=path)


def test_given_project_that_is_renamed_during_the_sync_when_read_then_it_goes_on_by_its_id(sentry: SentryMock) -> None:
    to_events = f"/api/0/projects/acme/server/events/?{PARAMS}"
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), moved("server", to_events))
    sentry.answers(events("server"), page(an_event(1), next_cursor="4712:100:0"))
    sentry.answers(events("backend", cursor="4712:100:0"), moved("server", f"{to_events}&cursor=4712:100:0"))
    sentry.answers(events("server", cursor="4712:100:0"), page(an_event(2)))
    sentry.answers(project_request("server", ""), answer(a_project(1, "server")))
    sentry.answers(keys("backend"), moved("server", "/api/0/projects/acme/server/keys/?per_page=100"))
    sentry.answers(keys("server"), page({"id": "k"}))
    sync = read("events", "project_keys")
    assert (len(sync.records("events")), sync.cursors("events")) == (2, {"1": NOW})
    assert [key["id"] for key in sync.records("project_keys")] == ["k"]
    assert sync.warnings() == ["Project `backend` was renamed to `server` during the sync, which goes on by its id."]


@pytest.mark.parametrize(
    "found", [answer(a_project(7, "other")), answer({"detail": "The requested resource does not exist"}, 404)]
)
def test_given_redirect_to_another_project_when_read_then_it_fails_with_both_addresses(
    sentry: SentryMock, found: HttpResponse
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(events("backend"), moved("other", f"/api/0/projects/acme/other/events/?{PARAMS}"))
    sentry.answers(events("other"), page(an_event(1)))
    sentry.answers(project_request("other", ""), found)
    sentry.answers(events("web"), page(an_event(2)))
    sync = read("events", fails=True)
    assert [event["id"] for event in sync.records("events")] == [an_event(2)["id"]]
    assert sync.errors("events") == [
        (
            f"{EVENTS} redirects to {API}/projects/acme/other/events/, which is not what was asked: check `hostname`.",
            "config_error",
        )
    ]


@pytest.mark.parametrize(
    ("location", "asked", "target"),
    [
        (f"{HOST}/auth/login/acme/", LOGIN, answer(HTML)),
        (EVENTS, SentryRequest(EVENTS), answer([])),
        (f"{API}/projects/acme/web/keys/", SentryRequest(f"{API}/projects/acme/web/keys/"), answer([])),
        (f"{API}/projects/acme/web/events/", SentryRequest(f"{API}/projects/acme/web/events/"), answer({}, 403)),
    ],
    ids=["login page", "lost parameters", "other endpoint", "refused"],
)
def test_given_redirect_to_another_address_when_read_then_it_fails_at_once(
    sentry: SentryMock, location: str, asked: SentryRequest, target: HttpResponse
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), answer("", 302, Location=location))
    sentry.answers(asked, target)
    ((message, kind),) = read("events", fails=True).errors("events")
    assert message.startswith(EVENTS)
    assert message.endswith(f" redirects to {location}, which is not what was asked: check `hostname`.")
    assert kind == "config_error"


@pytest.mark.parametrize("status", [300, 302, 304])
def test_given_redirect_that_leads_nowhere_when_judged_then_it_is_no_empty_page(status: int) -> None:
    verdict = judge(status, [])
    assert verdict.response_action is ResponseAction.FAIL
    assert verdict.error_message == f"{EVENTS} answered stream `events` with HTTP {status}: []"


def test_given_redirects_in_a_circle_when_read_then_it_fails_at_once(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), *[answer("", 302, Location=f"{EVENTS}?{PARAMS}")] * 31)
    ((message, kind),) = read("events", fails=True).errors("events")
    assert message == f"{EVENTS}?{PARAMS} redirects in a circle: check `hostname`."
    assert kind == "config_error"


RENAMED = "Project `old` of setting `projects` is now called `backend`, and is read as that: change the setting."


def answer_old_slug(sentry: SentryMock, project: object = BACKEND) -> None:
    sentry.answers(project_request("old", ""), moved("backend", "/api/0/projects/acme/backend/"))
    sentry.answers(project_request("backend", ""), answer(project))


def test_given_configured_project_that_was_renamed_when_read_then_it_is_read(sentry: SentryMock) -> None:
    sentry.answers(projects(), page(BACKEND, WEB), page(BACKEND, WEB))
    answer_old_slug(sentry)
    sentry.answers(events("backend"), page(an_event(1)))
    config = a_config(projects=["old"])
    sync = read("events", "projects", config=config)
    assert (sync.cursors("events"), [row["slug"] for row in sync.records("projects")]) == ({"1": NOW}, ["backend"])
    assert sync.warnings() == [RENAMED]
    assert config["projects"] == ["old"]


def test_given_old_slug_of_a_project_that_cannot_be_seen_when_read_then_it_does_not_exist(sentry: SentryMock) -> None:
    sentry.answers_projects(WEB)
    answer_old_slug(sentry)
    sentry.answers(events("web"), page(an_event(1)))
    (warning,) = read("events", config=a_config(projects=["old", "web"])).warnings()
    assert warning.startswith("Skipped: Project `old` of setting `projects` does not exist in organization `acme`.")


@pytest.mark.parametrize("slug", ["../../organizations", "a/b", "a?b", "", "a b", "a%2fb", "web\n"])
def test_given_text_that_is_no_slug_when_looked_for_then_nothing_is_asked(slug: str) -> None:
    def lookup(name: str, /, **settings: str) -> list[Json]:
        raise AssertionError(name, settings)

    assert find_project(lookup, slug) is None


def test_given_configured_project_that_was_renamed_when_checked_then_it_succeeds_and_says_so(
    sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(organization_request(""), answer({"id": "1"}))
    sentry.answers_projects(BACKEND, WEB)
    answer_old_slug(sentry)
    sentry.answers_scopes()
    sentry.answers(issue_page("2"), page())
    result = run(tmp_path, "check", a_config(projects=["old", "web"]))
    assert (result.status, result.message) == (
        "SUCCEEDED",
        f"Organization `acme`: 2 project(s) visible. {RENAMED}",
    )
