"""What `check` says of each mistake: one sentence, and never the secret."""

from typing import Any

import pytest

from integration_tests.source_sigma.conftest import Connect

WRONG = "wrong_secret_0123456789abcdef0123456789abcdef"


@pytest.mark.installed
def test_given_a_good_config_when_checked_then_it_succeeds(connect: Connect) -> None:
    status, message = connect().run("check").connection

    assert status == "SUCCEEDED"
    assert message.startswith("User `")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"client_secret": WRONG}, "Sigma does not know the `client_id` or its `client_secret`"),
        ({"api_url": "http://127.0.0.1:9"}, "Nothing listens at `127.0.0.1:9`"),
        pytest.param({"num_workers": 99}, "Setting `num_workers` is 99", marks=pytest.mark.installed),
    ],
)
def test_given_a_mistake_when_checked_then_one_sentence_names_it(
    connect: Connect, settings: dict[str, Any], says: str
) -> None:
    connector = connect()
    connector.settings = settings

    output = connector.run("check")

    assert output.connection[0] == "FAILED"
    assert says in output.connection[1]
    assert "\n" not in output.connection[1]
    assert not any(secret in output.text for secret in (connector.sandbox.client_secret, WRONG))


def test_given_a_front_end_in_the_way_when_checked_then_the_host_is_doubted(connect: Connect) -> None:
    connector = connect(faults=("html:1@/v2/auth",), fault_repeats=0)

    status, message = connector.run("check").connection

    assert status == "FAILED"
    assert "/v2/auth/token, got text/html beginning with `<!DOCTYPE html>" in message
    assert "none of the hosts that Sigma publishes" in message


@pytest.mark.installed
def test_given_debug_output_when_checked_then_neither_secret_nor_token_is_in_it(connect: Connect) -> None:
    connector = connect()

    output = connector.run("check", "--debug")

    assert output.connection[0] == "SUCCEEDED"
    assert "Making outbound API request" in output.text
    assert connector.sandbox.client_secret not in output.text
    assert "Bearer sandbox." not in output.text
