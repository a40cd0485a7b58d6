from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock

from source_sentry.check import covers
from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import API, BACKEND, HOST, HTML, TOKEN, WEB, Json, a_config, a_project
from unit_tests.source_sentry.command import Result, run
from unit_tests.source_sentry.endpoints import issue_page, projects
from unit_tests.source_sentry.sentry_mock import (
    ENVIRONMENTS,
    PROJECTS,
    ROUTE,
    SentryMock,
    SentryRequest,
    answer,
    organization_request,
    page,
    project_request,
)

ORGANIZATION = organization_request("")
ALL_SCOPES = ["org:read", "org:write", "project:read", "event:read", "member:read", "team:read", "alerts:read"]


def check(folder: Path, **settings: Any) -> Result:
    result = run(folder, "check", a_config(**settings))
    assert result.code == 0
    assert TOKEN not in result.stdout
    return result


def answers_all(sentry: SentryMock, scopes: list[str] | None, *projects: Json, asked: str | None = "1") -> None:
    """A server with `projects`, of which that with the id `asked` is asked for its issues."""
    sentry.answers(ORGANIZATION, answer({"id": "1", "slug": "acme"}))
    sentry.answers_projects(*(projects or (BACKEND, WEB)))
    index = {"version": "0", "auth": None if scopes is None else {"scopes": scopes}, "user": None}
    sentry.answers(SentryRequest(f"{API}/"), answer(index))
    if asked:
        sentry.answers(issue_page(asked), page())


@pytest.mark.parametrize("scopes", [ALL_SCOPES, None, []])
def test_given_all_is_well_when_checked_then_succeeded_with_what_is_visible(
    scopes: list[str] | None, sentry: SentryMock, tmp_path: Path
) -> None:
    answers_all(sentry, scopes, asked="2")
    result = check(tmp_path, projects=["web"])
    assert (result.status, result.message) == ("SUCCEEDED", "Organization `acme`: 2 project(s) visible.")


