"""Tokens and permissions of the Sigma sandbox."""

import time

import pytest

from unit_tests.saas_sandbox.sigma.client import ADMIN, VIEWER, running


def test_given_a_credential_when_a_token_is_asked_for_then_it_opens_the_api() -> None:
    with running(credential=None) as client:
        assert (client.get("/v2/whoami").status_code, client.get("/v2/whoami").json()["code"]) == (401, "unauthorized")
        answer = client.mint()
        assert answer.json()["token_type"] == "bearer"
        assert answer.json()["expires_in"] == 3600
        assert set(client.get("/v2/whoami").json()) == {"userId", "organizationId"}


def test_given_a_basic_header_when_a_token_is_asked_for_then_it_does_too() -> None:
    with running(credential=None) as client:
        form = {"grant_type": "client_credentials"}
        assert client.mint(data=form, auth=ADMIN).status_code == 200


def test_given_a_wrong_secret_when_a_token_is_asked_for_then_401() -> None:
    with running(credential=None) as client:
        assert client.mint((ADMIN[0], "wrong")).status_code == 401


def test_given_json_when_a_token_is_asked_for_then_400() -> None:
    with running(credential=None) as client:
        assert client.mint(data="{}", headers={"Content-Type": "application/json"}).status_code == 400


def test_given_two_requests_for_tokens_in_a_second_when_made_then_429() -> None:
    with running(credential=None, mints_a_second=1.0) as client:
        answers = [client.mint() for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 429, 429]
        assert answers[1].headers["Retry-After"] == "1"


def test_given_a_token_when_its_requests_are_used_up_then_401_until_the_next() -> None:
    with running(token_requests=2) as client:
        assert [client.get("/v2/whoami").status_code for _ in range(3)] == [200, 200, 401]
        client.mint()
        assert client.get("/v2/whoami").status_code == 200


def test_given_a_token_when_its_time_is_over_then_401() -> None:
    with running(token_seconds=0.05) as client:
        time.sleep(0.1)
        assert client.get("/v2/whoami").status_code == 401


@pytest.mark.parametrize(
    ("path", "admin", "viewer"),
    [
        ("/v2/teams", 200, 200),
        ("/v2/accountTypes", 200, 403),
        ("/v2/tenants", 200, 403),
        ("/v2/workbooks?skipPermissionCheck=true", 200, 403),
        ("/v2/workbooks", 200, 200),
    ],
)
def test_given_two_users_when_they_ask_then_only_the_admin_sees_all(path: str, admin: int, viewer: int) -> None:
    with running() as client:
        assert client.get(path).status_code == admin
        client.mint(VIEWER)
        assert client.get(path).status_code == viewer


def test_given_a_private_workbook_when_listed_then_only_without_the_check() -> None:
    with running() as client:
        plain = client.get("/v2/workbooks").json()["entries"]
        whole = client.get("/v2/workbooks", skipPermissionCheck="true").json()["entries"]
        assert (len(plain), len(whole)) == (3, 4)


def test_given_a_process_when_asked_for_what_it_did_then_it_tells() -> None:
    with running() as client:
        client.get("/v2/teams", limit="1000")
        log = client.look("requests")
        assert [(one["method"], one["path"], one["status"]) for one in log] == [
            ("POST", "/v2/auth/token", 200),
            ("GET", "/v2/teams", 200),
        ]
        assert log[1]["query"] == [["limit", "1000"]]
        assert client.look("stats") == {"requests": 2, "tokens": 1, "by_status": {"200": 2}}
        client.control("reset")
        assert client.look("requests") == []
        assert client.control("settings", rows="many", nonsense=1).status_code == 400
        assert client.control("settings", members=9).status_code == 200
        assert len(client.look("totals")["members"]) == 9
