"""How long to wait before a request is repeated."""

import time
from email.utils import parsedate_to_datetime
from typing import Final

import requests
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy
from typing_extensions import override

from sourcewright.http.errors import place
from sourcewright.log import logger

_FIRST: Final = 2.0
_LONGEST: Final = 60.0
_LONGEST_TOLD: Final = 3600.0


class Patience(BackoffStrategy):
    """Waits as long as the answer says, and leaves all else to the engine: 1, 2, 4, … seconds from try to try.

    Sigma sends no rate-limit headers, and its edge answers 429 with an HTML page that often lacks Retry-After. The
    wait is made here, because the engine's own, for a time that a strategy names, needs the release of `backoff` that
    it was made for: with the package python-backoff, which takes that one's place, it does not wait at all.
    """

    @override
    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> None:
        if isinstance(response_or_exception, requests.Response) and (seconds := told_wait(response_or_exception)):
            logger.info("Waiting %.0f s, as %s asks for.", seconds, place(response_or_exception))
            time.sleep(seconds)


def seconds_to_wait(answer: requests.Response | requests.RequestException, attempt: int) -> float:
    """As long as the answer says, else 2, 4, 8, … 60 seconds."""
    told = told_wait(answer) if isinstance(answer, requests.Response) else None
    return min(_FIRST * 2 ** (attempt - 1), _LONGEST) if told is None else told


def told_wait(answer: requests.Response) -> float | None:
    """Retry-After, up to an hour: `120` -> 120.0; `Sun, 22 Nov 2026 10:02:00 GMT` -> seconds until then; else None."""
    value = answer.headers.get("Retry-After", "")
    if value.strip().isdigit():
        return min(float(value), _LONGEST_TOLD)
    try:
        return min(max(0.0, parsedate_to_datetime(value).timestamp() - time.time()), _LONGEST_TOLD)
    except (TypeError, ValueError, OverflowError):
        return None