@pytest.mark.parametrize(
    ("scopes", "lacking"),
    [
        (["org:admin", "project:read", "member:read", "team:read", "alerts:read"], "event:read"),
        (["org:admin", "event:admin", "member:write", "team:read", "alerts:read", "project:releases"], "project:read"),
        (["org:admin", "event:read", "project:write", "team:read", "alerts:read"], "member:read"),
        (["org:read", "event:read", "project:read", "team:read", "alerts:read", "member:read"], "org:write"),
    ],
)
def test_given_scope_is_missing_when_checked_then_succeeded_and_its_streams_are_named(
    scopes: list[str], lacking: str, sentry: SentryMock, tmp_path: Path
) -> None:
    answers_all(sentry, scopes, asked=None if lacking == "event:read" else "1")
    result = check(tmp_path)
    found = {name: stream["$parameters"] for name, stream in streams("source_sentry").items()}
    names = [
        name
        for name, parameters in found.items()
        if parameters["scope"] == lacking
        and not ("project:releases" in scopes and "/releases/" in parameters["endpoint"])
    ]
    sentence = f"The token lacks the scope `{lacking}`, so these streams cannot be read: {', '.join(names)}."
    assert (result.status, result.message) == (
        "SUCCEEDED",
        f"Organization `acme`: 2 project(s) visible. {sentence}",
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["backnd"],
            (
                "Project `backnd` of setting `projects` does not exist in organization `acme`. Projects this token can "
                "see: `backend`, `web`."
            ),
        ),
        (
            ["zzz", "web", "aaa"],
            (
                "Projects `aaa`, `zzz` of setting `projects` do not exist in organization `acme`. Projects this token "
                "can see: `backend`, `web`."
            ),
        ),
    ],
)
def test_given_unknown_project_when_checked_then_failed_with_those_that_there_are(
    names: list[str], message: str, sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1"}))
    sentry.answers_projects(BACKEND, WEB)
    for name in set(names) - {"backend", "web"}:
        sentry.answers(project_request(name, ""), answer({"detail": "The requested resource does not exist"}, 404))
    result = check(tmp_path, projects=names)
    assert (result.status, result.message) == ("FAILED", message)


@pytest.mark.parametrize("projects", [[], ["web"]])
def test_given_token_that_sees_no_project_when_checked_then_failed_with_the_way_out(
    projects: list[str], sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1"}))
    sentry.answers(PROJECTS, page())
    result = check(tmp_path, projects=projects)
    assert (result.status, result.message) == (
        "FAILED",
        (
            "Organization `acme` shows no project to this `auth_token`: it has none, or the owner of the token is in "
            "no team of it. Join a team, or use the token of an internal integration."
        ),
    )


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"detail": "Invalid token"}, "Sentry does not know the `auth_token`"),
        (401, {"detail": {"code": "sso-required", "message": "Must login via SSO"}}, "requires single sign-on"),
        (403, {"detail": "No"}, "it needs the scope `org:read`"),
        (404, {"detail": "The requested resource does not exist"}, "check the slug `acme` in `organization`"),
    ],
)
def test_given_refusal_when_checked_then_failed_with_one_sentence(
    status: int, body: Json, words: str, sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(ORGANIZATION, answer(body, status))
    result = check(tmp_path)
    assert result.status == "FAILED"
    assert words in result.message


def test_given_second_page_of_projects_when_checked_then_it_counts(sentry: SentryMock, tmp_path: Path) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1"}))
    sentry.answers(projects(), page(BACKEND, next_cursor="4711:1:0"))
    sentry.answers(projects(cursor="4711:1:0"), page(WEB))
    sentry.answers_scopes()
    sentry.answers(issue_page("2"), page())
    assert check(tmp_path, projects=["web"]).status == "SUCCEEDED"


def test_given_login_page_when_checked_then_failed_after_one_retry(
    sentry: SentryMock, waits: list[float], tmp_path: Path
) -> None:
    sentry.answers(ORGANIZATION, answer(HTML, Content_Type="text/html"), answer(HTML, Content_Type="text/html"))
    result = check(tmp_path)
    assert result.status == "FAILED"
    assert result.message.startswith(f"Expected a JSON object from {ORGANIZATION.exact[0]}, got text/html")
    assert "check `hostname`" in result.message
    assert waits == [1.0]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (requests.ConnectionError, "The connection to `sentry.test:9000` broke"),
        (requests.ReadTimeout, "`sentry.test:9000` accepted the request but did not answer in time"),
    ],
)
def test_given_no_answer_when_checked_then_failed_with_one_sentence(
    error: type[requests.RequestException], message: str, frozen: object, waits: list[float], tmp_path: Path
) -> None:
    del frozen

    def fail(request: requests.Request, _: object) -> str:
        raise error("gone", request=request)

    with requests_mock.Mocker() as mocker:
        mocker.get(requests_mock.ANY, text=fail)
        result = check(tmp_path)
        assert [request.url for request in mocker.request_history] == [f"{HOST}/api/0/organizations/acme/"] * 2
    assert (result.status, waits) == ("FAILED", [1.0])
    assert result.message.startswith(message)


