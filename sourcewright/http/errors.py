"""Why no usable answer came, in one sentence that names the host, the value and the way out."""

import re
from typing import Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ReadTimeoutError

from sourcewright.environment import proxy_of

_LOOKED_AT: Final = 1_000
"""Bytes of a body from which its beginning is shown."""
_QUOTED: Final = 300
"""Characters of what a server says that are quoted: a megabyte of them would be in each line about it."""
_PROXY_HINT: Final = "check the variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`"
_OF_PROXY: Final = (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL)
_NO_URL: Final = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)


def explain_page(response: requests.Response, expected: str, setting: str) -> str:
    """Why a 200 is not the requested page."""
    kind = quoted(response.headers.get("Content-Type", "no content type").split(";")[0])
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


def explain_partial(response: requests.Response, stream: str) -> str:
    """Why a 2xx that is not 200 is no page: 206 has a part of it, 205 and 204 nothing."""
    return (
        f"{place(response)} answered stream `{stream}` with HTTP {response.status_code}, which does not promise a "
        "whole answer as 200 does: a proxy or cache on the way may make that of it."
    )


def quoted(words: str) -> str:
    """A server's own words; of more than 300 characters the first words, whole, since one cut short may be a secret."""
    if len(words) <= _QUOTED:
        return words
    return f"{words[: _QUOTED + 1].rpartition(' ')[0]}… ({len(words):,} characters)"


def explain_exception(error: requests.RequestException, setting: str) -> str:
    """Why no answer came at all."""
    url = error.request.url if error.request is not None else None
    host, reason = host_of(url), _innermost(error)
    if is_of_proxy(error):
        return f"The proxy {_proxy(url)} does not let requests through to `{host}` ({reason}): {_PROXY_HINT}."
    if isinstance(error, _NO_URL):
        return f"The setting `{setting}` makes no URL that can be requested ({reason})."
    return _explain_connection(error, host, reason, setting)


def _explain_connection(error: requests.RequestException, host: str, reason: str, setting: str) -> str:
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


def explain_proxy_refusal(response: requests.Response) -> str:
    """Why a proxy answered HTTP 407 in the place of the server."""
    return f"The proxy {_proxy(response.url)} wants a user name and a password (HTTP 407): {_PROXY_HINT}."


def is_of_proxy(error: requests.RequestException) -> bool:
    """Whether the request failed before it reached the server; for SOCKS requests wants a package."""
    return isinstance(error, _OF_PROXY) or "SOCKS" in str(error)


def is_lasting(error: requests.RequestException) -> bool:
    """Whether no retry helps: an untrusted certificate, what is no URL, a proxy that wants a password."""
    refused = isinstance(error, requests.exceptions.ProxyError) and " 407 " in str(error)
    return refused or is_certificate_error(error) or isinstance(error, _NO_URL)


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


def _proxy(url: str | None) -> str:
    """The proxy on the way to `url`."""
    proxy = proxy_of(url or "")
    return f"`{proxy}`" if proxy else "of the environment"


def place(response: requests.Response) -> str:
    """URL of an answer, without its parameters."""
    return (response.url or "").split("?")[0].split("#")[0]


def _innermost(error: BaseException) -> str:
    """The innermost cause, which comes from the system; the outer ones repeat it with object addresses."""
    reason = error
    while (inner := _cause(reason)) is not None:
        reason = inner
    if isinstance(reason, UnicodeError):
        return "a part of the host's name is empty or too long"  # Python 3.13 has other words for it than 3.11
    noise = r"<[^>]*>: ?|\[SSL[^]]*\] ?| \(_ssl\.c:\d+\)|\[Errno -?\d+\] ?"
    return re.sub(noise, "", str(reason)).rstrip(".") or type(reason).__name__


def _cause(error: BaseException) -> BaseException | None:
    candidates = (getattr(error, "reason", None), error.__cause__, error.__context__, *error.args)
    return next((cause for cause in candidates if isinstance(cause, BaseException)), None)
