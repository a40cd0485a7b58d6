"""The one date format of this connector: UTC, whole seconds, `2026-11-22T10:00:00Z`.

Sentry drops offsets instead of converting them and floors search terms to the second, so anything else would be
read as another time than was meant. In this format text order is time order.
"""

from datetime import datetime, timedelta, timezone
from typing import Final

FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_SECONDS: Final = len("2026-11-22T10:00:00")


def to_text(moment: datetime) -> str:
    """`datetime(2026, 11, 22, 12, tzinfo=+02:00)` -> `2026-11-22T10:00:00Z`; a naive moment counts as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).strftime(FORMAT)


def from_text(text: str) -> datetime:
    """Read any form that users and states bring: date only, with or without fraction, `Z`, offset or no zone.

    Raises:
        ValueError: The text is no ISO 8601 date.

    """
    whole, zone = (text[:-1], "+00:00") if text[-1:] in ("Z", "z") else (text, "")
    moment = datetime.fromisoformat(_six_decimals(whole) + zone)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def next_second(text: str) -> str:
    """`…:59Z` -> `…:00Z` of the next minute: the exclusive end of a window whose last second is `text`."""
    return to_text(from_text(text) + timedelta(seconds=1))


def to_second(text: str) -> str:
    """`2026-11-22T10:00:00.123Z` -> `2026-11-22T10:00:00`, which compares with any other date of the API as text."""
    return text[:_SECONDS]


def _six_decimals(text: str) -> str:
    """Python 3.10 reads three or six decimals of a second, the API and its users write any number of them."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6]:0<6}{tail[digits:]}"
