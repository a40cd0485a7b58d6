"""Who is calling, and what they may do."""

from typing import Final

from saas_sandbox.sentry.errors import ApiError, forbidden
from saas_sandbox.sentry.settings import Settings, Token

_REALM: Final = {"WWW-Authenticate": 'xBasic realm="api"'}
_BEARER: Final = 2  # words of a good Authorization header

_LEVELS: Final = ("read", "write", "admin")
ANONYMOUS: Final = Token(scopes=())


def _any_of(family: str) -> frozenset[str]:
    """Return the scopes that let read a family: write and admin imply it."""
    return frozenset(f"{family}:{level}" for level in ("read", "write", "admin"))


# Endpoint -> scopes of which one is enough.
_TODAY: Final = {
    "organization": _any_of("org"),
    "projects": _any_of("org"),
    "teams": _any_of("org"),
    "members": _any_of("member"),
    "users": frozenset({"org:read", "member:read"}),
    "releases": _any_of("project") | {"project:releases", "org:ci"},
    "issues": _any_of("event"),
    "project": _any_of("project"),
    "events": _any_of("project"),
    "project_issues": _any_of("event"),
    "keys": _any_of("project"),
}
_OLD: Final = _TODAY | {"users": _any_of("org"), "releases": _any_of("project") | {"project:releases"}}


def authenticate(header: str | None, settings: Settings) -> Token | None:
    """Return the caller's token, or `None` without a Bearer header. 401 when it is no good."""
    words = (header or "").split()
    if not words or words[0].lower() != "bearer":
        return None
    if len(words) != _BEARER:
        problem = "No credentials provided." if len(words) == 1 else "Token string should not contain spaces."
        raise unauthorized(f"Invalid token header. {problem}")
    token = settings.tokens.get(words[1])
    if token is None and words[1].startswith("sntrys_"):
        return Token(scopes=("org:ci",))
    if token is None:
        raise unauthorized("Invalid token")
    if token.expired:
        raise unauthorized("Token expired")
    if token.denied:
        message = f"This action needs: {token.denied}."
        raise ApiError(401, {"detail": {"code": token.denied, "message": message, "extra": {}}}, dict(_REALM))
    return token


def unauthorized(detail: str) -> ApiError:
    """401 with the API's own words."""
    return ApiError(401, {"detail": detail}, dict(_REALM))


def permit(token: Token | None, endpoint: str, settings: Settings) -> Token:
    """Return the token if it may call the endpoint: 401 without one, 403 without the scope. The index is open."""
    if endpoint == "index":
        return token or ANONYMOUS
    if token is None:
        raise unauthorized("Authentication credentials were not provided.")
    if not (_OLD if settings.old else _TODAY)[endpoint] & set(token.scopes):
        raise forbidden()
    return token
