"""The sandbox's own time."""

import time

from saas_sandbox.sentry.moments import SECOND, parse


class Clock:
    """Stands still at a given `now`, or runs from the moment of the start; both can be moved forward."""

    def __init__(self, now: str | None) -> None:
        """Start at `now` (ISO 8601, UTC), or at the real time when it is `None`."""
        self._fixed = _moment(now) if now else None
        self._ahead = 0
        self.start = self.now()

    def now(self) -> int:
        """Microseconds since 1970, on a whole second."""
        real = int(time.time()) * SECOND if self._fixed is None else self._fixed
        return (real + self._ahead) // SECOND * SECOND

    def advance(self, seconds: float) -> None:
        """Move forward; what is dated in between appears."""
        self._ahead += round(seconds * SECOND)


def _moment(text: str) -> int:
    moment = parse(text)
    if moment is None:
        raise ValueError(f"now is {text!r}; write it like 2026-01-31T00:00:00Z")
    return moment // SECOND * SECOND
