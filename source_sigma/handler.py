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
from sourcewright.components.handler import JsonErrorHandler, fail, nothing, retry
from sourcewright.http.pages import OBJECT, Page, page_of

_SKIPPABLE: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE)
_EXPECTED: Final = {
    ENTRIES: "a JSON object with `entries`",
    ARRAY: "a JSON array",
    OBJECT: "a JSON object",
}
_ENOUGH: Final = 3
"""Tries after which an answer that may be a passing failure is believed."""
_ENOUGH_WHERE_SOME_PASS: Final = 5
"""The same once such an answer has passed: a server fails every seventh request by chance, but hardly five tries."""


@dataclass
class SigmaErrorHandler(JsonErrorHandler):
    """Answer -> what to do with it.

    402 `timedout`, 429, 5xx -> wait and retry; 401 -> retry with a new token, if the old one was ever accepted; other
    refusals -> fail, or, with `on_refusal: skip`, leave out this list, which a WARN at the stream's end counts. A
    status of `empty_on` -> a list without records, since Sigma has no other way to say that there is no lineage, or no
    query. A refusal that may be a passing failure, as a 500 or the page of a proxy, means none of it before it has come
    some times.
    """

    page_class: ClassVar[type[Page]] = SigmaPage
    host_setting = "api_url"
    page: str = ENTRIES
    permission: str = "a credential"
    """What the credential needs for the stream; the manifest's `$parameters` fill it in."""
    on_refusal: str = "fail"
    empty_on: list[int] = field(default_factory=list)
    expects: list[str] = field(default_factory=list)
    """Fields of which an object has at least one; others are another answer than was asked for."""

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._tokens = tokens.store_of(self.config)
        self._base_url = str(self.config.get("base_url"))
        self._doubted: dict[str, int] = {}  # how often a URL was refused in a way that may pass
        self._enough = _ENOUGH

    @override
    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        answer = response_or_exception
        if isinstance(answer, requests.Response) and answer.status_code != HTTPStatus.UNAUTHORIZED:
            self._tokens.worked(tokens.token_of(answer))
        return super().interpret_response(answer)

    @override
    def explain_shape(self, response: requests.Response) -> str:
        fields = " or ".join(f"`{name}`" for name in self.expects)
        expected = f"{_EXPECTED[self.page]} with {fields}" if fields else _EXPECTED[self.page]
        return errors.explain_wrong_page(response, expected, self._base_url)

    @override
    def explain_exception(self, error: requests.RequestException) -> tuple[str, bool]:
        return errors.explain_no_answer(error, self._base_url)

    @override
    def judge_page(self, response: requests.Response) -> ErrorResolution:
        content = page_of(response).content
        if self.expects and isinstance(content, dict) and content.keys().isdisjoint(self.expects):
            self.runtime.slots.give_back()
            return self.judge_shape(response)
        self.runtime.refusals.note_answer(self.name)
        if self._doubted.pop(str(response.url), 0):
            self._enough = _ENOUGH_WHERE_SOME_PASS
        return super().judge_page(response)

    @override
    def means_no_records(self, response: requests.Response) -> bool:
        return response.status_code in self.empty_on

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        status = response.status_code
        if status == HTTPStatus.UNAUTHORIZED:
            return self._judge_refused_token(response)
        message = errors.explain(response, self.name, self.permission)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return self.rate_limited(message)
        is_empty = self.means_no_records(response)
        if (errors.is_transient(response) and not is_empty) or self._may_pass(response):
            return retry(message)
        if is_empty:
            return self._take_for_empty(response, message)
        if self.on_refusal == "skip" and (status in _SKIPPABLE or _is_bad_parent(response)):
            return self._skip(response, message)
        return fail(message)

    def _may_pass(self, response: requests.Response) -> bool:
        """Whether a refusal is asked again: Sigma's own 4xx never, others until they have come often enough."""
        if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and errors.body_of(response):
            return False
        self._doubted[str(response.url)] = tries = self._doubted.get(str(response.url), 0) + 1
        return tries < min(self._enough, int(self.max_retries or 0) + 1)

    def _judge_refused_token(self, response: requests.Response) -> ErrorResolution:
        detail = errors.detail(response)
        if self._tokens.refused(tokens.token_of(response)):
            return retry(f"The token has ended and is renewed. Sigma says: {detail}")
        return self.fail_all(errors.explain_unproven(self._base_url, detail))

    def _take_for_empty(self, response: requests.Response, message: str) -> ErrorResolution:
        """End a list without records; only what cannot be told from a failure is worth a word."""
        self.runtime.refusals.note_answer(self.name)
        if tries := self._doubted.pop(str(response.url), 0):
            why = f"HTTP {response.status_code}, which is taken for no records after {tries} tries"
            self.runtime.refusals.left_out.note(self.name, why, message)
        return nothing(message)

    def _skip(self, response: requests.Response, message: str) -> ErrorResolution:
        """Leave out a list; a stream of which all is left out does not count as read."""
        self.runtime.refusals.note_skip(self.name)
        self.runtime.refusals.left_out.note(self.name, f"HTTP {response.status_code}", message)
        return nothing(message)


def _is_bad_parent(response: requests.Response) -> bool:
    """Whether a 400 is about the parent, archived since it was listed, and not about a page token of ours."""
    asked = response.url or ""
    return response.status_code == HTTPStatus.BAD_REQUEST and "page=" not in asked and "pageToken=" not in asked
