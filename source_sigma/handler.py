"""What Sigma's answers mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar, Final

import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from typing_extensions import override

from source_sigma import errors, tokens
from source_sigma.pages import ARRAY, ENTRIES, SigmaPage
from sourcewright.components.handler import JsonErrorHandler, fail, no_records, retry, skip
from sourcewright.http.pages import OBJECT, Page
from sourcewright.log import is_logged

_SKIPPABLE: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE)
_EXPECTED: Final = {
    ENTRIES: "a JSON object with `entries`",
    ARRAY: "a JSON array",
    OBJECT: "a JSON object",
}


@dataclass
class SigmaErrorHandler(JsonErrorHandler):
    """Answer -> what to do with it.

    402 `timedout`, 429, 5xx -> wait and retry; 401 -> retry with a new token, if the old one was ever accepted; other
    refusals -> fail, or, with `on_refusal: skip`, end this list with a WARN. A status of `empty_on` -> a list without
    records, since Sigma has no other way to say that there is no lineage, or no query.
    """

    page_class: ClassVar[type[Page]] = SigmaPage
    host_setting = "api_url"
    page: str = ENTRIES
    permission: str = "a credential"
    """What the credential needs for the stream; the manifest's `$parameters` fill it in."""
    on_refusal: str = "fail"
    empty_on: list[int] = field(default_factory=list)

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._tokens = tokens.store_of(self.config)
        self._base_url = str(self.config.get("base_url"))
        self._skipped = 0

    @override
    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        answer = response_or_exception
        if isinstance(answer, requests.Response) and answer.status_code != HTTPStatus.UNAUTHORIZED:
            self._tokens.worked(tokens.token_of(answer))
        return super().interpret_response(answer)

    @override
    def explain_shape(self, response: requests.Response) -> str:
        return errors.explain_wrong_page(response, _EXPECTED[self.page], self._base_url)

    @override
    def explain_exception(self, error: requests.RequestException) -> tuple[str, bool]:
        return errors.explain_no_answer(error, self._base_url)

    @override
    def means_no_records(self, response: requests.Response) -> bool:
        return response.status_code in self.empty_on

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        status = response.status_code
        if status == HTTPStatus.UNAUTHORIZED:
            return self._judge_refused_token(response)
        message = errors.explain(response, self.name, self.permission)
        if self.means_no_records(response):
            return no_records(f"No records: {message}")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return self.rate_limited(message)
        if errors.is_transient(response):
            return retry(message)
        if self.on_refusal == "skip" and (status in _SKIPPABLE or _is_bad_parent(response)):
            return self._skip(message)
        return fail(message)

    def _judge_refused_token(self, response: requests.Response) -> ErrorResolution:
        detail = errors.detail(response)
        if self._tokens.refused(tokens.token_of(response)):
            return retry(f"The token has ended and is renewed. Sigma says: {detail}")
        return self.fail_all(errors.explain_unproven(self._base_url, detail))

    def _skip(self, message: str) -> ErrorResolution:
        """Leave out a list; of the warnings, only those that `is_logged` lets through."""
        self._skipped += 1
        warning = f"Skipped, number {self._skipped} of stream `{self.name}`: {message}"
        return skip(warning if is_logged(self._skipped) else None)


def _is_bad_parent(response: requests.Response) -> bool:
    """Whether a 400 is about the parent, archived since it was listed, and not about a page token of ours."""
    asked = response.url or ""
    return response.status_code == HTTPStatus.BAD_REQUEST and "page=" not in asked and "pageToken=" not in asked
