"""What is found out about the server and the organization, and what settings and states make of it."""

from pathlib import Path

import pytest

from source_sentry import SourceSentry
from unit_tests.source_sentry.builders import (
    API,
    BACKEND,
    HOST,
    NOW,
    START,
    WEB,
    Json,
    a_config,
    a_project,
    a_release,
    an_event,
    an_issue,
)
from unit_tests.source_sentry.endpoints import events, issues, old_issues, releases
from unit_tests.source_sentry.sentry_mock import (
    ENVIRONMENTS,
    PROJECTS,
    ROUTE,
    SentryMock,
    SentryRequest,
    answer,
    organization_request,
    page,
)
from unit_tests.source_sentry.sync import read

UNKNOWN = {"detail": "The requested resource does not exist"}
ERROR = answer({"detail": "Internal Error", "errorId": "0123"}, 500)


def test_given_old_server_when_read_then_it_is_asked_once_and_needs_no_setting(sentry: SentryMock) -> None:
    sentry.is_old()
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(old_issues("backend", "1"), page(an_issue(1)))
    sentry.answers(old_issues("web", "2"), page(an_issue(2)))
    sentry.answers(organization_request("users/"), page({"id": "1"}))
    sentry.answers(organization_request("releases/", per_page="100", status=""), page(a_release("1", START)))

    sync = read("issues", "users", "releases")

    assert [len(sync.records(stream)) for stream in ("issues", "users", "releases")] == [2, 1, 1]
    assert sync.warnings() == []


