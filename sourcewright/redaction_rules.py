"""What the setting `redact` asks for, before the engine is imported."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

HASH: Final = "hash"
DEEP: Final = "**."
"""Begins a path that may begin in any object of the record."""
_STEP: Final = re.compile(r"\[[^\]]*\]|[^.\[\]]+")


@dataclass(frozen=True)
class Rule:
    """What happens to one path: `user.email`, `entries[].data.env`, `tags[key=user*].value`, `**.ip_address`."""

    path: str
    action: str
    streams: Collection[str] = ()
    """Streams that it is for; all of them if it is empty."""

    @property
    def steps(self) -> list[str]:
        """`**.tags[key=user*].value` -> ["tags", "[key=user*]", "value"]."""
        return _STEP.findall(self.path.removeprefix(DEEP))

    def is_for(self, stream: str) -> bool:
        """Whether it changes records of `stream`."""
        return not self.streams or stream in self.streams
