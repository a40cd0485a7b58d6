import base64
import json
from urllib.parse import quote

import pytest
from airbyte_cdk.utils import airbyte_secrets_utils
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from sourcewright import secrets

SECRET = 'p"w\\d/+ä\u200b0123456789'


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that other tests planted, and nothing for them."""
    monkeypatch.setattr(secrets, "_known", set())
    monkeypatch.setattr(airbyte_secrets_utils, "__SECRETS_FROM_CONFIG", [])


@pytest.mark.parametrize(
    "pasted",
    [
        "\u200babc_0123",
        "abc_\u200b0123",
        "\ufeffabc_0123",
        "abc_\n0123\n",
        "abc_\r\n0123",
        " abc_0123\t",
        "\u00a0abc_0123\u00a0",
        '"abc_0123"',
        "'abc_0123'\n",
        "\u201cabc_0123\u201d",
        "`abc_0123`",
        "Bearer abc_0123",
        '"Bearer abc_0123"',
        "abc_0123\u2028",
        "abc\u00ad_0123",
    ],
)
def test_given_a_pasted_secret_when_tidied_then_what_copying_added_is_gone(pasted: str) -> None:
    assert secrets.tidy(pasted) == "abc_0123"


@pytest.mark.parametrize(("secret", "possible"), [("abc_!~", True), ("ab c", False), ("caf\xe9", False), ("", False)])
def test_given_a_secret_when_judged_then_only_printable_ascii_is_possible(secret: str, *, possible: bool) -> None:
    assert secrets.is_possible(secret) is possible


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        repr(SECRET),
        str({"Authorization": f"Bearer {SECRET}"}),
        repr(SECRET.encode()),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps(json.dumps(SECRET)),
        json.dumps(repr(SECRET)),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        *(base64.b64encode(f"{'u' * length}:{SECRET}".encode()).decode() for length in range(4)),
    ],
)
def test_given_a_known_secret_when_a_message_has_it_in_any_form_then_it_is_masked(form: str) -> None:
    secrets.know(SECRET)
    masked = filter_secrets(f"x {form} y")
    assert "****" in masked
    assert not [piece for piece in (SECRET, "0123456789", "MDEyMzQ1Njc4", "AxMjM0NTY3") if piece in masked]


def test_given_a_short_secret_when_messages_are_masked_then_only_where_a_secret_stands() -> None:
    secrets.know("a")
    masked = filter_secrets("a banana, Bearer a, https://user:a@host/a")
    assert masked == "a banana, ****, https://user****host/a"


def test_given_secrets_of_which_one_contains_another_when_masked_then_none_is_left_in_part() -> None:
    secrets.know("0123456789", "0123456789abcdef")
    secrets.know("9abcdef0123456789")
    assert filter_secrets("0123456789abcdef 0123456789") == "**** ****"


@pytest.mark.parametrize(
    ("settings", "secret"),
    [
        ({"auth_token": "0123456789"}, "0123456789"),
        ({"auth_token": "\u200b0123456789"}, "0123456789"),
        ({"auth_token": {"value": ["0123456789"]}}, "0123456789"),
        ({"client_secret": "0123456789"}, "0123456789"),
        ({"organization": "sntryu_0123456789abcdef0123"}, "sntryu_0123456789abcdef0123"),
        ({"projects": ["0123456789abcdef0123456789abcdef"]}, "0123456789abcdef0123456789abcdef"),
        ({"hostname": "https://user:p4ssw0rd%2F@host"}, "p4ssw0rd/"),
        ({"hostname": "user:p4ssw0rd@host"}, "p4ssw0rd"),
        ({"api_url": "https://t0k3nt0k3n@host"}, "t0k3nt0k3n"),
    ],
)
def test_given_settings_when_known_then_secrets_are_masked_wherever_they_were_put(
    settings: dict[str, object], secret: str
) -> None:
    secrets.know_settings(settings)
    assert filter_secrets(f"<{secret}>") == "<****>"


@pytest.mark.parametrize("value", ["acme", "my-very-long-organization-name-2026", "assigned:me@example.com", "@", ""])
def test_given_ordinary_settings_when_known_then_nothing_is_masked(value: str) -> None:
    secrets.know_settings({"organization": value, "projects": [value], "hostname": "sentry.io", "issue_query": value})
    assert filter_secrets(value) == value


def test_given_a_proxy_with_a_password_when_known_then_it_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:p4ss%40w0rd@proxy:3128")
    secrets.know_environment()
    basic = base64.b64encode(b"user:p4ss@w0rd").decode()
    assert (
        filter_secrets(f"http://user:p4ss%40w0rd@proxy p4ss@w0rd Basic {basic}") == "http://****@proxy **** Basic ****"
    )
