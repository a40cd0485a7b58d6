"""Error handling that every JSON API needs; subclasses know what one API means by its refusals."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import ClassVar, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.error_handlers.default_error_handler import DefaultErrorHandler
from airbyte_cdk.sources.streams.http.error_handlers.response_models import (
    SUCCESS_RESOLUTION,
    ErrorResolution,
    ResponseAction,
)
from typing_extensions import override

from sourcewright.components.runtime import RuntimeComponent
from sourcewright.http.errors import explain_partial, explain_proxy_refusal
from sourcewright.http.lasting import LastingError
from sourcewright.http.pages import LIST, Page, page_of, read_page
from sourcewright.http.redirects import asked_url, explain_redirect, leads_elsewhere
from sourcewright.http.retry_after import LONGEST_WAIT
from sourcewright.log import logger

_HTTP_OK: Final = 200
_HTTP_REDIRECTS: Final = 300


@dataclass
class JsonErrorHandler(DefaultErrorHandler, RuntimeComponent):
    """Answer -> what to do with it.

    200 with JSON of the expected shape -> go on; 200 with anything else, any other 2xx, broken connection -> wait and
    retry; what is beyond a bound, or comes from another address than the one asked -> fail; a refusal -> what
    `judge_refusal` of the subclass says.
    """

    page_class: ClassVar[type[Page]] = Page
    host_setting: ClassVar[str]
    """Setting that says where the API is."""
    max_time: int = int(LONGEST_WAIT)
    """Seconds for which one request is retried at most; the engine's own bound is 600."""
    name: str = ""
    """Stream that is read; the manifest's `$parameters` fill in this and `page`."""
    page: str = LIST
    """Shape of a good answer, as `page_class` knows it."""
    newest_first: list[str] = field(default_factory=list)
    """Dates by which the server orders the list."""
    fields: Sequence[str] | None = field(default=None, init=False)
    """All that is looked at in the records of a list, which then stay as they came; None where they are decoded."""

    @abstractmethod
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        """What to do with an answer that is not 2xx."""

    @abstractmethod
    def explain_shape(self, response: requests.Response) -> str:
        """Why a 200 is not the requested page."""

    @abstractmethod
    def explain_exception(self, error: requests.RequestException) -> tuple[str, bool]:
        """Why no answer came, and whether retries cannot help."""

    def judge_redirect(self, response: requests.Response) -> ErrorResolution | None:
        """What to do with an answer that redirects led to; None to go on with it."""
        asked, answered = asked_url(response), str(response.url)
        if leads_elsewhere(asked, answered):
            return fail(explain_redirect(asked, answered, self.host_setting))
        return None

    def judge_page(self, response: requests.Response) -> ErrorResolution:
        """What to do with a good answer."""
        if self.newest_first:
            page_of(response).note_dates(self.newest_first)
        return SUCCESS_RESOLUTION

    def judge_shape(self, response: requests.Response) -> ErrorResolution:
        """What to do with a 200 that is not the requested page."""
        return retry(self.explain_shape(response))

    def means_no_records(self, response: requests.Response) -> bool:  # noqa: ARG002 - for subclasses
        """Whether a refusal is the API's way to say that there is nothing to read."""
        return False

    @override
    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response_or_exception, requests.Response):
            return self._judge(response_or_exception)
        if isinstance(response_or_exception, requests.RequestException):
            return self._judge_exception(response_or_exception)
        return super().interpret_response(response_or_exception)

    def fail_all(self, message: str) -> ErrorResolution:
        """`fail` what holds for every request of the stream, so that no other one is sent."""
        self.runtime.refusals.fail(self.name, message)
        return fail(message)

    def rate_limited(self, message: str) -> ErrorResolution:
        """`retry` for a 429; the engine reports the status of the stream."""
        action = ResponseAction.RATE_LIMITED if self.runtime.reports_status else ResponseAction.RETRY
        return ErrorResolution(action, FailureType.transient_error, message)

    def _judge(self, response: requests.Response) -> ErrorResolution:
        if response.status_code == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return fail(explain_proxy_refusal(response))
        if response.history and (verdict := self.judge_redirect(response)):
            return verdict
        if not _HTTP_OK <= response.status_code < _HTTP_REDIRECTS:
            return self.judge_refusal(response)  # a redirect that leads nowhere among them
        if response.status_code != _HTTP_OK:
            return retry(explain_partial(response, self.name))
        if read_page(response, self.page, self.runtime.slots, partial(self.page_class, fields=self.fields)):
            return self.judge_page(response)
        return self.judge_shape(response)

    def _judge_exception(self, error: requests.RequestException) -> ErrorResolution:
        if isinstance(error, LastingError):
            return ErrorResolution(ResponseAction.FAIL, error.failure_type, error.explain(self.host_setting))
        if isinstance(error, requests.TooManyRedirects):
            asked = error.request.url if error.request is not None else "The server"
            return fail(f"{asked} redirects in a circle: check `{self.host_setting}`.")
        message, lasting = self.explain_exception(error)
        return fail(message) if lasting else retry(message)


def fail(message: str) -> ErrorResolution:
    """End the stream with an error that the user can fix."""
    return ErrorResolution(ResponseAction.FAIL, FailureType.config_error, message)


def retry(message: str) -> ErrorResolution:
    """Wait, then send the request again."""
    return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, message)


def split(message: str) -> ErrorResolution:
    """Halve the window, and request each half."""
    return ErrorResolution(ResponseAction.SPLIT_REQUEST_WINDOW, FailureType.transient_error, message)


def no_records(message: str) -> ErrorResolution:
    """End the list without records; the engine logs `message`."""
    return ErrorResolution(ResponseAction.IGNORE, FailureType.config_error, message)


def nothing(message: str) -> ErrorResolution:
    """End the list without records; `message` is for debugging."""
    logger.debug("%s", message)
    return SUCCESS_RESOLUTION


def skip(message: str | None) -> ErrorResolution:
    """Skip what was requested, with a warning unless `message` is None."""
    if message:
        logger.warning("%s", message)
    return ErrorResolution(ResponseAction.IGNORE, FailureType.config_error, "Skipped, as said in the warning.")
