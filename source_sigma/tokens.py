"""Bearer tokens of the OAuth client credentials grant: one at a time for the whole process.

Sigma answers `POST /v2/auth/token` once a second at most, and its tokens hold for an hour. The engine's own
authenticator makes a token for each stream, waits for no second and renews only what has already been refused.
"""

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from urllib3.exceptions import LocationValueError

from source_sigma import errors
from sourcewright import secrets
from sourcewright.http.adapters import SILENT_TRIES, BoundedAdapter, Bounds
from sourcewright.http.errors import is_timeout, place
from sourcewright.http.retry_after import MINUTE, pause, seconds_to_wait
from sourcewright.log import logger
from sourcewright.validation import shorten

HEADER: Final = "Authorization"
BEARER: Final = "Bearer "
_TIMEOUT: Final = (20.0, 60.0)
_INTERVAL: Final = 1.1
"""Seconds between two requests for a token: the limit of one a second, and 0.1 s for clock and network jitter."""
_LIFETIME: Final = 3600.0
_MARGIN: Final = 300.0
"""Seconds before its end at which a token is renewed, or a tenth of a shorter life."""


@dataclass(frozen=True)
class Credential:
    """Whose token: the client of a host."""

    base_url: str
    client_id: str
    client_secret: str


@dataclass
class Token:
    """A token, until when it is used, and whether any request with it was ever accepted."""

    value: str
    renew_at: float
    proven: bool = False


class TokenStore:
    """The token of one credential, requested by the thread that finds none, while the others wait for it."""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._asked = 0.0
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, BoundedAdapter("token", Bounds()))
        self._lasting_problem: str | None = None
        """Why Sigma will never issue a token for this credential."""

    def current(self, bounds: Bounds) -> str:
        """A token that is good for some minutes yet.

        Raises:
            AirbyteTracedException: Sigma issues none: `config_error` for a credential or host that it does not know,
                `transient_error` where nothing usable came within the retries and the waiting time of `bounds`.

        """
        with self._lock:
            if self._lasting_problem:
                raise _no_token(self._lasting_problem, FailureType.config_error)
            if self._token is None or time.time() >= self._token.renew_at:
                self._token = self._request(bounds)
            return self._token.value

    def worked(self, value: str) -> None:
        """Note that a request with this token was accepted."""
        token = self._token
        if token and token.value == value:
            token.proven = True

    def refused(self, value: str) -> bool:
        """Give up a token that was answered with 401; whether another one may be accepted.

        It may where this one once was, and so has ended, or is not the current one any more.
        """
        with self._lock:
            if self._token is None or self._token.value != value:
                return True
            proven, self._token = self._token.proven, None
            return proven

    def _request(self, bounds: Bounds) -> Token:
        # Not urllib3's Retry, which looks at statuses alone: the edge answers 200 with HTML too
        attempt, silent, until = 0, 0, time.time() + bounds.wait
        while True:
            attempt += 1
            answer = self._ask()
            if isinstance(answer, requests.Response) and answer.ok and (token := _token(answer)):
                return token
            problem = errors.explain_token_answer(answer, self._credential.base_url)
            if problem.lasting:
                self._lasting_problem = problem.message
                raise _no_token(problem.message, FailureType.config_error)
            silent += isinstance(answer, requests.RequestException) and is_timeout(answer)
            wait = seconds_to_wait(answer, attempt)
            if attempt > bounds.retries or silent == SILENT_TRIES:
                raise _no_token(problem.message, FailureType.transient_error)
            if time.time() + wait > until:
                raise _no_token(
                    f"{problem.message} The next try would have to wait {wait:.0f} s, and it is tried for "
                    f"{bounds.wait / MINUTE:.0f} minutes.",
                    FailureType.transient_error,
                )
            pause(wait, problem.message)

    def _ask(self) -> requests.Response | requests.RequestException:
        wait = self._asked + _INTERVAL - time.time()
        if wait > 0:
            time.sleep(min(wait, _INTERVAL))  # the clock may have been set back
        self._asked = time.time()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credential.client_id,
            "client_secret": self._credential.client_secret,
        }
        try:
            return self._session.post(f"{self._credential.base_url}/v2/auth/token", data=form, timeout=_TIMEOUT)
        except requests.RequestException as error:
            return error
        except LocationValueError as error:
            return requests.exceptions.InvalidURL(error)


_stores: Final[dict[Credential, TokenStore]] = {}
_stores_lock: Final = threading.Lock()


def store_of(config: Mapping[str, Any]) -> TokenStore:
    """The one store of the credential in the normalised settings, for all streams and threads."""
    credential = Credential(*(str(config.get(name) or "") for name in ("base_url", "client_id", "client_secret")))
    with _stores_lock:
        return _stores.setdefault(credential, TokenStore(credential))


def token_of(response: requests.Response) -> str:
    """The token that the request of an answer was sent with."""
    return str(response.request.headers.get(HEADER) or "").removeprefix(BEARER)


def _no_token(message: str, kind: FailureType) -> AirbyteTracedException:
    return AirbyteTracedException(message=message, internal_message=message, failure_type=kind)


def _token(answer: requests.Response) -> Token | None:
    """{"access_token": "…", "expires_in": 3600} -> token; None for anything else."""
    value = errors.access_token(answer)
    if value is None:
        return None
    secrets.know(value)
    if not secrets.is_possible(value):
        return None
    lifetime = _lifetime(errors.body_of(answer).get("expires_in"), answer)
    return Token(value, time.time() + lifetime - min(_MARGIN, lifetime / 10))


def _lifetime(expires_in: Any, answer: requests.Response) -> float:
    """Seconds for which a token holds; an hour, as Sigma says, where an answer has no such number."""
    if expires_in is None:
        return _LIFETIME
    try:
        seconds = float(expires_in)
    except (OverflowError, TypeError, ValueError):
        seconds = math.inf
    if 0 < seconds < math.inf:
        return seconds
    logger.warning(
        "%s sent %s as `expires_in`, which is no number of seconds: its token is taken to hold for an hour.",
        place(answer),
        shorten(expires_in),
    )
    return _LIFETIME
