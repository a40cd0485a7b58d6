"""The sandbox's own endpoints under /_sandbox, for tests: look at it and change it while it runs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.routing import Route

from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.reply import Reply, json_reply

Look = Callable[[], Any]
Action = Callable[[dict[str, Any]], Any]
"""Takes the body, a JSON object, and returns the answer."""


def control_routes(
    looks: Mapping[str, Look], actions: Mapping[str, Action], refusal: Callable[[str], ApiError]
) -> list[Route]:
    """Return `GET /_sandbox/<look>` and `POST /_sandbox/<action>`; `refusal` is the API's 400 for a wrong body."""
    return [
        *(Route(f"/_sandbox/{name}", _looking(look), methods=["GET"]) for name, look in looks.items()),
        *(Route(f"/_sandbox/{name}", _acting(action, refusal), methods=["POST"]) for name, action in actions.items()),
    ]


def _looking(look: Look) -> Callable[[Request], Awaitable[Reply]]:
    async def endpoint(_: Request) -> Reply:
        return json_reply(look())

    return endpoint


def _acting(action: Action, refusal: Callable[[str], ApiError]) -> Callable[[Request], Awaitable[Reply]]:
    async def endpoint(request: Request) -> Reply:
        try:
            return json_reply(action(orjson.loads(await request.body() or b"{}")) or {})
        except ApiError as error:
            return error.reply()
        except (TypeError, ValueError) as error:
            return refusal(str(error)).reply()

    return endpoint
