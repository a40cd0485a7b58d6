"""What Explore knows besides errors. Nothing is kept: a row is a function of its number."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from typing import Final
from zlib import crc32

from typing_extensions import override

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.timeline import HISTORY_DAYS, HORIZON_DAYS

_DAY: Final = 86_400
_CROWD: Final = 5  # the last of so many rows shares the millisecond of the one before
_NEAR: Final = 4  # so many rows around the expected one can be the first of a second


@dataclass(frozen=True)
class Items:
    """Rows of a project and dataset: `per_day` evenly from `begin` (seconds since 1970) on, those to come included.

    `seed` tells them apart from all others.
    """

    seed: str
    begin: int
    per_day: int

    def first(self, second: int) -> int:
        """Return the first row that is not dated before a second."""
        total = (HISTORY_DAYS + HORIZON_DAYS) * self.per_day
        near = (second - self.begin) * self.per_day // _DAY
        found = range(min(max(near - _NEAR, 0), total), min(max(near + _NEAR, 0), total))
        return found.start + bisect_left(found, second, key=self.second)

    def second(self, row: int) -> int:
        """Return when it happened; it never falls from a row to the next."""
        leader = self.leader(row)
        place, room = leader * _DAY // self.per_day, max(1, _DAY // self.per_day)
        return self.begin + place + self.noise(leader) % room

    def leader(self, row: int) -> int:
        """Return the row whose moment it shares: its own, or the one before."""
        return row - 1 if row % _CROWD == _CROWD - 1 else row

    def noise(self, row: int) -> int:
        """Return a number of 32 bits."""
        return crc32(f"{self.seed}:{row}".encode())


@dataclass(frozen=True)
class Burst(Items):
    """`per_day` rows, all in the second `begin` and in one millisecond."""

    @override
    def first(self, second: int) -> int:
        return 0 if second <= self.begin else self.per_day

    @override
    def second(self, row: int) -> int:
        del row
        return self.begin

    @override
    def leader(self, row: int) -> int:
        del row
        return 0


@dataclass(frozen=True)
class Item:
    """What the values of a row are made of."""

    items: Items
    row: int
    project: Record
    release_at: Callable[[int], str | None]

    @property
    def release(self) -> str | None:
        """Version that the project ran."""
        return self.release_at(self.second * SECOND)

    @property
    def second(self) -> int:
        """Seconds since 1970."""
        return self.items.second(self.row)

    @property
    def nanosecond(self) -> int:
        """Nanoseconds since 1970; rows that share a millisecond differ here."""
        millisecond = self.second * 1000 + self.items.noise(self.items.leader(self.row)) % 1000
        return millisecond * 1_000_000 + self.items.noise(self.row) // 7 % 1_000_000

    def hexadecimal(self, digits: int = 32, kind: str = "id", row: int | None = None) -> str:
        """Return an id of this row, or of another of the same items."""
        text = f"{self.items.seed}:{kind}:{self.row if row is None else row}"
        return md5(text.encode(), usedforsecurity=False).hexdigest()[:digits]
