"""Requests without an answer. The errors' causes are nested as requests and urllib3 nest them."""

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction
from urllib3 import HTTPConnectionPool, exceptions
from urllib3.connection import HTTPConnection

from unit_tests.source_sentry.handler import EVENTS_URL, a_handler

RETRY, FAIL = ResponseAction.RETRY, ResponseAction.FAIL
TRANSIENT, CONFIG = FailureType.transient_error, FailureType.config_error
POOL, CONNECTION = HTTPConnectionPool("sentry.test", 9000), HTTPConnection("sentry.test", 9000)
REQUEST = requests.Request("GET", EVENTS_URL).prepare()


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def after_retries(reason: Exception) -> exceptions.MaxRetryError:
    return exceptions.MaxRetryError(POOL, "/api/0/", reason)


def a_dns_error() -> requests.RequestException:
    unknown = socket.gaierror(-2, "Name or service not known")
    error = caused(exceptions.NameResolutionError("sentry.test", CONNECTION, unknown), unknown)
    return requests.ConnectionError(after_retries(error), request=REQUEST)


def a_connect_timeout() -> requests.RequestException:
    error = exceptions.ConnectTimeoutError(CONNECTION, "Connection to sentry.test timed out. (connect timeout=20)")
    return requests.ConnectTimeout(after_retries(caused(error, TimeoutError("timed out"))), request=REQUEST)


def a_tls_error(message: str, kind: type[ssl.SSLError] = ssl.SSLError) -> requests.RequestException:
    error = exceptions.SSLError(kind(1, message))
    return requests.exceptions.SSLError(after_retries(error), request=REQUEST)


def a_broken_connection() -> requests.RequestException:
    reset = ConnectionResetError(104, "Connection reset by peer")
    return requests.ConnectionError(exceptions.ProtocolError("Connection aborted.", reset), request=REQUEST)


@pytest.mark.parametrize(
    ("error", "action", "failure_type", "message"),
    [
        pytest.param(
            a_dns_error(),
            RETRY,
            TRANSIENT,
            "Host `sentry.test:9000` was not found: check `hostname` (Name or service not known).",
            id="dns",
        ),
        pytest.param(
            a_tls_error(
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)",
                ssl.SSLCertVerificationError,
            ),
            FAIL,
            CONFIG,
            "The TLS connection to `sentry.test:9000` failed (certificate verify failed: self-signed certificate): "
            "check `hostname`, its port and its certificate.",
            id="certificate",
        ),
        pytest.param(
            a_tls_error("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"),
            RETRY,
            TRANSIENT,
            "The TLS connection to `sentry.test:9000` failed (wrong version number): check `hostname`, its port and "
            "its certificate.",
            id="tls to a plain port",
        ),
        pytest.param(
            a_broken_connection(),
            RETRY,
            TRANSIENT,
            "The connection to `sentry.test:9000` broke (Connection reset by peer).",
            id="reset",
        ),
    ],
)
def test_given_no_answer_when_judged_then_host_cause_and_way_out(
    error: requests.RequestException, action: ResponseAction, failure_type: FailureType, message: str
) -> None:
    verdict = a_handler().interpret_response(error)
    assert (verdict.response_action, verdict.failure_type, verdict.error_message) == (action, failure_type, message)


def test_given_connect_timeout_when_judged_then_message_does_not_say_that_the_server_accepted() -> None:
    verdict = a_handler().interpret_response(a_connect_timeout())
    assert (verdict.response_action, verdict.failure_type) == (RETRY, TRANSIENT)
    assert "`sentry.test:9000`" in str(verdict.error_message)
    assert "accepted" not in str(verdict.error_message)


def test_given_closed_port_when_judged_then_hostname_and_port_are_named() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))  # and does not listen
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(requests.ConnectionError) as caught:
            requests.get(f"http://{host}/", timeout=5)
    verdict = a_handler().interpret_response(caught.value)
    assert (verdict.response_action, verdict.failure_type) == (RETRY, TRANSIENT)
    assert verdict.error_message == (
        f"Nothing listens at `{host}`: check `hostname` and its port (Connection refused)."
    )


def test_given_silent_server_when_judged_then_it_accepted_but_did_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(requests.ReadTimeout) as caught:
            requests.get(f"http://{host}/", timeout=0.05)
    verdict = a_handler().interpret_response(caught.value)
    assert (verdict.response_action, verdict.failure_type) == (RETRY, TRANSIENT)
    assert verdict.error_message == f"`{host}` accepted the request but did not answer in time (timed out)."


@pytest.fixture
def hasty_host() -> Iterator[str]:
    """A server that promises 100 bytes, sends two and leaves."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_given_body_cut_short_when_judged_then_retried(hasty_host: str) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError) as caught:
        requests.get(f"http://{hasty_host}/", timeout=5)
    verdict = a_handler().interpret_response(caught.value)
    assert (verdict.response_action, verdict.failure_type) == (RETRY, TRANSIENT)
    assert "IncompleteRead(2 bytes read, 98 more expected)" in str(verdict.error_message)


def test_given_url_that_is_none_when_judged_then_not_retried() -> None:
    verdict = a_handler().interpret_response(requests.exceptions.InvalidURL("Failed to parse: http://["))
    assert (verdict.response_action, verdict.failure_type) == (FAIL, CONFIG)
