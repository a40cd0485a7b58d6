"""Parts of a window."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from airbyte_cdk.sources.types import StreamSlice

from sourcewright import dates


def with_fields(window: StreamSlice, times: Mapping[str, str] | None = None, **extra_fields: Any) -> StreamSlice:
    """`window` with other `times`, if any, and further fields for its requests."""
    return StreamSlice(
        partition=window.partition,
        cursor_slice=times or window.cursor_slice,
        extra_fields={**window.extra_fields, **extra_fields},
    )


def seconds_of(window: StreamSlice) -> int:
    """Seconds of a window, whose start and end are in it."""
    start, end = dates.from_text(window["start_time"]), dates.from_text(window["end_time"])
    return int((end - start).total_seconds()) + 1


def halves(window: StreamSlice) -> list[StreamSlice]:
    """`window` in two; [] for one of a second."""
    return pieces_of(window, 2)


def pieces_of(window: StreamSlice, number: int) -> list[StreamSlice]:
    """`window` in so many pieces of whole seconds, as far as it has them; [] where that is no more than one."""
    start, seconds = dates.from_text(window["start_time"]), seconds_of(window)
    number = min(number, seconds)
    bounds = [start + timedelta(seconds=seconds * place // number) for place in range(number + 1)] if number > 1 else []
    return [
        with_fields(
            window, {"start_time": dates.to_text(first), "end_time": dates.to_text(next_ - timedelta(seconds=1))}
        )
        for first, next_ in pairwise(bounds)
    ]
