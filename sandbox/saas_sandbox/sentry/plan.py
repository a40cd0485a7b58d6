"""Which requests are spoilt: every Nth distinct one whose path has a part, as often in a row as told."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One entry of the setting `faults`."""

    kind: str
    every: int
    part: str

    @classmethod
    def parse(cls, text: str, known: Sequence[str]) -> "Fault":
        """Read `kind:N@part`; `ValueError` when the kind is unknown or N is not a number from 1."""
        head, _, part = text.partition("@")
        kind, _, every = head.partition(":")
        if kind not in known:
            raise ValueError(f"unknown fault {kind!r}; choose from {', '.join(known)}")
        if every and not (every.isdecimal() and int(every)):
            raise ValueError(f"fault {text!r}: write a number from 1 behind the colon")
        return cls(kind, int(every or 1), part)


class Schedule:
    """Decides for each request whether it is spoilt, and how."""

    def __init__(self, faults: Sequence[Fault], repeats: int, spares: Callable[[str, str], bool]) -> None:
        """Nothing is counted yet; `spares(kind, query)` tells which requests a kind can't hit."""
        self._faults = faults
        self._repeats = repeats
        self._spares = spares
        self._seen: Counter[Fault] = Counter()
        self._chosen: dict[str, str] = {}
        self._times: Counter[str] = Counter()

    def next(self, path: str, query: str) -> str:
        """Return the kind of fault that hits this request now; empty for none."""
        request = f"{path}?{query}"
        if request not in self._chosen:
            self._chosen[request] = self._choose(path, query)
        self._times[request] += 1
        return "" if self._repeats and self._times[request] > self._repeats else self._chosen[request]

    def _choose(self, path: str, query: str) -> str:
        kind = ""
        for fault in self._faults:
            if fault.part not in path or self._spares(fault.kind, query):
                continue
            self._seen[fault] += 1
            if not kind and self._seen[fault] % fault.every == 0:
                kind = fault.kind
        return kind
