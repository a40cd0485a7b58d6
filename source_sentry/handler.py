"""What Sentry's answers mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry import errors
from source_sentry.check import covers
from sourcewright.components.handler import JsonErrorHandler, fail, no_records, rate_limited, retry, skip
from sourcewright.http.errors import explain_exception, explain_page, is_certificate_error

_CONFIG_ERRORS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_TRANSIENT: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GONE)
"""410 is a brownout, which ends after minutes."""
_TOO_WIDE: Final = ("smaller date range", "large offsets", "Query timeout")
_TOO_OLD: Final = "more recent date range"


@dataclass
class SentryErrorHandler(JsonErrorHandler):
    """Answer -> what to do with it.

    410, 429, 5xx -> wait and retry; 403 and 404 about one project -> skip that project with a WARN; other refusals ->
    fail with a clear sentence.

    With `splits`, 400s that complain of too wide a window -> the engine halves the window; those that complain of too
    old a one -> the window has no records, since it lies before the server's retention.
    """

    scope: str = ""
    """What the token needs for the stream; the manifest's `$parameters` fill it in."""
    splits: bool = False

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._warned: set[str] = set()

    @override
    def explain_shape(self, response: requests.Response) -> str:
        return explain_page(response, f"a JSON {self.page}", "hostname")

    @override
    def explain_exception(self, error: requests.RequestException) -> tuple[str, bool]:
        lasting = is_certificate_error(error) or isinstance(error, requests.exceptions.InvalidURL)
        return explain_exception(error, "hostname"), lasting

    @override
    def means_no_records(self, response: requests.Response) -> bool:
        is_refused = response.status_code == HTTPStatus.BAD_REQUEST
        return is_refused and self.splits and _TOO_OLD in errors.detail(response)

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        status, refusal = response.status_code, self._refusal(response)
        message = errors.explain(refusal)
        if status == HTTPStatus.BAD_REQUEST:
            return self._judge_bad_request(response, message)
        if refusal.project and self._may_be_skipped(status):
            return self._skip(message)
        if status in _CONFIG_ERRORS:
            return fail(message)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return rate_limited(message)
        if status in _TRANSIENT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return retry(message)
        return ErrorResolution(ResponseAction.FAIL, FailureType.system_error, message)

    def _may_be_skipped(self, status: int) -> bool:
        """Whether a refusal is about one project only, not about the token."""
        return status == HTTPStatus.NOT_FOUND or (status == HTTPStatus.FORBIDDEN and not self._lacks_scope())

    def _judge_bad_request(self, response: requests.Response, message: str) -> ErrorResolution:
        if self.means_no_records(response):
            return no_records(f"{message} Nothing is kept for so long, so there is nothing to read.")
        if self.splits and any(complaint in errors.detail(response) for complaint in _TOO_WIDE):
            return ErrorResolution(ResponseAction.SPLIT_REQUEST_WINDOW, FailureType.transient_error, message)
        return fail(message)

    def _refusal(self, response: requests.Response) -> errors.Refusal:
        slug, number = errors.requested_project(response)
        return errors.Refusal(
            response=response,
            stream=self.name,
            scope=self.scope,
            organization=str(self.config.get("organization")),
            project=slug or (self._slug_of(number) if number else None),
            is_organization_token=errors.is_organization_token(self.config),
        )

    def _slug_of(self, project: str) -> str:
        """Slug of the project with that id, from the list of projects, which the partitions came from."""
        rows = self.runtime.streams.parent_rows("project_list", "id", "slug")
        return next((str(row["slug"]) for row in rows if str(row["id"]) == project), project)

    def _lacks_scope(self) -> bool:
        """Whether the token may read the stream of no project at all; skipping them all would look like success."""
        try:
            scopes = errors.token_scopes(self.runtime.streams.lookup("token"))
        except AirbyteTracedException:
            return False  # the next refusal tries again
        return bool(scopes) and not covers(scopes, self.scope)

    def _skip(self, message: str) -> ErrorResolution:
        """Log once, not at each window, that a project is skipped."""
        is_new = message not in self._warned
        self._warned.add(message)
        return skip(f"Skipped: {message}" if is_new else None)
