"""A local Sigma Computing, in a thread or as the process itself."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from typing_extensions import override

from saas_sandbox.common import sandbox
from saas_sandbox.common.control import Action
from saas_sandbox.common.errors import ApiError
from saas_sandbox.sigma.endpoints import ENDPOINTS
from saas_sandbox.sigma.gate import Gate, mint
from saas_sandbox.sigma.settings import CLIENT_ID, CLIENT_SECRET, Settings
from saas_sandbox.sigma.state import State
from saas_sandbox.sigma.totals import totals


class Sandbox(sandbox.Sandbox[Settings, State]):
    """A local Sigma Computing."""

    settings_class = Settings
    not_found = Response(b'{"message": "Not Found"}', 404, media_type="application/json")
    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def touch(self, value: str, moment: str) -> None:
        """Change the object with this id at a moment; 404 when there is none."""
        if not self.state.world.touch(value, moment):
            raise ApiError(404, {})

    @override
    def totals(self) -> Mapping[str, list[dict[str, Any]]]:
        """Return all rows that exist, see `totals`."""
        return totals(self.state)

    @override
    def make_state(self, settings: Settings) -> State:
        return State(settings)

    @override
    def routes(self) -> Sequence[BaseRoute]:
        """Return paths without names first: `/v2/connections/paths` is no `/v2/connections/{connectionId}`."""
        table = sorted(ENDPOINTS, key=lambda row: row.path.count("{"))
        rows = (Route(row.path, Gate(self.state, row).endpoint, methods=["GET"]) for row in table)
        return [Route("/v2/auth/token", partial(mint, self.state), methods=["POST"]), *rows]

    @override
    def actions(self) -> dict[str, Action]:
        return {**super().actions(), "touch": lambda body: self.touch(body["id"], body["at"])}

    @override
    def refusal(self, message: str) -> ApiError:
        return ApiError(400, {"message": message})

    @override
    def access(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}


serve: Final = Sandbox.serve
