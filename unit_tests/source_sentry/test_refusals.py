"""What a server, a plan or a token does not have: its stream ends with one warning, unless it was read before."""

from typing import Any

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from source_sentry import errors
from unit_tests.source_sentry.builders import API, BACKEND, NOW, WEB, Json, a_config
from unit_tests.source_sentry.handler import a_response
from unit_tests.source_sentry.sentry_mock import (
    SentryMock,
    SentryRequest,
    answer,
    organization_request,
    page,
    project_request,
)
from unit_tests.source_sentry.sync import Sync, read

TODAY = a_config(start_date="2026-11-22T00:00:00Z", num_workers=1)
DOES_NOT_EXIST = {"detail": "The requested resource does not exist"}
SUMMARY = organization_request(
    "stats-summary/", project="-1", field="sum(quantity)", start="2026-11-22T00:00:00Z", end="2026-11-22T23:59:59Z"
)


def outcomes(project: str) -> SentryRequest:
    return organization_request(
        "stats_v2/",
        project=project,
        interval="1d",
        field=["sum(quantity)", "sum(times_seen)"],
        groupBy=["category", "outcome", "reason"],
        start="2026-11-22T00:00:00Z",
        end="2026-11-22T23:59:59Z",
    )


def the_organization(sentry: SentryMock, response: HttpResponse | None = None) -> None:
    sentry.answers(organization_request(""), response or answer({"id": "1"}))


def read_summary(**more: Any) -> Sync:
    return read("usage_summary", config=TODAY, **more)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, "", "HTTP 404. This server does not have it."),
        (404, "Route not found, did you forget a trailing slash?", "This server does not have it."),
        (404, DOES_NOT_EXIST, "The organization does not have this feature."),
        (403, {"detail": "No permission."}, "It needs the scope `org:read`, or a feature that the plan does not have."),
        (401, {"detail": "Authentication credentials were not provided."}, "It wants the token of a user."),
        (405, {"detail": 'Method "GET" not allowed.'}, "HTTP 405. This server does not have it."),
        (410, {"message": "This API no longer exists."}, "HTTP 410. This server does not have it."),
    ],
)
def test_given_what_the_organization_lacks_when_read_then_one_warning_and_no_state(
    status: int, body: Json | str, words: str, sentry: SentryMock
) -> None:
    the_organization(sentry)
    sentry.answers(SUMMARY, answer(body, status))
    sync = read_summary()
    (warning,) = sync.warnings()
    endpoint = "organizations/{organization}/stats-summary/"
    assert warning.startswith(f"Skipped: stream `usage_summary`: `{endpoint}` answered HTTP {status}.")
    assert words in warning
    assert (sync.records("usage_summary"), sync.states("usage_summary")) == ([], [])
    assert sync.status("usage_summary") == "COMPLETE"


@pytest.mark.parametrize("status", [403, 404])
def test_given_stream_that_was_read_before_when_refused_then_an_error(status: int, sentry: SentryMock) -> None:
    sentry.answers(SUMMARY, answer("", status))
    sync = read_summary(state={"usage_summary": {"intervalStart": "2026-11-22T00:00:00Z"}}, fails=True)
    message, kind = sync.errors("usage_summary")[0]
    assert "stream `usage_summary` was read before: without an error its table would silently stop growing" in message
    assert "deselect it, or remove its state" in message
    assert kind == "config_error"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_given_what_is_wrong_for_all_streams_when_refused_then_an_error(status: int, sentry: SentryMock) -> None:
    the_organization(sentry, answer(DOES_NOT_EXIST, status))
    sentry.answers(SUMMARY, answer(DOES_NOT_EXIST, status))
    sync = read_summary(fails=True)
    assert (sync.warnings(), sync.status("usage_summary")) == ([], "INCOMPLETE")


