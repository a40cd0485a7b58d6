"""The ASGI application."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from saas_sandbox.sentry.control import control_routes
from saas_sandbox.sentry.gate import gate
from saas_sandbox.sentry.routes import events, issues, lists
from saas_sandbox.sentry.settings import Settings
from saas_sandbox.sentry.state import State

_ENDPOINTS = {
    "index": ("/", lists.index),
    "organization": ("/organizations/{org}/", lists.organization),
    "projects": ("/organizations/{org}/projects/", lists.projects),
    "teams": ("/organizations/{org}/teams/", lists.teams),
    "members": ("/organizations/{org}/members/", lists.members),
    "users": ("/organizations/{org}/users/", lists.users),
    "releases": ("/organizations/{org}/releases/", lists.releases),
    "issues": ("/organizations/{org}/issues/", issues.organization_issues),
    "project": ("/projects/{org}/{project}/", lists.project),
    "events": ("/projects/{org}/{project}/events/", events.events),
    "project_issues": ("/projects/{org}/{project}/issues/", issues.project_issues),
    "keys": ("/projects/{org}/{project}/keys/", lists.keys),
}


def create_app(settings: Settings) -> Starlette:
    """Return the sandbox as an application; its `State` is `app.state.sandbox`."""
    routes = [Route(path, gate(name, handler), methods=["GET"]) for name, (path, handler) in _ENDPOINTS.items()]
    api = Router(routes, redirect_slashes=False)
    app = Starlette(
        routes=[Mount(settings.prefix + "/api/0", api), *control_routes()], exception_handlers={404: _nothing}
    )
    app.router.redirect_slashes = False
    app.state.sandbox = State(settings)
    return app


async def _nothing(request: Request, _: Exception) -> Response:
    """Answer to an unknown path, or one without its trailing slash: no redirect, nothing."""
    query = request.query_params.multi_items()
    request.app.state.sandbox.record(request.method, request.scope["path"], query, 404)
    return Response(status_code=404, media_type="text/html")
