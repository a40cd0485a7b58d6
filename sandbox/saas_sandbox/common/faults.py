"""Faults on purpose: `kind:N` or `kind:N@part of a path`.

N counts distinct requests (path and query): every Nth new one whose path has the part is spoilt, as often in a row as
the setting `fault_repeats` says, so that a retry of it succeeds. In the order of the requests this is deterministic.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from saas_sandbox.common.reply import Reply

Spoil = Callable[[Reply], Reply]
"""What a fault makes of a good answer."""


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


class Faults:
    """Decides for each request whether it is spoilt, and how.

    Subclasses list the `kinds` that spoil an answer, and the `states` of the server, which hold for every request.
    """

    kinds: ClassVar[Mapping[str, Spoil]]
    states: ClassVar[tuple[str, ...]] = ()

    def __init__(self, texts: Sequence[str], repeats: int) -> None:
        """Read the setting; `ValueError` for a fault that there is not. Nothing is counted yet."""
        faults = [Fault.parse(text, (*self.states, *self.kinds)) for text in texts]
        self._hits = [fault for fault in faults if fault.kind in self.kinds]
        self._states = {fault.kind: fault.every for fault in faults if fault.kind in self.states}
        self._repeats = repeats
        self._seen: Counter[Fault] = Counter()
        self._chosen: dict[str, str] = {}
        self._times: Counter[str] = Counter()

    def spares(self, kind: str, query: str) -> bool:
        """Whether a kind cannot hit a request with this query."""
        del kind, query
        return False

    def state(self, kind: str) -> int | None:
        """Return the number of a state of the server, or `None` when it does not hold."""
        return self._states.get(kind)

    def next(self, path: str, query: str) -> str:
        """Return the kind of fault that hits this request now; empty for none."""
        request = f"{path}?{query}"
        if request not in self._chosen:
            self._chosen[request] = self._choose(path, query)
        self._times[request] += 1
        return "" if self._repeats and self._times[request] > self._repeats else self._chosen[request]

    def _choose(self, path: str, query: str) -> str:
        kind = ""
        for fault in self._hits:
            if fault.part not in path or self.spares(fault.kind, query):
                continue
            self._seen[fault] += 1
            if not kind and self._seen[fault] % fault.every == 0:
                kind = fault.kind
        return kind

    def spoil(self, kind: str, reply: Reply) -> Reply:
        """Return what the fault makes of a good answer; an empty kind leaves it alone."""
        return self.kinds[kind](reply) if kind else reply


def answer(whole: Reply) -> Spoil:
    """Answer this instead."""
    return lambda _: whole


def truncate(reply: Reply) -> Reply:
    """Cut the body in half; its length is right."""
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def disconnect(how: Literal["cut_connection", "reset"]) -> Spoil:
    """End the connection in the middle of the body, or before any answer."""
    return lambda reply: replace(reply, broken=how)


def keep(reply: Reply) -> Reply:
    """Leave the answer alone: the fault shows elsewhere."""
    return reply
