"""What every request under /api/0 passes: token, limits, scopes."""

from contextlib import AbstractContextManager, nullcontext

from starlette.exceptions import HTTPException
from starlette.requests import Request
from typing_extensions import override

from saas_sandbox.common import gate
from saas_sandbox.common.reply import Reply
from saas_sandbox.sentry.auth import authenticate, permit
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.endpoint import Endpoint
from saas_sandbox.sentry.state import State


class Gate(gate.Gate[State]):
    """Answers a row of the table at one of its addresses."""

    def __init__(self, state: State, row: Endpoint, path: str) -> None:
        super().__init__(state)
        self._versions = {old: row.version(old=old) for old in (False, True)}
        self._path = path

    @property
    def _row(self) -> Endpoint:
        row = self._versions[self.state.settings.old]
        if row is None or row.path != self._path:
            raise HTTPException(404)
        return row

    @override
    def admitted(self, request: Request) -> AbstractContextManager[dict[str, str]]:
        row, settings = self._row, self.state.settings
        header = request.headers.get("authorization")
        request.state.token = authenticate(header, settings)
        if settings.limits == "off" or settings.old:
            return nullcontext({})
        return self.state.limiter.counted(row.budget, header or "", settings.time_scale)

    @override
    def answer(self, request: Request, fault: str) -> Reply:
        row = self._row
        return row.answer(
            Call(
                state=self.state,
                token=permit(request.state.token, row.scopes),
                path=request.scope["path"],
                query=request.query_params.multi_items(),
                names=request.path_params,
                fault=fault,
            )
        )
