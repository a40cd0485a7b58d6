"""Time as whole microseconds since 1970, and the sandbox's own clock."""

import time
from typing import Final

SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR


class Clock:
    """Stands still at a given moment, or runs from the moment of the start; both can be moved forward."""

    def __init__(self, fixed: int | None) -> None:
        """Start at `fixed` (microseconds), or at the real time when it is `None`."""
        self._fixed = fixed
        self._ahead = 0
        self.start = self.now()

    def now(self) -> int:
        """Microseconds since 1970, on a whole second."""
        real = int(time.time()) * SECOND if self._fixed is None else self._fixed
        return (real + self._ahead) // SECOND * SECOND

    def advance(self, seconds: float) -> None:
        """Move forward; what is dated in between appears."""
        self._ahead += round(seconds * SECOND)
