"""Answers that are not the data asked for."""

import uuid
from typing import Any, Final

INVALID_CURSOR: Final = {"detail": "Invalid cursor parameter."}
NO_PERMISSION: Final = {"detail": "You do not have permission to perform this action."}
NOT_FOUND: Final = {"detail": "The requested resource does not exist"}


class ApiError(Exception):
    """An error of the API with its status and JSON body."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """Keep what the answer needs."""
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def bad_request(detail: str) -> ApiError:
    """400: the input is wrong."""
    return ApiError(400, {"detail": detail})


def forbidden() -> ApiError:
    """403: the token may not."""
    return ApiError(403, NO_PERMISSION)


def not_found() -> ApiError:
    """404: no such organization or project."""
    return ApiError(404, NOT_FOUND)


def internal() -> ApiError:
    """500: how 9.1.2 answers to many a bad parameter."""
    return ApiError(500, {"detail": "Internal Error", "errorId": uuid.uuid4().hex})
