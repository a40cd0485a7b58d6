"""What went wrong, in one sentence that names the object, the value and the way out.

Bodies and statuses: https://docs.sentry.io/api/ and the servers' own answers (docs/behaviour.md). `detail` may be a
string or an object, and a body may be empty or HTML at any status.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import requests

from sourcewright import lenient_json
from sourcewright.components.runtime import STOPS_GROWING
from sourcewright.http.errors import explain_limit, place, quoted
from sourcewright.http.redirects import asked_parameters

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
CI_ONLY: Final = (
    "The `auth_token` is an organization token (`sntrys_…`), which Sentry limits to uploads from CI: use the token "
    "of an internal integration, or a user token."
)


def is_organization_token(settings: Mapping[str, Any]) -> bool:
    """Whether the token is one of those that Sentry makes for CI."""
    return str(settings.get("auth_token")).startswith("sntrys_")


def detail(response: requests.Response) -> str:
    """Sentry's own words for an error; empty where it has none."""
    try:
        body = orjson.loads(response.content)
    except ValueError:
        return ""
    words = body.get("detail", body) if isinstance(body, dict) else body
    if isinstance(words, dict):
        words = words.get("message") or words.get("code") or words
    return words if isinstance(words, str) else lenient_json.dumps(words).decode()


def lacks_route(response: requests.Response, *, blank: bool = True) -> bool:
    """Whether a 404 is about the URL, which the server does not know, and not about something that it names.

    A blank one tells of a feature that the plan lacks, unless `blank` says otherwise.
    """
    words = detail(response)
    if response.status_code != HTTPStatus.NOT_FOUND:
        return False
    return "Route not found" in words if words else blank or bool(response.content.strip())


def token_scopes(index: Iterable[Mapping[str, Any]]) -> list[str]:
    """Scopes of the token from the index of the API; [] if it has none."""
    auth = next(iter(index), {}).get("auth")
    scopes = auth.get("scopes") if isinstance(auth, Mapping) else None
    return [str(scope) for scope in scopes] if isinstance(scopes, list) else []


@dataclass(frozen=True)
class Refusal:
    """An answer that is not 2xx, and what its explanation needs besides."""

    response: requests.Response
    stream: str
    scope: str
    """What the token needs for the stream, e.g. `project:read`."""
    organization: str
    project: str | None
    """Slug of the one project that was requested; None for the organization."""
    is_organization_token: bool
    """The token begins with `sntrys_`."""
    has_parent: bool = False
    """The request was for what lies below a record of another stream than the projects."""

    @property
    def place(self) -> str:
        """URL without its parameters."""
        return place(self.response)

    @property
    def environments(self) -> list[str]:
        """Environments that were asked for."""
        return asked_parameters(self.response).get("environment", [])

    @property
    def detail(self) -> str:
        """Sentry's own words, as far as they are quoted; empty where it has none."""
        return quoted(detail(self.response))


def requested_project(response: requests.Response) -> tuple[str | None, str | None]:
    """Slug and id of the one project that was requested, as far as the URL has them.

    `/projects/acme/web/keys/` -> ("web", None); `/organizations/acme/issues/?project=42` -> (None, "42")
    """
    url = urlsplit(response.request.url or "")
    found = re.search(r"/api/0/projects/[^/]+/([^/]+)/", url.path)
    projects = asked_parameters(response).get("project", [""])
    return (found.group(1) if found else None), (projects[0] if len(projects) == 1 and projects[0].isdigit() else None)


def explain(refusal: Refusal) -> str:
    """Why Sentry refused the request, and what the user can do."""
    explanations = {400: _bad_request, 401: _unauthorized, 403: _forbidden, 404: _not_found, 429: _limited}
    return explanations.get(refusal.response.status_code, _other)(refusal)


