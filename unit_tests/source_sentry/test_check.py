from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock

from source_sentry.check import covers
from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import API, BACKEND, HOST, HTML, TOKEN, WEB, Json, a_config
from unit_tests.source_sentry.command import Result, run
from unit_tests.source_sentry.endpoints import projects
from unit_tests.source_sentry.sentry_mock import (
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


def answers_all(sentry: SentryMock, scopes: list[str] | None) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1", "slug": "acme"}))
    sentry.answers_projects(BACKEND, WEB)
    index = {"version": "0", "auth": None if scopes is None else {"scopes": scopes}, "user": None}
    sentry.answers(SentryRequest(f"{API}/"), answer(index))


@pytest.mark.parametrize("scopes", [ALL_SCOPES, None, []])
def test_given_all_is_well_when_checked_then_succeeded_with_what_is_visible(
    scopes: list[str] | None, sentry: SentryMock, tmp_path: Path
) -> None:
    answers_all(sentry, scopes)
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
    answers_all(sentry, scopes)
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


def test_given_token_that_sees_no_project_when_checked_then_failed_for_the_configured_one(
    sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(ORGANIZATION, answer({"id": "1"}))
    sentry.answers(projects(), page())
    assert check(tmp_path, projects=["web"]).message.endswith("Projects this token can see: none.")


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
    sentry.answers(projects(), page(BACKEND, next_cursor="100:1:0"))
    sentry.answers(projects(cursor="100:1:0"), page(WEB))
    sentry.answers_scopes()
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
    result = check(tmp_path)
    assert result.status == "SUCCEEDED"
    assert "The token's scopes could not be read" in result.message


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
