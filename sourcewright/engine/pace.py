"""How often states are put out, which are as large as the number of their partitions."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

CHECKPOINT_SECONDS: Final = 10.0
"""Least seconds between two states; the engine's own are 600."""
_WAIT: Final = 3 * CHECKPOINT_SECONDS
"""Seconds after which a state is due, whatever its size, at the beginning of a run."""
_OF_RUN: Final = 10
"""Part of the run so far that a crash may cost: a tenth."""
_OF_OUTPUT: Final = 100
"""Part of what was read that states may have: a hundredth."""
_SMALL: Final = 10_000
"""Bytes of a state that needs no measure, of some hundred partitions."""


class StatePace:
    """When the next state is due, so that all of them together stay in proportion to what was read.

    A state follows the last one after 10 s, if it is small, or all states make less than a hundredth of what was read.
    Else it waits up to 30 s, or a tenth of the run so far. So a crash costs no more than that, and the number of states
    grows with the logarithm of the time: 70 in a day, not 8,640.
    """

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        """Bytes that were read so far."""
        self._began = self._last = time.time()
        self._size = 0
        """Bytes of the last state."""
        self._all = 0
        """Bytes of all states."""

    @property
    def is_due(self) -> bool:
        """Whether a state that differs from the last one may follow it now."""
        now = time.time()
        waited = now - self._last
        if waited <= CHECKPOINT_SECONDS:
            return False
        if self._size <= _SMALL or (self._all + self._size) * _OF_OUTPUT <= self._read():
            return True
        return waited >= max(_WAIT, (now - self._began) / _OF_RUN)

    def note(self, state: Mapping[str, Any]) -> None:
        """Count `state`, which is put out now."""
        self._last, self._size = time.time(), len(orjson.dumps(state, default=str))
        self._all += self._size
