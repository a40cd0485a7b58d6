"""The pace of a server that refuses requests with 429 and does not say how many it takes: learned from its answers.

Requests leave one by one at even distances, since bursts are what such servers refuse. After a refusal the pace falls
a little; while answers are good it rises again, slowly at first (as TCP's CUBIC does, RFC 9438).
"""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

_KEPT: Final = 0.95
"""Share of the pace that is left after a refusal, and of what was taken after the first one. It is squared each time
that the last fall has not helped: 0.95, 0.90, 0.81, 0.66."""
_HELPED: Final = 0.5
"""Seconds of good answers that show that a fall has helped."""
_CALM: Final = 200
"""Good answers after which the pace is what it was before a refusal, so that about one request of 200 is refused."""
_SECOND: Final = 1.0
"""Seconds of good answers after which that is so after the first refusal, since a burst says little about the pace."""
_LATE: Final = 0.05
"""Seconds by which a thread may wake up too late; the next one makes up for it."""
_LONGEST_HOLD: Final = 60.0


@dataclass
class Pace:
    """Requests a second that one budget takes; any number until the first refusal."""

    rate: float = math.inf
    held_until: float = 0.0
    _next: float = 0.0
    """When the next request may be sent."""
    _lowest: float = math.inf
    """The rate after the last refusal."""
    _good: int = 0
    """Good answers since."""
    _calm: float = _CALM
    _falls: int = 1
    """Falls one after the other, of which all but the last have not helped."""
    _recent: deque[float] = field(default_factory=deque)
    """When good answers came, in the last second."""
    _refused: float = -math.inf
    """When the last refusal came. What was sent before tells nothing new."""
    _streak: int = 0
    """Refusals without a good answer between them."""

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent."""
        return max(0.0, self.held_until - now, self._next - now)

    def take(self, now: float) -> None:
        """Send a request; after a refusal only one a second, until one is answered well."""
        distance = max(1 / self.rate, _SECOND if self._streak else 0.0)
        self._next = max(self._next, now - min(distance, _LATE)) + distance

    def accept(self, now: float) -> None:
        """Take note of a good answer."""
        if self._streak:
            self._streak, self._next = 0, now + 1 / self.rate
        self._recent.append(now)
        if self._taken(now) >= _KEPT * _KEPT * self.rate:  # requests went as fast as they might
            self._good += 1
            self.rate = self._lowest * (1 + (1 / _KEPT - 1) * (self._good / self._calm) ** 3)

    def refuse(self, sent: float, now: float) -> None:
        """Take note of a refusal of what was sent at that time."""
        if sent <= self._refused:
            return
        self._refused = now
        if self.rate == math.inf:
            self._lowest = self.rate = _KEPT * max(self._taken(now), 1)
            self._calm = self.rate * _SECOND
            self.held_until = now + _SECOND
        elif self._streak:
            self.held_until = now + min(2.0 ** (self._streak - 1), _LONGEST_HOLD)
        else:
            self._falls = 1 if self._good >= self.rate * _HELPED else self._falls + 1
            self._lowest = self.rate = self.rate * _KEPT**2.0 ** min(self._falls - 1, 3)
            self._calm = _CALM
        self._good = 0
        self._streak += 1

    def _taken(self, now: float) -> int:
        """Good answers of the last second."""
        while self._recent and self._recent[0] <= now - _SECOND:
            self._recent.popleft()
        return len(self._recent)
