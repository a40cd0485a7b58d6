"""The one date format of settings, states and requests: UTC, whole seconds, `2026-11-22T10:00:00Z`.

In this format text order is time order. Some APIs drop offsets instead of converting them and round search terms
down to the second, so they would read any other format as another time.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""No setting and no state may be before: no API has older data, and a lookback of a century must be a date yet."""
_FIRST: Final = "2000-01-01T00:00:00"
_SECONDS: Final = len("2026-11-22T10:00:00")
_CLOCKS_DIFFER: Final = timedelta(hours=1)
_IN_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?", re.ASCII)


def to_text(moment: datetime) -> str:
    """`datetime(2026, 11, 22, 12, tzinfo=+02:00)` -> `2026-11-22T10:00:00Z`; a naive moment counts as UTC."""
    # Not `strftime`, which writes the year 999 with three digits
    return _utc(moment).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def from_text(text: str) -> datetime:
    """Read any form that users and states bring: date only, with or without fraction, `Z`, offset or no zone.

    Raises:
        ValueError: The text is no ISO 8601 date, or in UTC its year is not between 1 and 9999.

    """
    try:
        return _utc(datetime.fromisoformat(text.upper()))
    except OverflowError as error:
        raise ValueError(f"{text} is out of range") from error


def next_second(text: str) -> str:
    """`…:59Z` -> `…:00Z` of the next minute: the exclusive end of a window whose last second is `text`."""
    return to_text(from_text(text) + timedelta(seconds=1))


def to_second(value: Any) -> str:
    """`2026-11-22T10:00:00.123Z` -> `2026-11-22T10:00:00`, which compares with any other date of the API as text.

    Any other form of ISO 8601 is converted: `2026-11-22 12:00:00+02:00`, `20261122`. A value that is no date -> ``.
    """
    if not isinstance(value, str):
        return ""
    if _IN_UTC.fullmatch(value):
        return value[:_SECONDS]
    try:
        return to_text(from_text(value))[:_SECONDS]
    except (ValueError, OverflowError):
        return ""


def is_odd(second: str) -> bool:
    """Whether a date as `to_second` makes it, `1970-01-01T00:00:00`, is from before there were such APIs."""
    return second < _FIRST


def is_ahead(second: str) -> bool:
    """Whether a date as `to_second` makes it lies so far in the future that no two clocks differ as much."""
    return second > to_text(datetime.now(UTC) + _CLOCKS_DIFFER)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
