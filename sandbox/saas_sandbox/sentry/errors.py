"""Answers that are not the data asked for."""

import uuid
from typing import Final

from saas_sandbox.common.errors import ApiError

_REALM: Final = {"WWW-Authenticate": 'xBasic realm="api"'}


def bad_request(detail: str) -> ApiError:
    """400: the input is wrong."""
    return ApiError(400, {"detail": detail})


def invalid_cursor() -> ApiError:
    """400: the cursor is none, or leads out of the list."""
    return bad_request("Invalid cursor parameter.")


def unauthorized(detail: str) -> ApiError:
    """401: no token, or one that is no good."""
    return ApiError(401, {"detail": detail}, dict(_REALM))


def locked(code: str) -> ApiError:
    """401 for a good token whose owner has to do something first, such as `sso-required`."""
    message = f"This action needs: {code}."
    return ApiError(401, {"detail": {"code": code, "message": message, "extra": {}}}, dict(_REALM))


def without_user() -> ApiError:
    """401 without a body: the token belongs to nobody, and the list is somebody's."""
    return ApiError(401, None)


def forbidden() -> ApiError:
    """403: the token may not."""
    return ApiError(403, {"detail": "You do not have permission to perform this action."})


def not_found() -> ApiError:
    """404: what a name in the path stands for does not exist."""
    return ApiError(404, {"detail": "The requested resource does not exist"})


def internal() -> ApiError:
    """500: how 9.1.2 answers to many a bad parameter."""
    return ApiError(500, {"detail": "Internal Error", "errorId": uuid.uuid4().hex})
