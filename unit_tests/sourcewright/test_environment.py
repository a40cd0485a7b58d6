"""Certificates and proxies that the environment names."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sourcewright.environment import proxy_of, trust_named_certificates
from sourcewright.http.errors import explain_exception, explain_proxy_refusal, is_lasting

BUNDLE = requests.utils.DEFAULT_CA_BUNDLE_PATH
URL = "https://sentry.test/api/0/"


@pytest.fixture(autouse=True)
def clean_environment() -> Iterator[None]:
    """Name neither certificates nor proxies, and undo what a test names."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().endswith(("_PROXY", "_CA_BUNDLE")) or name.startswith("SSL_CERT"):
                patch.delenv(name)
        yield
        os.environ.pop("REQUESTS_CA_BUNDLE", None)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_given_file_of_certificates_when_named_then_requests_trusts_it(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, BUNDLE)
    assert trust_named_certificates() is None
    settings = requests.Session().merge_environment_settings(URL, {}, stream=None, verify=None, cert=None)
    assert settings["verify"] == BUNDLE


def test_given_folder_of_certificates_when_named_then_requests_trusts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert trust_named_certificates() is None
    assert os.environ["REQUESTS_CA_BUNDLE"] == str(tmp_path)


def test_given_two_variables_when_named_then_that_of_requests_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", BUNDLE)
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    assert trust_named_certificates() is None
    assert os.environ["REQUESTS_CA_BUNDLE"] == BUNDLE


def test_given_no_variable_when_asked_then_nothing_is_set() -> None:
    assert trust_named_certificates() is None
    assert "REQUESTS_CA_BUNDLE" not in os.environ


@pytest.mark.parametrize(
    ("value", "proxy"),
    [
        ("http://proxy.test:3128", "proxy.test:3128"),
        ("http://user:secret_0123456789@proxy.test:3128", "proxy.test:3128"),
        ("user:secret_0123456789@proxy.test:3128", "proxy.test:3128"),
        ("http://[::1]:3128/", "[::1]:3128"),
    ],
)
def test_given_proxy_when_named_then_without_its_password(
    value: str, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    assert proxy_of(URL) == proxy


def test_given_host_without_proxy_when_asked_then_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "sentry.test")
    assert proxy_of(URL) is None


def test_given_proxy_that_wants_a_password_when_explained_then_it_is_named_and_no_retry_helps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    request = requests.Request("GET", URL).prepare()
    refused = requests.exceptions.ProxyError(OSError("Tunnel connection failed: 407 Wanted"), request=request)
    assert is_lasting(refused)
    assert explain_exception(refused, "hostname") == (
        "The proxy `proxy.test:3128` does not let requests through to `sentry.test` (Tunnel connection failed: 407 "
        "Wanted): check the variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`."
    )
    response = requests.Response()
    response.url = URL
    assert explain_proxy_refusal(response) == (
        "The proxy `proxy.test:3128` wants a user name and a password (HTTP 407): check the variables `HTTPS_PROXY`, "
        "`HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`."
    )
