"""What the manifest needs and the engine has no component for. The manifest names these classes."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from http import HTTPStatus
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.requesters.error_handlers.default_error_handler import DefaultErrorHandler
from airbyte_cdk.sources.streams.http.error_handlers.response_models import (
    SUCCESS_RESOLUTION,
    ErrorResolution,
    ResponseAction,
)
from airbyte_cdk.sources.types import Config
from typing_extensions import override

from source_sigma import errors, tokens
from source_sigma.config import NormalizeConfig
from source_sigma.pages import ARRAY, ENTRIES, OBJECT, EntriesExtractor, NextToken, empty_page, open_page
from source_sigma.records import IdentityKey, NoNullKey, ParentIds
from source_sigma.routers import ArchiveRouter, ParentRouter
from source_sigma.states import ParentState
from sourcewright.http.retry_after import Patience
from sourcewright.log import logger

__all__ = [
    "ArchiveRouter",
    "ClientCredentials",
    "EntriesExtractor",
    "IdentityKey",
    "NextToken",
    "NoNullKey",
    "NormalizeConfig",
    "ParentIds",
    "ParentRouter",
    "ParentState",
    "SigmaErrorHandler",
]

_BEARER: Final = "Bearer "
_REFUSALS: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE)
_TOLD_ONE_BY_ONE: Final = 20
_EXPECTED: Final = {
    ENTRIES: "a JSON object with `entries`",
    ARRAY: "a JSON array",
    OBJECT: "a JSON object",
}


@dataclass
class ClientCredentials(DeclarativeAuthenticator):
    """Request -> request with `Authorization: Bearer …`, whose token all streams and threads share."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Find the store of these settings."""
        self._tokens = tokens.store_of(self.config)

    @property
    @override
    def auth_header(self) -> str:
        return "Authorization"

    @property
    @override
    def token(self) -> str:
        return _BEARER + self._tokens.current(int(self.config["max_retries"]))


@dataclass
class SigmaErrorHandler(DefaultErrorHandler):
    """Answer -> what to do with it.

    200 of the expected shape -> go on; 200 with anything else, 402 `timedout`, 429, 5xx, broken connection -> wait and
    retry; 401 -> retry with a new token, if the old one ever worked; other refusals -> fail, or, with the refusal
    `skip`, end this list with a WARN. A status of `nothing_at` -> a list without records.
    """

    max_time: int = 60 * 60
    name: str = ""
    permission: str = ""
    """Stream, and what its credential needs; the manifest's `$parameters` fill both in."""
    page: str = ENTRIES
    """Shape of a good answer: `entries`, `array` or `object`."""
    refusal: str = "fail"
    nothing_at: list[int] = field(default_factory=list)

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self.backoff_strategies = [Patience()]
        self._tokens = tokens.store_of(self.config)
        self._base_url = str(self.config.get("base_url"))
        self._skipped = 0

    @override
    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response_or_exception, requests.Response):
            return self._judge(response_or_exception)
        if isinstance(response_or_exception, requests.RequestException):
            problem = errors.explain_no_answer(response_or_exception, self._base_url)
            if problem.lasting:
                return ErrorResolution(ResponseAction.FAIL, FailureType.config_error, problem.message)
            return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, problem.message)
        return super().interpret_response(response_or_exception)

    def _judge(self, response: requests.Response) -> ErrorResolution:
        status, token = response.status_code, _token_of(response)
        if status == HTTPStatus.UNAUTHORIZED:
            return self._judge_refused_token(response, token)
        self._tokens.worked(token)
        if response.ok:
            return self._judge_page(response)
        if status in self.nothing_at:
            # Sigma has no other way to say that there is no lineage, or no query
            response.status_code = HTTPStatus.OK
            empty_page(response)
            return SUCCESS_RESOLUTION
        return self._judge_refusal(response)

    def _judge_refusal(self, response: requests.Response) -> ErrorResolution:
        status, message = response.status_code, errors.explain(response, self.name, self.permission)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return ErrorResolution(ResponseAction.RATE_LIMITED, FailureType.transient_error, message)
        if errors.is_transient(response):
            return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, message)
        if self.refusal == "skip" and (status in _REFUSALS or _is_bad_parent(response)):
            return self._skip(message)
        return ErrorResolution(ResponseAction.FAIL, FailureType.config_error, message)

    def _judge_refused_token(self, response: requests.Response, token: str) -> ErrorResolution:
        said = errors.words(response)
        if self._tokens.refused(token):
            message = f"The token has ended and is renewed. Sigma says: {said}"
            return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, message)
        message = errors.explain_unproven(self._base_url, said)
        return ErrorResolution(ResponseAction.FAIL, FailureType.config_error, message)

    def _judge_page(self, response: requests.Response) -> ErrorResolution:
        if open_page(response, self.page):
            return SUCCESS_RESOLUTION
        message = errors.explain_wrong_page(response, _EXPECTED[self.page], self._base_url)
        return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, message)

    def _skip(self, message: str) -> ErrorResolution:
        """Say that a list is left out: each of the first ones, then every hundredth."""
        self._skipped += 1
        if self._skipped <= _TOLD_ONE_BY_ONE or self._skipped % 100 == 0:
            logger.warning("Skipped, number %d of stream `%s`: %s", self._skipped, self.name, message)
        return ErrorResolution(ResponseAction.IGNORE, FailureType.config_error, "Skipped, as said in the warning.")


def _token_of(response: requests.Response) -> str:
    return str(response.request.headers.get("Authorization") or "").removeprefix(_BEARER)


def _is_bad_parent(response: requests.Response) -> bool:
    """Whether a 400 is about the parent, archived since it was listed, and not about a page token of ours."""
    asked = response.url or ""
    return response.status_code == HTTPStatus.BAD_REQUEST and "page=" not in asked and "pageToken=" not in asked
