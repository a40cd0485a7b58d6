"""Answers that are not the data asked for."""

from typing import Any

from saas_sandbox.common.reply import Reply, json_reply


class ApiError(Exception):
    """An error of the API with its status and JSON body; with `None` the answer has no body."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """Keep what the answer needs."""
        super().__init__(f"{status} {body}")
        self._reply = Reply(status, b"", headers or {}) if body is None else json_reply(body, status, headers)

    def reply(self) -> Reply:
        """Return the answer."""
        return self._reply