@pytest.mark.parametrize(("status", "body"), [(404, ""), (403, {"detail": "No"}), (401, "")])
def test_given_index_that_is_refused_when_checked_then_succeeded_all_the_same(
    status: int, body: Json | str, sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1"}))
    sentry.answers_projects(BACKEND)
    sentry.answers(SentryRequest(f"{API}/"), answer(body, status))
    sentry.answers(issue_page("1"), page())
    result = check(tmp_path)
    assert result.status == "SUCCEEDED"
    assert "The token's scopes could not be read" in result.message


def test_given_old_server_when_checked_then_succeeded_without_a_setting(sentry: SentryMock, tmp_path: Path) -> None:
    sentry.is_old()
    answers_all(sentry, None, asked=None)
    sentry.answers(project_request("backend", "issues/", project="1", query="", limit="1"), page())
    assert check(tmp_path).status == "SUCCEEDED"


def test_given_server_whose_age_cannot_be_found_out_when_checked_then_failed_with_the_setting(
    sentry: SentryMock, tmp_path: Path
) -> None:
    answers_all(sentry, None, asked=None)
    sentry.answers(ROUTE, answer("", 502), answer("", 502))
    result = check(tmp_path)
    assert result.status == "FAILED"
    assert result.message.startswith(f"Whether `{HOST}` is older than Sentry 10 could not be found out; if it is, set ")
    assert "`legacy_server`" in result.message


def test_given_legacy_server_when_checked_then_nothing_is_found_out(sentry: SentryMock, tmp_path: Path) -> None:
    answers_all(sentry, None, asked=None)
    sentry.answers(project_request("backend", "issues/", project="1", query="", limit="1"), page())
    assert check(tmp_path, legacy_server=True).status == "SUCCEEDED"
    assert ROUTE.exact not in sentry.requested


def test_given_search_that_fails_when_checked_then_failed(sentry: SentryMock, tmp_path: Path) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1"}))
    sentry.answers(PROJECTS, page(BACKEND), page(BACKEND))  # the second for the slug in the sentence
    sentry.answers_scopes()
    sentry.answers(issue_page("1"), *[answer({"detail": "Internal Error"}, 500)] * 2)
    result = check(tmp_path)
    assert (result.status, result.message) == (
        "FAILED",
        f"{API}/organizations/acme/issues/ answered stream `issues` with HTTP 500: Internal Error",
    )


def test_given_unknown_environment_when_checked_then_failed_with_those_that_there_are(
    sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1"}))
    sentry.answers(ENVIRONMENTS, page({"name": "staging"}, {"name": "production"}))
    result = check(tmp_path, environments=["prod", "staging", ""])
    assert (result.status, result.message) == (
        "FAILED",
        (
            "Environment `prod` of setting `environments` does not exist in organization `acme`. Environments that "
            "exist: `production`, `staging`."
        ),
    )


def test_given_environments_that_may_not_be_listed_when_checked_then_they_are_taken_for_right(
    sentry: SentryMock, tmp_path: Path
) -> None:
    answers_all(sentry, None)
    sentry.answers(ENVIRONMENTS, answer({"detail": "No"}, 403))
    assert check(tmp_path, environments=["prod"]).status == "SUCCEEDED"


def test_given_closed_project_when_checked_then_it_is_named_and_another_is_asked(
    sentry: SentryMock, tmp_path: Path
) -> None:
    answers_all(sentry, ALL_SCOPES, a_project(1, "closed", hasAccess=False), {**WEB, "hasAccess": True}, asked="2")
    assert check(tmp_path).message == (
        "Organization `acme`: 2 project(s) visible. Project `closed`: closed to this `auth_token`. To read them, join "
        "their teams, or use the token of an internal integration."
    )


@pytest.mark.parametrize(
    ("hostname", "hint"),
    [
        ("sentry.test:9000", " `sentry.test:9000` was asked with https://; if it has no TLS, write "),
        ("https://sentry.test:9000", None),
        ("de.sentry.io", None),
    ],
)
@pytest.mark.parametrize("error", [requests.exceptions.SSLError("EOF"), requests.ConnectionError("Connection refused")])
@pytest.mark.usefixtures("frozen", "waits")
def test_given_broken_connection_when_checked_then_http_is_the_way_out_where_no_scheme_was_given(
    error: requests.RequestException, hostname: str, hint: str | None, tmp_path: Path
) -> None:
    with requests_mock.Mocker() as mocker:
        mocker.get(requests_mock.ANY, exc=error)
        message = check(tmp_path, hostname=hostname).message
    assert ("write `http://sentry.test:9000` in `hostname`" in message) == bool(hint)
    assert (hint or message) in message


@pytest.mark.parametrize(
    ("scopes", "needed", "covered"),
    [
        (["org:read"], "org:read", True),
        (["org:write"], "org:read", True),
        (["org:admin"], "org:read", True),
        (["project:admin"], "org:read", False),
        (["org:integrations"], "org:read", False),
        ([], "org:read", False),
    ],
)
def test_given_scopes_when_compared_then_write_and_admin_imply_read(
    scopes: list[str],
    needed: str,
    *,
    covered: bool,
) -> None:
    assert covers(scopes, needed) is covered
