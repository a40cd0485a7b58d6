"""The logger whose lines the engine turns into Airbyte LOG messages, secrets masked."""

import logging
from typing import Final

logger: Final = logging.getLogger("airbyte.source")

_LOGGED_ONE_BY_ONE: Final = 20
_RETOLD_BY: Final = ("concurrent_read_processor", "entrypoint", "http_client", "rate_limiting")
"""Modules of the engine that log what also comes as a message."""
_RETOLD: Final = (
    "During the sync, the following streams did not",  # with all errors as Python shows them
    "Status code: ",  # with the whole answer
    "Marking stream",  # a STREAM_STATUS, as the next two
    "Syncing stream",
    "Finished syncing",
)


def without_body(record: logging.LogRecord) -> bool:
    """Filter of loggers that takes bodies, whole pages with the secrets in them, out of what the engine logs.

    They are an extra of its debug lines, and a line of their own at each retry.
    """
    record.__dict__.pop("body", None)
    return "Response Content: " not in str(record.msg)


logging.getLogger("airbyte").addFilter(without_body)


def is_logged(number: int) -> bool:
    """Whether the warning of that number is logged, of those that one stream may give by the thousand.

    The first ones are, then every hundredth.
    """
    return number <= _LOGGED_ONE_BY_ONE or number % 100 == 0


def is_first_telling(record: logging.LogRecord) -> bool:
    """False for what the engine logs of errors and statuses that come as messages too, unless its logger is to debug.

    `'GET' request to … failed with status code '403' and … Response (headers): {…}`, and stack traces. So is each line
    of the library `backoff`, `Backing off _send(...) for 1.0s (…)`: the engine says in its own words that it waits.
    """
    if not record.name.startswith(("airbyte", "backoff")) or logging.getLogger("airbyte").isEnabledFor(logging.DEBUG):
        return True
    if record.name == "backoff":
        return False
    is_retold = bool(record.exc_info) or record.module in _RETOLD_BY
    is_error = record.levelno >= logging.ERROR and is_retold
    return not (is_error or (record.module in _RETOLD_BY and record.getMessage().startswith(_RETOLD)))
