"""What went wrong, in one sentence that names the object, the value and the way out.

Errors of the API are {"requestId", "message", "code"}; those of its edge are HTML pages of any status. Statuses:
https://help.sigmacomputing.com/reference/get-started-sigma-api and what other connectors met (docs/sigma.md).
"""

from http import HTTPStatus
from typing import Any, Final, NamedTuple

import requests

from source_sigma import hosts
from sourcewright import lenient_json
from sourcewright.http.errors import (
    explain_exception,
    explain_limit,
    explain_page,
    explain_proxy_refusal,
    is_lasting,
    is_of_proxy,
    place,
    quoted,
)
from sourcewright.http.lasting import LastingError

_NO_SUCH_CREDENTIAL: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_TRANSIENT: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


class Problem(NamedTuple):
    """What is wrong, and whether waiting does not help."""

    message: str
    lasting: bool


def body_of(response: requests.Response) -> dict[str, Any]:
    """The error object of an answer; empty where it is none, as an HTML page."""
    try:
        body, _ = lenient_json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def access_token(response: requests.Response) -> str | None:
    """The token of an answer, whatever it may be; None where it has none, "" where it cannot be a text."""
    token = body_of(response).get("access_token")
    if not isinstance(token, str):
        return None
    return "" if isinstance(token, lenient_json.Odd) else token.strip()


def detail(response: requests.Response) -> str:
    """Sigma's own words: `No such workbook (not_found)`; those of HTTP where it has none."""
    words = {name: value for name, value in body_of(response).items() if isinstance(value, str | int)}
    text = quoted(str(words.get("message") or response.reason or "no reason given").rstrip("."))
    return f"{text} ({words['code']})" if words.get("code") else text


def is_transient(response: requests.Response) -> bool:
    """Whether the same request may get a better answer later.

    402 with the code `timedout` is how some lists tell that the server took too long.
    """
    status = response.status_code
    timed_out = status == HTTPStatus.PAYMENT_REQUIRED and body_of(response).get("code") == "timedout"
    return timed_out or status in _TRANSIENT or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def explain(response: requests.Response, stream: str, permission: str) -> str:
    """Why Sigma did not answer what was asked, and what the user can do."""
    reason, where, status = detail(response), place(response), response.status_code
    if status == HTTPStatus.FORBIDDEN and "skipPermissionCheck" in (response.url or ""):
        return (
            f"Sigma refuses stream `{stream}` with `skip_permission_check`, which is for admins only: turn it off, or "
            f"use an admin's credential. Sigma says: {reason}"
        )
    if status == HTTPStatus.FORBIDDEN:
        return f"The credential may not read stream `{stream}` at {where}: it needs {permission}. Sigma says: {reason}"
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return (
            f"Nothing is at {where} for stream `{stream}`: it was deleted or archived, or this organization does not "
            f"have the endpoint. Sigma says: {reason}"
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return explain_limit(response, stream, reason)
    return f"{where} answered stream `{stream}` with HTTP {status}: {reason}"


def explain_unproven(base_url: str, reason: str) -> str:
    """Why a token that Sigma has just issued is refused."""
    return (
        f"Sigma refuses a token that it has just issued: check that the credential and `api_url` are of one "
        f"organization. {hosts.advice(base_url)} Sigma says: {reason}"
    )


def explain_wrong_page(response: requests.Response, expected: str, base_url: str) -> str:
    """Why a 200 is not the page that was asked for; an HTML page comes from a wrong host."""
    message = explain_page(response, expected, "api_url")
    return f"{message} {hosts.advice(base_url)}" if response.content.lstrip()[:1] == b"<" else message


def explain_no_answer(error: requests.RequestException, base_url: str) -> Problem:
    """Why no answer came at all; a host that does not exist may be one that is not published."""
    if isinstance(error, LastingError):
        return Problem(error.explain("api_url"), lasting=True)
    message = explain_exception(error, "api_url")
    if not is_of_proxy(error):
        message = f"{message} {hosts.advice(base_url)}"
    return Problem(message, is_lasting(error))


def explain_token_answer(answer: requests.Response | requests.RequestException, base_url: str) -> Problem:
    """Why no token came."""
    if isinstance(answer, requests.RequestException):
        return explain_no_answer(answer, base_url)
    if answer.ok:
        return Problem(_explain_no_token(answer, base_url), lasting=False)
    reason, where, status = detail(answer), place(answer), answer.status_code
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return Problem(explain_proxy_refusal(answer), lasting=True)
    if is_transient(answer):
        return Problem(f"{where} answered the request for a token with HTTP {status}: {reason}.", lasting=False)
    if status in _NO_SUCH_CREDENTIAL and body_of(answer):
        return Problem(
            "Sigma does not know the `client_id` or its `client_secret`: copy both again, and check that `api_url` is "
            f"your organization's host, since a credential holds for one only. {hosts.advice(base_url)} "
            f"Sigma says: {reason}",
            lasting=True,
        )
    return Problem(
        f"No token is to be had at {where}, which answers HTTP {status} ({reason}): check `api_url`. "
        f"{hosts.advice(base_url)}",
        lasting=True,
    )


def _explain_no_token(answer: requests.Response, base_url: str) -> str:
    if access_token(answer) is None:
        return explain_wrong_page(answer, "a JSON object with `access_token`", base_url)
    return (
        f"The `access_token` that {place(answer)} sent is none that a request can carry: it has to be printable ASCII "
        "without a blank."
    )
