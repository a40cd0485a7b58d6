"""What every request of an API passes."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, Generic, TypeVar

from starlette.requests import Request

from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.reply import Reply
from saas_sandbox.common.state import State

StateT = TypeVar("StateT", bound=State[Any])


class Gate(ABC, Generic[StateT]):
    """Admission, latency, fault, answer and log, in this order. Subclasses answer."""

    def __init__(self, state: StateT) -> None:
        self.state = state

    async def endpoint(self, request: Request) -> Reply:
        """Answer a request in the API's words (a Starlette endpoint)."""
        try:
            with self.admitted(request) as headers:
                await asyncio.sleep(self.state.settings.latency_ms / 1000)
                reply = self._spoilt(request)
            reply = reply if reply.bare else replace(reply, headers=headers | reply.headers)
        except ApiError as error:
            reply = error.reply()
        if self.state.settings.gzip and "gzip" in request.headers.get("accept-encoding", ""):
            reply = reply.compressed()
        self.state.record(request, reply.logged_status)
        return reply

    def admitted(self, request: Request) -> AbstractContextManager[dict[str, str]]:
        """Count the request in and out, and yield the headers of its answer; or raise an `ApiError`."""
        del request
        return nullcontext({})

    @abstractmethod
    def answer(self, request: Request, fault: str) -> Reply:
        """Return the good answer, or raise an `ApiError`; `fault` is what will hit the answer, empty for nothing."""

    def _spoilt(self, request: Request) -> Reply:
        """Let the fault have a good answer; errors stay as they are."""
        faults = self.state.faults
        fault = faults.next(request.scope["path"], request.scope["query_string"].decode())
        try:
            return faults.spoil(fault, self.answer(request, fault))
        except ApiError as error:
            return error.reply()
