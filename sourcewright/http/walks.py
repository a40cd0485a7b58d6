"""One walk over a list, from its first page to its last, while rows come and go.

Where a list is paged by row number, a row that vanishes moves all rows behind it forward, and the first of the next
page into the page that was read already. So pages overlap, are asked for by time, or the list is read again.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Self

_REMEMBERED: Final = 2_000
"""Keys of the last rows that are kept, to tell those that come again."""
_COMPARED: Final = 100_000
"""The same for a list that is read again."""


class PageToken(str):
    """The next page, as paging compares it and errors name it; the requester sends what it stands for."""

    cursor: str
    """Cursor to send; empty for the first page."""
    parameters: Mapping[str, str]
    """Parameters of the request that differ from those of the first page: {"end": "2026-11-22T10:00:00Z"}."""
    overlaps: bool
    """Whether the page begins with a known row, unless rows vanished."""
    until: str
    """Second up to which its rows are dated, if they were asked for by time: `2026-11-22T10:00:00`."""
    walk: "Walk"
    """What goes on with that page."""

    __slots__ = ("cursor", "overlaps", "parameters", "until", "walk")

    @classmethod
    def of(
        cls,
        walk: "Walk",
        cursor: str,
        *,
        parameters: Mapping[str, str] | None = None,
        overlaps: bool = False,
        until: str = "",
    ) -> Self:
        """`0:99:0` with {"end": "…"} in the second round -> `0:99:0 end=… again 1`."""
        parameters = walk.parameters if parameters is None else parameters
        words = [cursor, *(f"{name}={value}" for name, value in parameters.items())]
        token = cls(" ".join(filter(None, [*words, f"again {walk.rounds}" if walk.rounds else ""])))
        token.cursor, token.parameters, token.walk = cursor, parameters, walk
        token.overlaps, token.until = overlaps, until
        return token

    def __deepcopy__(self, memo: Mapping[int, Any]) -> Self:
        """The token itself: the engine copies parameters of requests, and the walk has thousands of keys."""
        return self


@dataclass(eq=False)
class Walk:
    """What is known of a list while it is read."""

    key: Sequence[str] = ()
    """Fields that tell rows apart; those of the parent are added later. A row without any is taken for new."""
    rounds: int = 0
    """Times that it began again, or went back."""
    pages: int = 0
    """Pages since then."""
    rows: int = 0
    """Rows since then."""
    fresh: int = 0
    """Rows since then that were not known."""
    size: int = 1
    """Rows of its largest page."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the last page that differ from those of the first."""
    is_gap: bool = False
    """Whether the last page should have begun with a known row and has none: rows vanished before it, unless it is one
    that the server counts and leaves out."""
    goes_back: bool = False
    """Whether the last page was asked for to tell which."""
    gaps: int = 0
    """Pages without a known row, since it last turned out that none vanished."""
    idle: int = 0
    """Pages without a new row, one after the other."""
    resume_at: PageToken | None = None
    """Where to go on if none vanished; None at the end of the list."""
    by_number: PageToken | None = None
    """The last page by its number, if it was asked for by time: the server may not know `end`."""
    ignores_end: bool = False
    """Whether it was seen that it does not."""
    is_refused: bool = False
    """Whether the last page is not of the time that was asked for."""
    is_read_again: bool = False
    """Whether it takes another reading to see that no row is missing: pages have numbers, or rows vanished."""
    expected: int = 0
    """Pages of the round before."""
    _known: dict[Hashable, None] = field(default_factory=dict)

    def receive(self, rows: list[Any], seconds: Sequence[str], token: PageToken | None) -> list[Any]:
        """Rows of the next page and their dates -> those rows that are new."""
        keys = [self._key_of(row) for row in rows]
        new = [row for row, key in zip(rows, keys, strict=True) if key not in self._known]
        if token and token.until:
            # A list by another date than it shows has none of the rows that the last page ended with
            self.is_refused = any(second > token.until for second in seconds) or (bool(rows) and len(new) == len(rows))
            if self.is_refused:
                return []
        self.is_refused = False
        self.parameters = token.parameters if token else {}
        self.is_gap = bool(token and token.overlaps) and len(new) == len(rows)
        self.pages += 1
        self.rows += len(rows)
        self.fresh += len(new)
        self.idle = 0 if new else self.idle + 1
        self.size = max(self.size, len(rows))
        self._remember(keys)
        return new

    def begin_again(self) -> None:
        """Begin a new round."""
        self.rounds += 1
        self.expected, self.pages, self.rows, self.fresh = self.pages, 0, 0, 0

    @property
    def is_confirmed(self) -> bool:
        """Whether all but the last page of a round are as in the one before, so that nothing moved meanwhile."""
        return self.is_read_again and 0 < self.pages == self.expected - 1 and not self.fresh

    @property
    def has_keys(self) -> bool:
        """Whether rows of this list can be told apart."""
        return bool(self._known)

    @property
    def knows_all(self) -> bool:
        """Whether every row of this round is known by its key."""
        return self.has_keys and self.rows <= _COMPARED

    def _remember(self, keys: list[Hashable]) -> None:
        for key in keys:
            if key is not None:
                self._known.pop(key, None)
                self._known[key] = None
        most = _COMPARED if self.is_read_again else _REMEMBERED
        for key in list(islice(self._known, max(0, len(self._known) - most))):
            del self._known[key]

    def _key_of(self, row: Any) -> Hashable:
        """All parts of the key that the row has."""
        parts = [row.get(name) for name in self.key] if isinstance(row, dict) else []
        found = [part for part in parts if part is not None]
        return str(found) if found else None
