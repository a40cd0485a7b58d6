"""The ASGI application."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas_sandbox.sigma.control import control_routes
from saas_sandbox.sigma.endpoints import ENDPOINTS
from saas_sandbox.sigma.gate import gate, mint
from saas_sandbox.sigma.settings import Settings
from saas_sandbox.sigma.state import State


def create_app(settings: Settings) -> Starlette:
    """Return the sandbox as an application; its `State` is `app.state.sandbox`."""
    # Paths without names first, as `/v2/connections/paths` stands beside `/v2/connections/{connectionId}/…`
    table = sorted(ENDPOINTS, key=lambda endpoint: endpoint.path.count("{"))
    routes = [Route(endpoint.path, gate(endpoint), methods=["GET"]) for endpoint in table]
    app = Starlette(
        routes=[Route("/v2/auth/token", mint, methods=["POST"]), *routes, *control_routes()],
        exception_handlers={404: _nothing},
    )
    app.router.redirect_slashes = False
    app.state.sandbox = State(settings)
    return app


async def _nothing(request: Request, _: Exception) -> Response:
    """Answer to an unknown path."""
    query = request.query_params.multi_items()
    request.app.state.sandbox.record(request.method, request.scope["path"], query, 404)
    return Response(b'{"message": "Not Found"}', 404, media_type="application/json")
