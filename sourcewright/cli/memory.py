"""Garbage collection and allocation, tuned for pages of records, and for the imports of a start."""

import ctypes
import gc
from contextlib import suppress
from typing import Final

_THRESHOLDS: Final = (50_000, 20, 100)
"""A page of records is 100,000 objects: Python's default of 700 searches them for cycles half of the time."""
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_KEPT: Final = 64 * 2**20


def tune_memory() -> None:
    """Search new objects for cycles less often, and those that exist already never; keep the memory of pages.

    glibc gives memory of that size back, and gets it anew for the next page, filled with zeros.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    with suppress(OSError, TypeError, AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _KEPT // 2)
        mallopt(_TRIM_THRESHOLD, _KEPT)
