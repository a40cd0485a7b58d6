"""The logger whose lines the engine turns into Airbyte LOG messages, secrets masked."""

import logging
from typing import Final

logger: Final = logging.getLogger("airbyte.source")

_LOGGED_ONE_BY_ONE: Final = 20


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
