"""Requests of one stream: rendered once for each slice, sent through the rate limiter."""

import threading
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import fields
from typing import Any, Self

import requests
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.sources.streams.http.request_window_split_exception import RequestWindowSplitRequiredException
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override
from urllib3.exceptions import LocationValueError

from sourcewright.components.handler import JsonErrorHandler
from sourcewright.components.runtime import Runtime
from sourcewright.components.windows import WindowProgress
from sourcewright.environment import look_up_once
from sourcewright.http.adapters import RateLimitedAdapter
from sourcewright.http.pages import has_page, page_of
from sourcewright.http.walks import PageToken, Walk
from sourcewright.inputs import wrong_input
from sourcewright.log import without_body


class SliceRequester(HttpRequester):
    """Renders URL and parameters once for each slice; its pages differ only in what the paginator adds."""

    runtime: Runtime
    key: Sequence[str]
    """What tells the rows of an answer apart: the primary key of the stream, or its parameter `row_key`."""
    has_windows: bool
    """Whether the list takes a window, which old servers ignore."""

    @classmethod
    def of(
        cls,
        requester: HttpRequester,
        parameters: Mapping[str, Any],
        adapter: RateLimitedAdapter,
        runtime: Runtime,
        key: Sequence[str],
    ) -> Self:
        """A requester with the fields of `requester` that sends through `adapter`, unless its stream is refused."""
        values = {field.name: getattr(requester, field.name) for field in fields(HttpRequester) if field.init}
        made = cls(**values, parameters=parameters)
        made.runtime, made.key = runtime, key
        made.has_windows = bool(parameters.get("by_time"))
        made.logger.addFilter(without_body)
        session = made._http_client._session  # noqa: SLF001
        look_up_once(session)
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
        return made

    def _once(self, render: Callable[..., Any], stream_slice: StreamSlice | None) -> Any:
        """Result of `render` for the slice that this thread reads, rendered once."""
        rendered = self.__dict__.setdefault("_rendered", threading.local()).__dict__
        if rendered.get("slice") is not stream_slice:
            rendered.clear()
            rendered["slice"] = stream_slice
        if render.__name__ not in rendered:
            rendered[render.__name__] = render(stream_slice=stream_slice)
        return rendered[render.__name__]

    @override
    def get_url(self, *, stream_slice: StreamSlice | None = None, **_: Any) -> str:
        return str(self._once(super().get_url, stream_slice))

    @override
    def get_request_params(
        self,
        *,
        stream_slice: StreamSlice | None = None,
        next_page_token: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> MutableMapping[str, Any]:
        token = _page_token(next_page_token)
        return {**self._once(super().get_request_params, stream_slice), **(token.parameters if token else {})}

    @override
    def send_request(  # type: ignore[override]  # the engine passes all of it by name
        self,
        *,
        stream_slice: StreamSlice | None = None,
        next_page_token: Mapping[str, Any] | None = None,
        request_params: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> requests.Response | None:
        """Send a request, and leave out the rows that its walk knows; a refusal marks its window as not read."""
        progress = WindowProgress.find(stream_slice)
        if reason := self.runtime.refusals.why_failed(self.name):
            raise wrong_input(reason)
        if self.runtime.refusals.has_ended(self.name) or (progress and progress.run.has_failed):
            WindowProgress.refuse(stream_slice)
            return None
        try:
            response = self._answer(
                stream_slice=stream_slice,
                next_page_token=next_page_token,
                request_params=_with_cursors(request_params or {}),
                **options,
            )
        except RequestWindowSplitRequiredException:
            raise
        except Exception:
            if progress:
                progress.run.has_failed = True
            raise
        if response is not None and has_page(response):
            self.runtime.bytes_read[self.name] += len(response.content)
            token, page = _page_token(next_page_token), page_of(response)
            if self.has_windows and not token and stream_slice and progress:
                progress.judge(stream_slice, max(page.order, default=""))
            page.join(token.walk if token else Walk(self.key), token)
        if not response and not self._means_no_records(response):
            WindowProgress.refuse(stream_slice)
        return response

    def _answer(self, **options: Any) -> requests.Response | None:
        """Send a request; an error has the handler's own words."""
        try:
            response: requests.Response | None = super().send_request(**options)
        except AirbyteTracedException as error:
            raise _in_own_words(error) from error
        except (requests.RequestException, LocationValueError) as error:  # of a URL, which the handler has not seen
            raise wrong_input(self._explain(error)) from error
        return response

    def _explain(self, error: Exception) -> str:
        of_requests = error if isinstance(error, requests.RequestException) else requests.exceptions.InvalidURL(error)
        return str(self.error_handler.interpret_response(of_requests).error_message)  # type: ignore[union-attr]

    def _means_no_records(self, response: requests.Response | None) -> bool:
        handler = self.error_handler
        return response is not None and isinstance(handler, JsonErrorHandler) and handler.means_no_records(response)


def _page_token(next_page_token: Mapping[str, Any] | None) -> PageToken | None:
    token = (next_page_token or {}).get("next_page_token")
    return token if isinstance(token, PageToken) else None


def _with_cursors(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """`parameters` with the cursors that page tokens stand for, and without those of first pages."""
    cursors = {name: token.cursor for name, token in parameters.items() if isinstance(token, PageToken)}
    return {name: cursors.get(name, value) for name, value in parameters.items() if cursors.get(name, value) != ""}


def _in_own_words(error: AirbyteTracedException) -> AirbyteTracedException:
    """The error with which the engine gives up retries -> the same without its preface and its stream.

    `Exhausted available request attempts. Please see logs … Exception: <sentence>` of the parent -> `<sentence>`.
    """
    last = error.__context__
    if not isinstance(last, BaseBackoffException):
        return error
    return AirbyteTracedException(message=str(last), internal_message=str(last), failure_type=error.failure_type)