@pytest.mark.parametrize(
    ("status", "body"), [(404, UNKNOWN), (403, {"detail": "No"}), (400, {"detail": "Invalid"}), (200, {"id": "0"})]
)
def test_given_server_that_knows_the_address_when_read_then_it_is_of_today(
    status: int, body: Json, sentry: SentryMock
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(ROUTE, answer(body, status))
    sentry.answers(issues("1"), page(an_issue(1)))
    assert len(read("issues").records("issues")) == 1


def test_given_trouble_that_passes_when_the_age_is_asked_for_then_again(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(ROUTE, ERROR, ERROR, answer("", 404))
    sentry.answers(old_issues("backend", "1"), page(an_issue(1)))
    assert len(read("issues").records("issues")) == 1


def test_given_age_that_cannot_be_found_out_when_read_then_each_stream_fails_and_one_error_names_the_setting(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(ROUTE, *[ERROR] * 9)
    sync = read("issues", "users", fails=True)
    ((message, _),) = [*sync.errors("issues"), *sync.errors("users")]
    assert message.startswith(f"Whether `{HOST}` is older than Sentry 10 could not be found out; if it is, set ")
    assert {sync.status("issues"), sync.status("users")} == {"INCOMPLETE"}


def test_given_sentry_io_when_read_then_its_age_is_known(sentry: SentryMock) -> None:
    saas = "https://de.sentry.io/api/0/organizations/acme/users/"
    sentry.answers(SentryRequest(f"{saas.removesuffix('users/')}projects/", {"per_page": "100"}), page(BACKEND))
    sentry.answers(SentryRequest(saas, {"project": "-1"}), page({"id": "1"}))
    assert len(read("users", config=a_config(hostname="de.sentry.io")).records("users")) == 1


@pytest.mark.parametrize(
    ("stream", "path", "params"),
    [
        ("issue_comments", "comments/", {"per_page": "100"}),
        ("issue_hashes", "hashes/", {"per_page": "100", "full": ""}),
    ],
)
def test_given_old_server_when_children_of_issues_are_read_then_below_the_issue_alone(
    stream: str, path: str, params: dict[str, str], sentry: SentryMock
) -> None:
    sentry.is_old()
    sentry.answers_projects(BACKEND)
    sentry.answers(old_issues("backend", "1"), page(an_issue(3)))
    sentry.answers(SentryRequest(f"{API}/issues/3/{path}", params), page({"id": "7"}))
    (record,) = read(stream).records(stream)
    assert (record["id"], record["issueId"]) == ("7", "3")


def test_given_old_server_when_details_of_issues_are_read_then_below_the_issue_alone(sentry: SentryMock) -> None:
    sentry.is_old()
    sentry.answers_projects(BACKEND)
    sentry.answers(old_issues("backend", "1"), page(an_issue(3)))
    sentry.answers(SentryRequest(f"{API}/issues/3/"), answer({"id": "3"}))
    assert [record["id"] for record in read("issue_details").records("issue_details")] == ["3"]


def test_given_old_server_when_it_would_have_to_ask_snuba_then_one_request_and_one_warning(sentry: SentryMock) -> None:
    sentry.is_old()
    sentry.answers(organization_request("tags/", per_page="100"), ERROR)
    sentry.answers(organization_request(""), answer({"id": "1"}))
    sync = read("organization_tags")
    (warning,) = sync.warnings()
    assert warning.startswith(
        "Skipped: stream `organization_tags`: `organizations/{organization}/tags/` answered HTTP 500."
    )
    assert sync.status("organization_tags") == "COMPLETE"


def test_given_window_that_fails_for_good_when_read_then_its_project_ends_and_the_others_go_on(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    middle = "2026-11-12T00:00:00Z"
    sentry.answers(events("backend", START, middle), answer({"detail": "No"}, 400))
    sentry.answers(events("web", START, middle), page(an_event(1, START)))
    sentry.answers(events("web", middle), page())
    sync = read("events", config=a_config(events_window_days=11, num_workers=1), fails=True)
    assert sync.records("events") == [an_event(1, START)]
    assert sync.cursors("events") == {"1": START, "2": NOW}


def test_given_environments_of_which_one_is_unknown_when_read_then_the_others_and_a_warning(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers_environments("production", "staging")
    sentry.answers(issues("1", environment="production"), page(an_issue(1)))
    sync = read("issues", config=a_config(environments=["nope", "production"]))
    assert len(sync.records("issues")) == 1
    (warning,) = sync.warnings()
    assert warning == (
        "Skipped: Environment `nope` of setting `environments` does not exist in organization `acme`. "
        "Environments that exist: `production`, `staging`."
    )


@pytest.mark.parametrize("stream", ["issues", "events", "issue_comments", "replays"])
def test_given_unknown_environments_alone_when_read_then_it_fails_before_anything_is_read(
    stream: str, sentry: SentryMock
) -> None:
    sentry.answers_environments("production")
    with pytest.raises(Exception, match="Environments `no`, `nope` of setting `environments` do not exist"):
        read(stream, config=a_config(environments=["nope", "no"]))


def test_given_environments_when_streams_without_any_are_read_then_they_are_not_compared(sentry: SentryMock) -> None:
    sentry.answers(releases(), page(a_release("1", START)))
    assert len(read("releases", config=a_config(environments=["nope"])).records("releases")) == 1


def test_given_environment_that_may_not_be_looked_up_when_unknown_then_the_stream_fails_and_names_it(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(ENVIRONMENTS, answer({"detail": "No"}, 403))
    sentry.answers(issues("1", environment="nope"), answer(UNKNOWN, 404))
    sync = read("issues", config=a_config(environments=["nope"]), fails=True)
    ((message, kind),) = sync.errors("issues")
    assert kind == "config_error"
    assert "the organization does not have each environment of setting `environments` (`nope`)" in message


def test_given_closed_projects_when_lists_over_all_are_read_then_one_warning_names_both(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, a_project(3, "vault", hasAccess=False), a_project(4, "hr", hasAccess=False))
    sentry.answers(releases(), page(a_release("1", START)))
    sentry.answers(organization_request("users/", project="-1"), page({"id": "1"}))
    sync = read("releases", "users")
    (warning,) = sync.warnings()
    assert warning == (
        "Projects `hr`, `vault`: closed to this `auth_token`. What belongs to them is left out of `releases`, `users`. "
        "To read them, join their teams, or use the token of an internal integration."
    )


def test_given_no_project_when_read_then_one_warning(sentry: SentryMock) -> None:
    sentry.answers(PROJECTS, page())
    (warning,) = read("events", "issues", "project_keys").warnings()
    assert warning.startswith("Organization `acme` shows no project to this `auth_token`: it has none, or ")


def test_given_config_when_the_engine_takes_it_then_no_file_holds_the_token(tmp_path: Path) -> None:
    SourceSentry(config=a_config()).configure(a_config(), str(tmp_path))
    assert list(tmp_path.iterdir()) == []