def test_given_server_without_the_endpoint_when_read_by_project_then_it_is_asked_once(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    the_organization(sentry)
    sentry.answers(outcomes("1"), answer("", 404))
    sync = read("usage_outcomes", config=TODAY)
    (warning,) = sync.warnings()
    assert "`organizations/{organization}/stats_v2/` answered HTTP 404" in warning
    assert sync.states("usage_outcomes") == []


def test_given_one_project_that_is_refused_when_read_then_the_others_are_there(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers_scopes("org:read")
    sentry.answers(outcomes("1"), answer({"detail": "No permission."}, 403))
    sentry.answers(outcomes("2"), answer({"intervals": [], "groups": []}))
    sync = read("usage_outcomes", config=TODAY)
    (warning,) = sync.warnings()
    assert "stream `usage_outcomes` of project `backend`" in warning
    assert sync.cursors("usage_outcomes") == {"1": "2026-11-22T00:00:00Z", "2": NOW}


def test_given_token_without_the_scope_when_read_by_project_then_one_warning(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers_scopes("project:read")
    the_organization(sentry)
    sentry.answers(outcomes("1"), answer({"detail": "No permission."}, 403))
    sync = read("usage_outcomes", config=TODAY)
    (warning,) = sync.warnings()
    assert "It needs the scope `org:read`" in warning


def test_given_a_refused_stream_when_read_then_the_others_are_complete(sentry: SentryMock) -> None:
    the_organization(sentry)
    sentry.answers(SUMMARY, answer("", 404))
    sentry.answers(organization_request("teams/", per_page="100"), page({"id": "1"}))
    sync = read("usage_summary", "teams", config=TODAY)
    assert [row["id"] for row in sync.records("teams")] == ["1"]
    assert len(sync.states("teams")) == 1


def test_given_a_value_that_the_server_does_not_know_when_read_then_the_rest_of_the_stream_is_there(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(outcomes("1"), answer({"detail": "Invalid groupBy"}, 400))
    sentry.answers(outcomes("2"), answer({"intervals": [], "groups": []}))
    sync = read("usage_outcomes", config=TODAY)
    (warning,) = sync.warnings()
    assert "Sentry rejected the request of stream `usage_outcomes`" in warning
    assert (sync.status("usage_outcomes"), sync.states("usage_outcomes")) == ("COMPLETE", [])


def test_given_a_stream_that_fails_when_read_then_no_state_says_that_it_was_read(sentry: SentryMock) -> None:
    sentry.answers(organization_request("teams/", per_page="100"), answer({"detail": "No permission."}, 403))
    sync = read("teams", config=TODAY, fails=True)
    assert (sync.status("teams"), sync.states("teams")) == ("INCOMPLETE", [])


def test_given_refused_parents_when_their_children_are_read_then_no_state_says_that_these_were_read(
    sentry: SentryMock,
) -> None:
    asked = organization_request("monitors/", per_page="100", project="-1", sort="name")
    sentry.answers(asked, answer("", 404))
    the_organization(sentry)
    sync = read("monitor_checkins", config=TODAY)
    assert (sync.status("monitor_checkins"), sync.states("monitor_checkins")) == ("COMPLETE", [])
    assert len(sync.warnings()) == 1


MONITORS = organization_request("monitors/", per_page="100", project="-1", sort="name")


@pytest.mark.parametrize("status", [400, 403, 404])
def test_given_refused_parents_of_a_stream_that_was_read_before_when_read_then_an_error(
    status: int, sentry: SentryMock
) -> None:
    sentry.answers(MONITORS, answer("", status))
    if status != 400:
        the_organization(sentry)
    state = {"monitor_checkins": {"parent_state": {"monitors": {"dateCreated": "2026-11-20T12:00:00Z"}}}}
    sync = read("monitor_checkins", config=TODAY, state=state, fails=True)
    assert "Stream `monitor_checkins` was read before, and its parent stream `monitors` is refused now" in sync.text()
    assert {str(saved) for saved in sync.states("monitor_checkins")} <= {str(state["monitor_checkins"])}


def test_given_a_token_that_is_revoked_when_read_then_an_error(sentry: SentryMock) -> None:
    sentry.answers(SUMMARY, answer({"detail": "Invalid token"}, 401))
    sync = read_summary(fails=True)
    ((message, kind),) = sync.errors("usage_summary")
    assert (message.startswith("Sentry does not know the `auth_token`"), kind) == (True, "config_error")


def test_given_every_project_is_refused_when_read_then_no_state_says_that_the_stream_was_read(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers_scopes("project:read")
    for slug in ("backend", "web"):
        asked = project_request(slug, "hooks/", per_page="100")
        sentry.answers(asked, answer({"detail": "You do not have that feature enabled"}, 403))
    sync = read("project_service_hooks", config=TODAY)
    assert (len(sync.warnings()), sync.states("project_service_hooks")) == (2, [])


def test_given_parents_that_are_refused_when_read_then_each_is_named(sentry: SentryMock) -> None:
    sentry.answers(
        organization_request("teams/", per_page="100"), page({"id": "1", "slug": "a"}, {"id": "2", "slug": "b"})
    )
    sentry.answers_scopes("team:read")
    for team in ("a", "b"):
        asked = SentryRequest(f"{API}/teams/acme/{team}/members/", {"per_page": "100"})
        sentry.answers(asked, answer({"detail": "No permission."}, 403))
    warnings = read("team_members", config=TODAY).warnings()
    assert ["/teams/acme/a/members/" in "".join(warnings), "/teams/acme/b/members/" in "".join(warnings)] == [True] * 2


@pytest.mark.parametrize("body", ["<html>Not found</html>", "Route not found"])
def test_given_the_404_of_a_front_end_below_replays_when_read_then_it_is_no_deletion(
    body: str, sentry: SentryMock
) -> None:
    response = a_response(404, body, f"{API}/projects/acme/backend/replays/1/clicks/")
    assert errors.lacks_route(response, blank=False)
    assert sentry.requested == []
