"""Garbage collection, tuned for pages of records, and for the imports of a start."""

import gc
from typing import Final

_THRESHOLDS: Final = (50_000, 20, 100)
"""A page of records is 100,000 objects: Python's default of 700 searches them for cycles half of the time."""


def tune_garbage_collection() -> None:
    """Search new objects for cycles less often, and those that exist already never."""
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
