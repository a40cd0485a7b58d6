"""Answers that are not the data asked for: {"requestId", "message", "code"}."""

import uuid
from typing import Any, Final

from saas_sandbox.sentry.reply import Reply, json_reply

NOT_ALLOWED: Final = (403, "forbidden", "You are not allowed to do this")
ARCHIVED: Final = (409, "inode_archived", "The object is archived")
GONE: Final = (410, "gone", "This endpoint has been retired")
NOT_FOUND: Final = (404, "not_found", "There is no such thing")


class ApiError(Exception):
    """An error of the API."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Keep what the answer needs."""
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message

    def reply(self, headers: dict[str, str] | None = None) -> Reply:
        """Return the answer."""
        return json_reply(error_body(self.code, self.message), self.status, headers)


def error_body(code: str, message: str) -> dict[str, Any]:
    """Return an error as the API writes it."""
    return {"requestId": str(uuid.uuid4()), "message": message, "code": code}


def unauthorized(message: str) -> ApiError:
    """401: no token, an unknown one, or one that has ended."""
    return ApiError(401, "unauthorized", message)


def bad_request(message: str) -> ApiError:
    """400: the request is wrong."""
    return ApiError(400, "invalid_request", message)
