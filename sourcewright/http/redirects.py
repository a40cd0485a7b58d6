"""Where a redirect leads: to the same thing on the same host, or elsewhere."""

from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, parse_qsl, urljoin, urlsplit

import requests
from requests.sessions import SessionRedirectMixin
from requests.utils import requote_uri

from sourcewright.http.lasting import OtherHostError

_RULES: Final[Any] = SessionRedirectMixin()


def forbid_other_host(response: requests.Response) -> None:
    """Check where a redirect leads, before requests follows it.

    The same host, and https for http on it, are where requests sends the Authorization header too.

    Raises:
        OtherHostError: It leads to another host or port, from https to http, or nowhere.

    """
    if not response.is_redirect:
        return
    asked, target = str(response.url), response.headers["Location"]
    try:
        # As requests does it
        target = urljoin(asked, requote_uri(_RULES.get_redirect_target(response) or ""))
        stays = urlsplit(target).scheme in ("http", "https") and not _RULES.should_strip_auth(asked, target)
    except ValueError:
        stays = False
    if not stays:
        raise OtherHostError(
            f"{address(asked)} redirects to {address(target)}, which is another host, so nothing was sent there",
            request=response.request,
        )


def leads_elsewhere(asked: str, answered: str) -> bool:
    """Whether an answer is that to another question: another path, but for a slash at its end, or other parameters."""
    return _question(urlsplit(asked)) != _question(urlsplit(answered))


def explain_redirect(asked: str, answered: str, host_setting: str) -> str:
    """Why the answer that a redirect led to cannot be taken for that to what was asked."""
    places = address(asked), address(answered)
    if places[0].rstrip("/") == places[1].rstrip("/"):
        places = asked, answered
    return f"{places[0]} redirects to {places[1]}, which is not what was asked: check `{host_setting}`."


def asked_url(response: requests.Response) -> str:
    """URL of the first request that led to an answer."""
    return str((response.history or [response])[0].url)


def asked_parameters(response: requests.Response) -> dict[str, list[str]]:
    """Query of the request that an answer is for: {"cursor": ["0:100:0"], "per_page": ["100"]}."""
    return parse_qs(urlsplit(str(response.request.url)).query)


def address(url: str) -> str:
    """`https://user:x@host/path?a=b` -> `https://host/path`, as far as it can be read."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return repr(url)


def _question(url: SplitResult) -> tuple[str, list[tuple[str, str]]]:
    return url.path.rstrip("/"), sorted(parse_qsl(url.query, keep_blank_values=True))
