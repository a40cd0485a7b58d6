"""Requests of one stream: rendered once for each slice, sent through the rate limiter."""

import threading
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import fields
from typing import Any, Self

import requests
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from sourcewright.components.handler import JsonErrorHandler
from sourcewright.components.runtime import Refusals
from sourcewright.components.windows import WindowProgress
from sourcewright.http.rate_limits import RateLimitedAdapter


class SliceRequester(HttpRequester):
    """Renders URL and parameters once for each slice; its pages differ only in what the paginator adds."""

    refusals: Refusals

    @classmethod
    def of(
        cls, requester: HttpRequester, parameters: Mapping[str, Any], adapter: RateLimitedAdapter, refusals: Refusals
    ) -> Self:
        """A requester with the fields of `requester` that sends through `adapter`, unless its stream is refused."""
        values = {field.name: getattr(requester, field.name) for field in fields(HttpRequester) if field.init}
        made = cls(**values, parameters=parameters)
        made.refusals = refusals
        for scheme in ("http://", "https://"):
            made._http_client._session.mount(scheme, adapter)  # noqa: SLF001
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
    def get_request_params(self, *, stream_slice: StreamSlice | None = None, **_: Any) -> MutableMapping[str, Any]:
        return dict(self._once(super().get_request_params, stream_slice))

    @override
    def send_request(self, *, stream_slice: StreamSlice | None = None, **options: Any) -> requests.Response | None:  # type: ignore[override]
        """Send a request; a refusal marks its window as not read."""
        if self.refusals.has_ended(self.name):
            WindowProgress.refuse(stream_slice)
            return None
        response: requests.Response | None = super().send_request(stream_slice=stream_slice, **options)
        if not response and not self._means_no_records(response):
            WindowProgress.refuse(stream_slice)
        return response

    def _means_no_records(self, response: requests.Response | None) -> bool:
        handler = self.error_handler
        return response is not None and isinstance(handler, JsonErrorHandler) and handler.means_no_records(response)
