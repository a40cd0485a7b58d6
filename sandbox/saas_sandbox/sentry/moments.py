"""Moments as whole microseconds since 1970, and the ways in which Sentry reads and writes them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from saas_sandbox.common.clock import DAY, HOUR, SECOND

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Stamp = Callable[[int], str]

_ISO: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|\+\d\d:?\d\d)?)?")
_PERIOD: Final = re.compile(r"(\d+)([smhdw])")
_UNITS: Final = {"s": SECOND, "m": 60 * SECOND, "h": HOUR, "d": DAY, "w": 7 * DAY}


def parse(text: str) -> int | None:
    """Read `YYYY-MM-DD[THH:MM:SS[.ffffff][Z|+hh:mm]]` or unix seconds; `None` for anything else.

    An offset is dropped, not converted, as Sentry does; a negative one is not understood.
    """
    if re.fullmatch(r"\d{9,11}(\.\d+)?", text):
        return int(float(text) * SECOND)
    match = _ISO.fullmatch(text)
    if not match:
        return None
    day, clock, fraction, _ = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}+00:00")
    except ValueError:
        return None
    return (moment - EPOCH) // timedelta(microseconds=1) + int((fraction or "0").ljust(6, "0"))


def parse_period(text: str) -> int | None:
    """Read `14d`, `24h` ... as microseconds."""
    match = _PERIOD.fullmatch(text)
    return int(match[1]) * _UNITS[match[2]] if match else None


def today_stamp(moment: int) -> str:
    """Write with 0, 3 or 6 decimals, the fewest that lose nothing: one field of Sentry's mixes all three."""
    fraction = moment % SECOND
    digits = "" if fraction == 0 else f".{fraction // 1000:03d}" if fraction % 1000 == 0 else f".{fraction:06d}"
    return _seconds(moment) + digits + "Z"


def old_stamp(moment: int) -> str:
    """Write with 3 decimals, or none when they are zero: 9.1.2 cuts the microseconds."""
    return today_stamp(moment // 1000 * 1000)


def _seconds(moment: int) -> str:
    return (EPOCH + timedelta(seconds=moment // SECOND)).strftime("%Y-%m-%dT%H:%M:%S")