def explain_lacking(refusal: Refusal, endpoint: str) -> str:
    """Why a stream that not every server, plan and token has is left out."""
    response = refusal.response
    hints = {
        HTTPStatus.UNAUTHORIZED: "It wants the token of a user.",
        HTTPStatus.FORBIDDEN: f"It needs the scope `{refusal.scope}`, or a feature that the plan does not have.",
        HTTPStatus.NOT_FOUND: "The organization does not have this feature.",
    }
    hint = hints.get(HTTPStatus(response.status_code))
    if not hint or lacks_route(response):
        hint = "This server does not have it."
    return (
        f"stream `{refusal.stream}`: `{endpoint}` answered HTTP {response.status_code}. {hint} "
        f"Sentry says: {refusal.detail}"
    ).removesuffix(" Sentry says: ")


def explain_loss(refusal: Refusal, message: str) -> str:
    """Why a stream that was read before and is refused now is an error."""
    return f"{message} The saved state says that stream `{refusal.stream}` was read before: {STOPS_GROWING}"


def explain_points(refusal: Refusal, limit: int) -> str:
    """Why the answer to a request for a time series cannot be used."""
    return (
        f"The answer to stream `{refusal.stream}`{_of_project(refusal)} has {limit} points, at which Sentry silently "
        f"cuts it: {refusal.response.url}"
    )


def _bad_request(refusal: Refusal) -> str:
    words = refusal.detail
    hint = "; check `issue_query`" if refusal.stream == "issues" else ""
    where, reason = refusal.place, words.rstrip(".") or "no reason"
    return f"Sentry rejected the request of stream `{refusal.stream}` to {where}: {reason}{hint}."


def is_bad_token(refusal: Refusal) -> bool:
    """Whether a 401 is about the token itself: it has expired, was revoked, or its owner has to do something first."""
    return refusal.response.status_code == HTTPStatus.UNAUTHORIZED and bool(_known_401(refusal))


def _known_401(refusal: Refusal) -> str | None:
    try:
        code = orjson.loads(refusal.response.content)["detail"]["code"]
    except (ValueError, TypeError, KeyError):
        code = refusal.detail
    return _MESSAGES_401.get(str(code).lower().rstrip("."))


def _unauthorized(refusal: Refusal) -> str:
    words, known = refusal.detail, _known_401(refusal)
    if known:
        return f"{known} Sentry says: {words}"
    if refusal.response.content.strip() and not words:
        return f"{refusal.place} answered HTTP 401 with a page that is not of Sentry's API: check `hostname`."
    if not words:
        return f"{refusal.place} wants a token that belongs to a user, which this `auth_token` does not."
    return f"Sentry rejected the `auth_token`: {words}"


def _forbidden(refusal: Refusal) -> str:
    words = refusal.detail or "no reason given"
    if refusal.is_organization_token:
        return f"{CI_ONLY} Sentry says: {words}"
    return (
        f"The `auth_token` may not read stream `{refusal.stream}`{_of_parent(refusal)}: it needs the scope "
        f"`{refusal.scope}` and membership or access to the project or organization. Sentry says: {words}"
    )


def _not_found(refusal: Refusal) -> str:
    project, words = refusal.project, refusal.detail
    if project:
        reasons = ["it was deleted", "renamed", "the feature is off"]
        if names := ", ".join(f"`{name}`" for name in refusal.environments):
            reasons.append(f"the organization does not have each environment of setting `environments` ({names})")
        return (
            f"Project `{project}` of organization `{refusal.organization}` has nothing at {refusal.place} for stream "
            f"`{refusal.stream}`: {', '.join(reasons[:-1])} or {reasons[-1]}. Sentry says: {words or 'nothing'}"
        )
    return (
        f"Nothing is at {refusal.place}: check the slug `{refusal.organization}` in `organization`, and `hostname` "
        f"(region and path). Sentry says: {words or 'nothing'}"
    )


def _limited(refusal: Refusal) -> str:
    return explain_limit(refusal.response, refusal.stream, refusal.detail)


def _other(refusal: Refusal) -> str:
    status = refusal.response.status_code
    words = refusal.detail or quoted(refusal.response.reason or "") or "no reason given"
    return f"{refusal.place} answered stream `{refusal.stream}` with HTTP {status}: {words}"


def _of_parent(refusal: Refusal) -> str:
    return _of_project(refusal) or (f" at {refusal.place}" if refusal.has_parent else "")


def _of_project(refusal: Refusal) -> str:
    return f" of project `{refusal.project}`" if refusal.project else ""
