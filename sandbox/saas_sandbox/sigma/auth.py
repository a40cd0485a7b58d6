"""Tokens: minted for a credential, once a second, and good for a while."""

import base64
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from saas_sandbox.common.reply import Reply, json_reply
from saas_sandbox.sigma.errors import bad_request, error, unauthorized
from saas_sandbox.sigma.settings import Credential, Settings

_BEARER: Final = "Bearer "
_BASIC: Final = "Basic "
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass
class Token:
    """A token that was given out: whose it is, when it ends, and how many requests it has served."""

    credential: Credential
    ends: float
    used: int = 0


class Mint:
    """Gives out tokens and knows them again."""

    def __init__(self) -> None:
        """Start with none given out."""
        self.tokens: dict[str, Token] = {}
        self._last = 0.0

    def answer(self, form: Mapping[str, str], header: str, content_type: str, settings: Settings) -> Reply:
        """Answer `POST /v2/auth/token`; the credential stands in the form or in a Basic header."""
        now = time.monotonic()
        if settings.mints_a_second and now - self._last < 1 / settings.mints_a_second:
            return error(429, "too_many_requests", "Too many requests for a token", {"Retry-After": "1"}).reply()
        self._last = now
        if content_type.split(";", maxsplit=1)[0] != _FORM:
            return bad_request(f"Content-Type must be {_FORM}").reply()
        if form.get("grant_type") != "client_credentials":
            return bad_request("Unknown grant_type").reply()
        client_id, secret = _basic(header) or (form.get("client_id", ""), form.get("client_secret", ""))
        credential = settings.credentials.get(client_id)
        if credential is None or credential.secret != secret:
            return unauthorized("Client authentication failed").reply()
        value = f"sandbox.{uuid.uuid4().hex}.{uuid.uuid4().hex}"
        self.tokens[value] = Token(credential, now + settings.token_seconds)
        body = {"access_token": value, "refresh_token": uuid.uuid4().hex, "token_type": "bearer"}
        return json_reply({**body, "expires_in": settings.token_seconds})

    def authenticate(self, header: str, settings: Settings) -> Credential:
        """Return who is calling, or raise the 401."""
        token = self.tokens.get(header.removeprefix(_BEARER)) if header.startswith(_BEARER) else None
        if token is None:
            raise unauthorized("Token missing or malformed")
        if time.monotonic() > token.ends or (settings.token_requests and token.used >= settings.token_requests):
            raise unauthorized("Token has expired")
        token.used += 1
        return token.credential


def _basic(header: str) -> tuple[str, str] | None:
    if not header.startswith(_BASIC):
        return None
    client_id, _, secret = base64.b64decode(header.removeprefix(_BASIC)).decode().partition(":")
    return client_id, secret
