"""How long a server asks to wait, and how long is waited at most."""

import time
from typing import Final

import requests
from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

from sourcewright.log import logger

LONGEST_WAIT: Final = 3600.0
"""Seconds for which one request is waited for, in all its tries; what asks for more is not believed."""
MINUTE: Final = 60.0
"""Seconds between two lines about the same wait."""
_FIRST_WAIT: Final = 2.0
_MAX_WAIT: Final = 60.0


def retry_after_seconds(answer: requests.Response) -> float | None:
    """Retry-After: `120` -> 120.0; `Sun, 22 Nov 2026 10:02:00 GMT` -> seconds until then; None where it has none."""
    try:
        return float(Retry().parse_retry_after(answer.headers.get("Retry-After", "")))
    except (InvalidHeader, ValueError, OverflowError):
        return None


def seconds_to_wait(answer: requests.Response | requests.RequestException, attempt: int) -> float:
    """As long as the answer says, if that is believable, else 2, 4, 8, … 60 seconds."""
    asked = retry_after_seconds(answer) if isinstance(answer, requests.Response) else None
    if asked is None or asked > LONGEST_WAIT:
        return min(_FIRST_WAIT * 2.0 ** (attempt - 1), _MAX_WAIT)
    return asked


def pause(seconds: float, reason: str) -> None:
    """Sleep, with a line of log at the beginning and every minute if it is long."""
    while seconds > 0:
        if seconds > MINUTE:
            logger.info("Waiting another %.0f s: %s", seconds, reason)
        time.sleep(min(seconds, MINUTE))
        seconds -= MINUTE
