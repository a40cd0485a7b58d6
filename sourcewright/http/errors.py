"""Why no usable answer came, in one sentence that names the host, the value and the way out."""

import re
from typing import Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ReadTimeoutError

_LOOKED_AT: Final = 1_000
"""Bytes of a body from which its beginning is shown."""


def explain_page(response: requests.Response, expected: str, setting: str) -> str:
    """Why a 200 is not the requested page."""
    kind = response.headers.get("Content-Type", "no content type").split(";")[0]
    start = _beginning(response) or "nothing"
    hint = (
        f"check `{setting}`: an HTML page comes from a web front end or a login page, not from the API"
        if "<" in start[:1]
        else "the answer was cut short or is not the API's"
    )
    return f"Expected {expected} from {place(response)}, got {kind} beginning with `{start}`: {hint}."


def _beginning(response: requests.Response) -> str:
    """The first 60 characters of a body; of JSON without what may be a secret: many characters without a blank."""
    start = re.sub(r"\s+", " ", response.content[:_LOOKED_AT].decode(errors="replace")).strip()
    return (start if start.startswith("<") else re.sub(r'[^\s"]{16,}', "…", start))[:60].strip()


def explain_exception(error: requests.RequestException, setting: str) -> str:
    """Why no answer came at all."""
    host, reason = host_of(error.request.url if error.request is not None else None), _innermost(error)
    if isinstance(error, requests.exceptions.SSLError):
        return f"The TLS connection to `{host}` failed ({reason}): check `{setting}`, its port and its certificate."
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"`{host}` cannot be reached: check `{setting}`, its port and the way there ({reason})."
    if is_timeout(error):
        return f"`{host}` accepted the request but did not answer in time ({reason})."
    if "resolve" in str(error).lower():
        return f"Host `{host}` was not found: check `{setting}` ({reason})."
    if "refused" in str(error).lower():
        return f"Nothing listens at `{host}`: check `{setting}` and its port ({reason})."
    return f"The connection to `{host}` broke ({reason})."


def explain_limit(response: requests.Response, stream: str, words: str) -> str:
    """What a 429 says that names no wait, or none that is believed; the rate limiter obeys the others."""
    asked = response.headers.get("Retry-After")
    wait = f"asks to wait for `{asked:.40}`" if asked else "does not say for how long"
    return (
        f"`{host_of(response.url)}` limits stream `{stream}` and {wait}: {place(response)} answered HTTP 429: "
        f"{words or 'no reason given'}"
    )


def is_certificate_error(error: Exception) -> bool:
    """Whether the server's certificate is not trusted, which no retry fixes."""
    return isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def is_timeout(error: requests.RequestException) -> bool:
    """Whether a server that was reached did not answer in time; requests has another error for that in a body."""
    if isinstance(error, requests.exceptions.Timeout):
        return not isinstance(error, requests.exceptions.ConnectTimeout)
    return any(isinstance(cause, ReadTimeoutError) for cause in error.args)


def host_of(url: str | None) -> str:
    """`https://host:9000/path` -> `host:9000`."""
    return urlsplit(url or "").netloc.rpartition("@")[2] or "the server"


def place(response: requests.Response) -> str:
    """URL of an answer, without its parameters."""
    return (response.url or "").split("?")[0].split("#")[0]


def _innermost(error: BaseException) -> str:
    """The innermost cause, which comes from the system; the outer ones repeat it with object addresses."""
    reason = error
    while (inner := _cause(reason)) is not None:
        reason = inner
    noise = r"<[^>]*>: ?|\[SSL[^]]*\] ?| \(_ssl\.c:\d+\)|\[Errno -?\d+\] ?"
    return re.sub(noise, "", str(reason)) or type(reason).__name__


def _cause(error: BaseException) -> BaseException | None:
    candidates = (getattr(error, "reason", None), error.__cause__, error.__context__, *error.args)
    return next((cause for cause in candidates if isinstance(cause, BaseException)), None)
