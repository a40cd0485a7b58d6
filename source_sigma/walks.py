"""One walk over a list of Sigma, in which every entry can be told apart, and whether all of them came."""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from sourcewright import lenient_json
from sourcewright.http.walks import PageToken, Walk


def is_error(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is {"code", "message", "requestId"}, which stands in lists for what cannot be shown."""
    return "id" not in entry and {"code", "message"} <= entry.keys()


@dataclass(eq=False)
class SigmaWalk(Walk):
    """Every entry is known, also one without a key: such a list can have no end, too."""

    total: int = 0
    """The most entries that a page of this round says the list has: fewer and fewer where some vanish."""
    came: int = 0
    """Entries of this round, without those that pages share."""

    @override
    def receive(self, rows: list[Any], seconds: Sequence[str], token: PageToken | None) -> list[Any]:
        new = super().receive(rows, seconds, token)
        self.came += len(rows) - bool(token and token.overlaps and not self.is_gap)
        return new

    @override
    def begin_again(self) -> None:
        super().begin_again()
        self.total = self.came = 0

    @override
    def _key_of(self, row: Any) -> Hashable:
        """All parts of the key; the whole entry where the connector adds some, or makes them of other fields."""
        if isinstance(row, dict) and is_error(row):
            row = [row["code"], row["message"]]  # the ID of the request is another each time
        parts = [row.get(name) for name in self.key] if isinstance(row, dict) else []
        if parts and None not in parts:
            return str(parts)
        return hashlib.sha256(lenient_json.dumps(row)).digest()
