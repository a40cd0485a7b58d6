"""`check`: host, credential and one cheap list, each failure in one sentence."""

import logging

import pytest
import requests
import requests_mock
from airbyte_cdk.models import AirbyteConnectionStatus, Status
from airbyte_cdk.test.mock_http import HttpResponse

from source_sigma import SourceSigma
from unit_tests.source_sigma.builders import CLIENT_SECRET, HOST, HTML, TOKEN, a_config
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, answer, entries, refusal

WHOAMI = SigmaRequest("v2/whoami")
FIRST_WORKBOOK = SigmaRequest("v2/workbooks", {"limit": "1"})
USER = {"userId": "u", "organizationId": "o"}


def check(**settings: object) -> AirbyteConnectionStatus:
    config = a_config(**settings)
    source = SourceSigma(config=config)
    status = source.check(logging.getLogger("airbyte"), config)
    assert CLIENT_SECRET not in str(status.message)
    assert TOKEN not in str(status.message)
    assert "\n" not in str(status.message)
    return status


def test_given_a_good_config_when_checked_then_it_says_whose_it_is(sigma: SigmaMock) -> None:
    sigma.answers(WHOAMI, answer(USER))
    sigma.answers(FIRST_WORKBOOK, entries({"workbookId": "w"}, next_page="1"))
    status = check()
    assert (status.status, status.message) == (Status.SUCCEEDED, f"User `u` of organization `o` at {HOST}.")


def test_given_skipped_checks_when_checked_then_they_are_tried(sigma: SigmaMock) -> None:
    sigma.answers(WHOAMI, answer(USER))
    request = SigmaRequest("v2/workbooks", {"limit": "1", "skipPermissionCheck": "true"})
    sigma.answers(request, refusal(403))
    status = check(skip_permission_check=True)
    assert status.status is Status.FAILED
    assert "turn it off, or use an admin's credential" in str(status.message)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (refusal(401, "unauthorized"), "Sigma does not know the `client_id` or its `client_secret`"),
        (answer(HTML, 404), "No token is to be had"),
    ],
)
def test_given_a_refused_credential_when_checked_then_it_is_named(
    bare_sigma: SigmaMock, bad: HttpResponse, says: str
) -> None:
    bare_sigma.gives_tokens(bad)
    status = check()
    assert status.status is Status.FAILED
    assert says in str(status.message)
    assert "none of the hosts that Sigma publishes" in str(status.message)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (answer(HTML, 200, Content_Type="text/html"), "Expected a JSON object with `userId` from"),
        (answer({"code": "x", "message": "y"}), "Expected a JSON object with `userId` from"),
        (answer({"status": "ok"}), "Expected a JSON object with `userId` from"),
        (refusal(500), "HTTP 500"),
    ],
)
def test_given_a_broken_answer_when_checked_then_it_fails_after_one_more_try(
    sigma: SigmaMock, waits: list[float], bad: HttpResponse, says: str
) -> None:
    sigma.answers(WHOAMI, bad, bad)
    status = check()
    assert status.status is Status.FAILED
    assert says in str(status.message)
    assert str(status.message).startswith(("Expected", "http"))
    assert waits == [1]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("Failed to resolve 'azure-api.sigmacomputing.com'", "Host `azure-api.sigmacomputing.com` was not found"),
        ("Connection refused", "Nothing listens at `azure-api.sigmacomputing.com`"),
    ],
)
def test_given_no_way_to_the_host_when_checked_then_the_published_hosts_are_named(
    waits: list[float], error: str, says: str
) -> None:
    del waits
    url = "https://azure-api.sigmacomputing.com"
    request = requests.Request("POST", f"{url}/v2/auth/token").prepare()
    with requests_mock.Mocker() as network:
        network.post(request.url, exc=requests.exceptions.ConnectionError(error, request=request))
        status = check(api_url=url)
    assert status.status is Status.FAILED
    assert says in str(status.message)
    assert "https://api.us.azure.sigmacomputing.com (Azure US)" in str(status.message)


def test_given_a_long_wait_for_a_token_when_checked_then_it_fails_at_once(
    bare_sigma: SigmaMock, waits: list[float]
) -> None:
    bare_sigma.gives_tokens(answer({}, 429, Retry_After="1800"))
    status = check()
    assert status.status is Status.FAILED
    assert str(status.message).endswith("The next try would have to wait 1800 s, and it is tried for 5 minutes.")
    assert waits == []
