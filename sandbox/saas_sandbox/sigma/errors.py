"""Answers that are not the data asked for: {"requestId", "message", "code"}."""

import uuid

from saas_sandbox.common.errors import ApiError


def error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> ApiError:
    """Return an error as the API writes it."""
    return ApiError(status, {"requestId": str(uuid.uuid4()), "message": message, "code": code}, headers)


def unauthorized(message: str) -> ApiError:
    """401: no token, an unknown one, or one that has ended."""
    return error(401, "unauthorized", message)


def bad_request(message: str) -> ApiError:
    """400: the request is wrong."""
    return error(400, "invalid_request", message)


def not_allowed() -> ApiError:
    """403: only an admin may."""
    return error(403, "forbidden", "You are not allowed to do this")


def not_found() -> ApiError:
    """404: what a name in the path stands for does not exist."""
    return error(404, "not_found", "There is no such thing")


def archived() -> ApiError:
    """409: nothing below an archived object can be read."""
    return error(409, "inode_archived", "The object is archived")


def gone() -> ApiError:
    """410: the endpoint is no more."""
    return error(410, "gone", "This endpoint has been retired")
