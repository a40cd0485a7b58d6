from collections.abc import Iterator
from typing import Any

import pytest

from saas_sandbox.sentry.settings import DEFAULT_TOKEN, OLD, READ_SCOPES, Token
from unit_tests.saas_sandbox.sentry.client import BACKEND_ISSUES, EVENTS, ISSUES, RELEASES, Client, running

NO_PERMISSION = {"detail": "You do not have permission to perform this action."}
NOT_FOUND = {"detail": "The requested resource does not exist"}
SCOPES = {
    "/organizations/acme/": {"org:read", "org:write"},
    "/organizations/acme/projects/": {"org:read", "org:write"},
    "/organizations/acme/teams/": {"org:read", "org:write"},
    "/organizations/acme/members/": {"member:read"},
    "/organizations/acme/users/": {"org:read", "member:read"},
    "/organizations/": {"org:read", "org:write"},
    "/organizations/acme/audit-logs/": {"org:write"},
    "/organizations/acme/detectors/": {"alerts:read", "org:read", "org:write"},
    "/organizations/acme/scim/v2/Users": {"member:read"},
    "/teams/acme/platform/members/": {"team:read"},
    "/teams/acme/platform/projects/": {"project:read"},
    RELEASES: {"project:read", "project:releases", "org:ci"},
    ISSUES: {"event:read"},
    "/projects/acme/backend/": {"project:read"},
    EVENTS: {"project:read"},
    BACKEND_ISSUES: {"event:read"},
    "/projects/acme/backend/keys/": {"project:read"},
}
TOKENS = {
    DEFAULT_TOKEN: Token(not_member_of=("web",)),
    "sntryu_expired": Token(expired=True),
    "sntryu_sso": Token(denied="sso-required"),
    "sntryu_writer": Token(scopes=("project:write",)),
    "sntryu_backend": Token(projects=("backend",)),
    **{f"sntryu_{scope}": Token(scopes=(scope,)) for scope in READ_SCOPES},
}


@pytest.fixture(scope="module")
def today() -> Iterator[Client]:
    with running(tokens=TOKENS) as client:
        yield client


@pytest.mark.parametrize(
    ("token", "body"),
    [
        (None, {"detail": "Authentication credentials were not provided."}),
        ("sntryu_wrong", {"detail": "Invalid token"}),
        ("sntryu_expired", {"detail": "Token expired"}),
        ("two words", {"detail": "Invalid token header. Token string should not contain spaces."}),
        (
            "sntryu_sso",
            {"detail": {"code": "sso-required", "message": "This action needs: sso-required.", "extra": {}}},
        ),
    ],
)
def test_given_a_useless_token_when_it_is_used_then_401(today: Client, token: str | None, body: dict[str, Any]) -> None:
    answer = today.get(EVENTS, token=token)
    assert (answer.status_code, answer.json()) == (401, body)
    assert answer.headers["WWW-Authenticate"] == 'xBasic realm="api"'


def test_given_a_token_when_the_index_is_read_then_it_names_the_scopes(today: Client) -> None:
    assert today.get("/").json()["auth"] == {"scopes": list(READ_SCOPES)}
    assert today.get("/", token="sntryu_wrong").status_code == 401
    anonymous = today.get("/", token=None)
    assert (anonymous.status_code, anonymous.json()) == (200, {"version": "0", "auth": None, "user": None})


@pytest.mark.parametrize("path", SCOPES)
def test_given_each_scope_alone_when_an_endpoint_is_called_then_only_its_own_suffice(today: Client, path: str) -> None:
    answers = {scope: today.get(path, token=f"sntryu_{scope}") for scope in READ_SCOPES}
    assert {scope for scope, answer in answers.items() if answer.status_code == 200} == SCOPES[path] & set(READ_SCOPES)
    assert all(answer.json() == NO_PERMISSION for answer in answers.values() if answer.status_code == 403)


@pytest.mark.parametrize("path", SCOPES)
def test_given_an_organization_token_when_it_is_used_then_only_releases_open(today: Client, path: str) -> None:
    status = today.get(path, token="sntrys_any_0123456789").status_code
    assert status == (200 if path == RELEASES else 403)


def test_given_a_write_scope_when_events_are_read_then_it_suffices(today: Client) -> None:
    assert today.get(EVENTS, token="sntryu_writer").status_code == 200


def test_given_a_token_of_one_project_when_others_are_asked_for_then_they_are_closed(today: Client) -> None:
    token = "sntryu_backend"
    projects = today.get("/organizations/acme/projects/", token=token).json()
    assert [project["slug"] for project in projects] == ["backend"]
    assert today.get("/projects/acme/web/events/", token=token).json() == NO_PERMISSION
    assert today.get(ISSUES, token=token, project=2).status_code == 403
    assert {i["project"]["slug"] for i in today.get(ISSUES, token=token, project=-1).json()} == {"backend"}


@pytest.mark.parametrize("path", ["/organizations/nobody/", "/projects/acme/nothing/events/", "/projects/no/backend/"])
def test_given_an_unknown_name_when_it_is_asked_for_then_404(today: Client, path: str) -> None:
    answer = today.get(path)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("path", ["/organizations/acme", "/organizations/acme/x/", "/projects/acme/backend/keys"])
def test_given_no_trailing_slash_when_a_path_is_called_then_404_and_empty_html(today: Client, path: str) -> None:
    answer = today.get(path)
    assert (answer.status_code, answer.content, answer.history) == (404, b"", [])
    assert answer.headers["Content-Type"].startswith("text/html")


def test_given_listed_projects_when_they_are_closed_or_gone_then_403_or_404() -> None:
    with running(forbidden_projects=("web",), missing_projects=("backend",), hidden_projects=("archive",)) as client:
        slugs = {project["slug"] for project in client.get("/organizations/acme/projects/").json()}
        statuses = {slug: client.get(f"/projects/acme/{slug}/events/").status_code for slug in (*slugs, "archive")}
    assert slugs == {"web", "backend", "playground"}
    assert statuses == {"web": 403, "backend": 404, "playground": 200, "archive": 404}


def test_given_the_old_server_when_scopes_are_tried_then_members_do_not_open_users() -> None:
    with running(generation=OLD, tokens=TOKENS) as client:
        assert client.get("/organizations/acme/users/", token="sntryu_member:read").status_code == 403
        assert client.get("/organizations/acme/users/", token="sntryu_org:read").status_code == 200
        assert client.get(RELEASES, token="sntrys_any").status_code == 403
