"""How long to wait before a request is repeated."""

import time
from typing import Final

import requests
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy
from typing_extensions import override
from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

from sourcewright.http.errors import place
from sourcewright.log import logger

_FIRST_WAIT: Final = 2.0
_MAX_WAIT: Final = 60.0
_MAX_RETRY_AFTER: Final = 3600.0


class RetryAfterBackoff(BackoffStrategy):
    """Waits as long as the answer says, and leaves all else to the engine: 1, 2, 4, … seconds from try to try.

    Sigma sends no rate-limit headers, and its edge answers 429 with an HTML page that often lacks Retry-After. The
    wait is made here, because the engine's own, for a time that a strategy names, needs the release of `backoff` that
    it was made for: with the package python-backoff, which takes that one's place, it does not wait at all.
    """

    @override
    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> None:
        if not isinstance(response_or_exception, requests.Response):
            return
        if seconds := retry_after_seconds(response_or_exception):
            logger.info("Waiting %.0f s, as %s asks for.", seconds, place(response_or_exception))
            time.sleep(seconds)


def seconds_to_wait(answer: requests.Response | requests.RequestException, attempt: int) -> float:
    """As long as the answer says, else 2, 4, 8, … 60 seconds."""
    asked = retry_after_seconds(answer) if isinstance(answer, requests.Response) else None
    return min(_FIRST_WAIT * 2 ** (attempt - 1), _MAX_WAIT) if asked is None else asked


def retry_after_seconds(answer: requests.Response) -> float | None:
    """Retry-After, up to an hour: `120` -> 120.0; `Sun, 22 Nov 2026 10:02:00 GMT` -> seconds until then; else None."""
    try:
        seconds = Retry().parse_retry_after(answer.headers.get("Retry-After", ""))
    except (InvalidHeader, ValueError, OverflowError):
        return None
    return float(min(seconds, _MAX_RETRY_AFTER))
