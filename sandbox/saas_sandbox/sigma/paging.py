"""The three shapes of a list, and the tokens that lead through two of them."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from saas_sandbox.sigma.endpoint import ARRAY, OBJECT, PAGE, Endpoint
from saas_sandbox.sigma.errors import bad_request
from saas_sandbox.sigma.settings import Settings

_DEFAULT: Final = 50
_MOST: Final = {PAGE: 1000, "token": 500}
_UNPAGED: Final = ("members", "teams", "workspaces", "workbook_schedules")
"""Lists that were bare arrays without `limit` until June 2026."""


def body(
    endpoint: Endpoint, rows: list[Any], query: Mapping[str, str], settings: Settings, *, repeat: bool = False
) -> Any:
    """Return the answer for the page that `query` asks for; with `repeat` its token leads back to itself."""
    if endpoint.shape == OBJECT:
        return rows[0]
    if endpoint.shape == ARRAY:
        if query:
            raise bad_request(f"Unknown parameters: {', '.join(query)}")
        return rows
    if settings.unpaged and endpoint.name in _UNPAGED and "limit" not in query:
        return rows
    token, size = _asked(endpoint, query, settings)
    start = _decode(endpoint, token)
    stop = start + size
    following = _encode(endpoint, start if repeat else stop) if stop < len(rows) or repeat else None
    entries = rows[start:stop]
    if endpoint.shape == PAGE:
        return {"entries": entries, "nextPage": following, "total": len(rows), "hasMore": following is not None}
    return {"entries": entries} if following is None else {"entries": entries, "nextPageToken": following}


def token_of(query: Mapping[str, str]) -> str:
    """Return the token of a page after the first; empty for the first."""
    return query.get("page") or query.get("pageToken") or ""


def _asked(endpoint: Endpoint, query: Mapping[str, str], settings: Settings) -> tuple[str, int]:
    """Return token and page size; the parameters of the other shape mean nothing."""
    names = ("page", "limit") if endpoint.shape == PAGE else ("pageToken", "pageSize")
    size = query.get(names[1], str(_DEFAULT))
    if not size.isdigit() or size == "0":
        raise bad_request(f"{names[1]} must be a number from 1")
    if endpoint.shape != PAGE and int(size) > _MOST["token"]:
        raise bad_request(f"{names[1]} must not be more than {_MOST['token']}")
    return query.get(names[0], ""), min(int(size), _MOST[PAGE], settings.page_cap)


def _encode(endpoint: Endpoint, start: int) -> str:
    """Write a token: of most page cursors it is a row number, of all others nobody's business."""
    if endpoint.shape == PAGE and not endpoint.opaque:
        return str(start)
    return base64.urlsafe_b64encode(f"{endpoint.name}:{start}".encode()).decode()


def _decode(endpoint: Endpoint, token: str) -> int:
    if not token:
        return 0
    if endpoint.shape == PAGE and not endpoint.opaque:
        if not token.isdigit():
            raise bad_request("Invalid page")
        return int(token)
    try:
        name, _, start = base64.urlsafe_b64decode(token).decode().partition(":")
    except ValueError:
        raise bad_request("Invalid page token") from None
    if name != endpoint.name or not start.isdigit():
        raise bad_request("Invalid page token")
    return int(start)
