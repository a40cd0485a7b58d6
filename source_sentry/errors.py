"""What went wrong, in one sentence that names the object, the value and the way out.

Bodies and statuses: https://docs.sentry.io/api/ and the servers' own answers (docs/behaviour.md). `detail` may be a
string or an object, and a body may be empty or HTML at any status.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson
import requests

from sourcewright.http.errors import place

_MESSAGES_401: Final[Mapping[str, str]] = {
    "invalid token": "Sentry does not know the `auth_token`: copy it again, or create a new one.",
    "token expired": "The `auth_token` has expired: create a new one.",
    "2fa-required": "The organization requires two-factor authentication, which the owner of the `auth_token` has "
    "not set up: set it up, or use the token of an internal integration.",
    "sso-required": "The organization requires single sign-on for the owner of the `auth_token`: log in once with "
    "SSO, or use the token of an internal integration.",
    "member-disabled-over-limit": "The owner of the `auth_token` is disabled because the organization has more "
    "members than its plan allows: use the token of an internal integration.",
}
_LEGACY: Final = " (A self-hosted server from before Sentry 20 answers so too: then set `legacy_server`.)"
CI_ONLY: Final = (
    "The `auth_token` is an organization token (`sntrys_…`), which Sentry limits to uploads from CI: use the token "
    "of an internal integration, or a user token."
)


def is_organization_token(settings: Mapping[str, Any]) -> bool:
    """Whether the token is one of those that Sentry makes for CI."""
    return str(settings.get("auth_token")).startswith("sntrys_")


@dataclass(frozen=True)
class Access:
    """Who asks for what: the part of an error message that the answer does not hold."""

    stream: str
    scope: str
    """What the token needs, e.g. `project:read`."""
    organization: str
    is_organization_token: bool
    """The token begins with `sntrys_`."""


def detail(response: requests.Response) -> str:
    """Sentry's own words for an error; empty where it has none."""
    try:
        body = orjson.loads(response.content)
    except ValueError:
        return ""
    words = body.get("detail", body) if isinstance(body, dict) else body
    if isinstance(words, dict):
        words = words.get("message") or words.get("code") or words
    return words if isinstance(words, str) else orjson.dumps(words).decode()


def refused_project(response: requests.Response) -> str | None:
    """Slug of the one project that `response` is about, None where it is about the organization.

    Read from /projects/{org}/{slug}/… or from the URL's fragment, which the manifest puts there for lists of the
    organization that are asked for one project.
    """
    url = urlsplit(response.request.url or "")
    found = re.search(r"/api/0/projects/[^/]+/([^/]+)/", url.path)
    if found:
        return found.group(1)
    return url.fragment or (parse_qs(url.query).get("project", [None])[0] if "/issues/" in url.path else None)


def explain(response: requests.Response, access: Access) -> str:
    """Why Sentry did not answer what was asked, and what the user can do."""
    explanations = {400: _bad_request, 401: _unauthorized, 403: _forbidden, 404: _not_found}
    return explanations.get(response.status_code, _other)(response, access)


def _bad_request(response: requests.Response, access: Access) -> str:
    words = detail(response)
    if "multi project" in words:
        return (
            f"This server has no organization-wide issue search ({words}): set `legacy_server` to read issues "
            "project by project."
        )
    hint = "; check `issue_query`" if access.stream == "issues" else ""
    where, reason = place(response), words.rstrip(".") or "no reason"
    return f"Sentry rejected the request of stream `{access.stream}` to {where}: {reason}{hint}."


def _unauthorized(response: requests.Response, _: Access) -> str:
    words = detail(response)
    try:
        code = orjson.loads(response.content)["detail"]["code"]
    except (ValueError, TypeError, KeyError):
        code = words
    known = _MESSAGES_401.get(str(code).lower().rstrip("."))
    if known:
        return f"{known} Sentry says: {words}"
    if response.content.strip() and not words:
        return f"{place(response)} answered HTTP 401 with a page that is not of Sentry's API: check `hostname`."
    if not words:
        return f"{place(response)} wants a token that belongs to a user, which this `auth_token` does not."
    return f"Sentry rejected the `auth_token`: {words}"


def _forbidden(response: requests.Response, access: Access) -> str:
    words = detail(response) or "no reason given"
    if access.is_organization_token:
        return f"{CI_ONLY} Sentry says: {words}"
    hint = _LEGACY if access.stream in ("releases", "users") else ""
    return (
        f"The `auth_token` may not read stream `{access.stream}`{_of_project(response)}: it needs the scope "
        f"`{access.scope}` and membership or access to the project or organization. Sentry says: {words}{hint}"
    )


def _not_found(response: requests.Response, access: Access) -> str:
    project, words = refused_project(response), detail(response)
    if project:
        return (
            f"Project `{project}` of organization `{access.organization}` has nothing at {place(response)} for stream "
            f"`{access.stream}`: it was deleted, renamed or the feature is off. Sentry says: {words or 'nothing'}"
        )
    return (
        f"Nothing is at {place(response)}: check the slug `{access.organization}` in `organization`, and `hostname` "
        f"(region and path). Sentry says: {words or 'nothing'}"
    )


def _other(response: requests.Response, access: Access) -> str:
    words = detail(response) or response.reason or "no reason given"
    hint = _LEGACY if access.stream == "issues" and response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR else ""
    return f"{place(response)} answered stream `{access.stream}` with HTTP {response.status_code}: {words}{hint}"


def _of_project(response: requests.Response) -> str:
    project = refused_project(response)
    return f" of project `{project}`" if project else ""
