"""Personal data, removed from records or replaced by keyed hashes before anything of them leaves the process."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, Self

from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

from sourcewright.components.records import containers
from sourcewright.redaction_rules import DEEP, HASH

REMOVED: Final = "(removed)"
"""Stands in a field of the key, without which rows could not be told apart."""
_GONE: Final = object()

Place = tuple[MutableMapping[str, Any] | MutableSequence[Any], Any]
"""A container and the name or number of what is in it."""


class _Hashed(str):
    """A hash, which another path to the same place leaves alone."""

    __slots__ = ()


@dataclass
class Redaction(RecordTransformation):
    """Record -> the same record, in which each rule was applied.

    Texts become their HMAC-SHA256 with the salt, in hexadecimal digits: the same text the same digits, in every stream.
    Of an object or a list each text does. Numbers and flags become null, since their columns hold no text.
    """

    anchored: list[tuple[list[str], str]]
    """Steps and action of the paths that begin at the record."""
    deep: dict[str, list[tuple[list[str], str]]]
    """The same of those that begin anywhere, by their first step."""
    salt: bytes
    key: frozenset[str]
    cursor: frozenset[str] = field(default_factory=frozenset)
    """Fields that stay as they are, as states depend on them."""

    @classmethod
    def of(cls, config: Mapping[str, Any], stream: str, key: Iterable[str], cursor: Iterable[str] = ()) -> Self | None:
        """What the normalized settings `redaction` (rules) and `redact_salt` ask for; None if that is nothing."""
        rules = [rule for rule in config.get("redaction", ()) if rule.is_for(stream)]
        if not rules:
            return None
        deep: dict[str, list[tuple[list[str], str]]] = {}
        anchored = []
        for rule in rules:
            of_rule = (rule.steps, rule.action)
            if rule.path.startswith(DEEP):
                deep.setdefault(rule.steps[0], []).append(of_rule)
            else:
                anchored.append(of_rule)
        return cls(anchored, deep, str(config.get("redact_salt", "")).encode(), frozenset(key), frozenset(cursor))

    @override
    def transform(
        self,
        record: dict[str, Any],
        config: Config | None = None,
        stream_state: StreamState | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> None:
        for (container, name), action in list(self._found(record)):
            if container is record and name in self.cursor:
                continue
            if action == HASH:
                self._hash(container, name)
            elif container is record and name in self.key:
                container[name] = REMOVED
            else:
                container[name] = _GONE
        for container in containers(record):
            _clear(container)

    def _found(self, record: dict[str, Any]) -> Iterator[tuple[Place, str]]:
        for steps, action in self.anchored:
            yield from ((place, action) for place in _places(record, steps))
        for container in containers(record) if self.deep else ():
            if isinstance(container, dict):
                for name in self.deep.keys() & container.keys():
                    for steps, action in self.deep[name]:
                        yield from ((place, action) for place in _places(container, steps))

    def _hash(self, container: Any, name: Any) -> None:
        """Replace a text by its hash, and of an object or a list each text in it."""
        value = container[name]
        if not isinstance(value, dict | list):
            container[name] = self._hashed(value)
            return
        inner: Any
        for inner in containers(value):
            for place in inner if isinstance(inner, dict) else range(len(inner)):
                if not isinstance(inner[place], dict | list):
                    inner[place] = self._hashed(inner[place])

    def _hashed(self, value: Any) -> Any:
        if value == "" or value is _GONE or isinstance(value, _Hashed):
            return value
        if isinstance(value, str):
            return _Hashed(hmac.new(self.salt, value.encode(), hashlib.sha256).hexdigest())
        return None


def _places(place: Any, steps: Sequence[str]) -> Iterator[Place]:
    step, *rest = steps
    fits = _condition(step) if step.startswith("[") else None
    if isinstance(place, dict) and fits:
        yield from _places(place, rest) if rest and fits(place) else ()
        return
    for name in _names(place, step, fits):
        if rest:
            yield from _places(place[name], rest)
        else:
            yield place, name


def _names(place: Any, step: str, fits: Callable[[Any], bool] | None) -> list[Any]:
    """Names or numbers of what `step` leads to."""
    if isinstance(place, list) and fits:
        return [number for number, item in enumerate(place) if fits(item)]
    if isinstance(place, dict) and not fits:
        return [name for name in place if fnmatchcase(name, step)] if "*" in step else [step] * (step in place)
    return []


def _condition(step: str) -> Callable[[Any], bool]:
    """`[]` -> any item; `[key=user*]` -> an object whose `key` is a text that begins so."""
    name, is_condition, pattern = step[1:-1].partition("=")
    if not is_condition:
        return lambda _: True
    return lambda item: isinstance(item, dict) and fnmatchcase(str(item.get(name)), pattern)


def _clear(container: dict[str, Any] | list[Any]) -> None:
    """Take out what is gone, which several paths may have led to."""
    if isinstance(container, list):
        container[:] = [value for value in container if value is not _GONE]
    else:
        for name in [name for name, value in container.items() if value is _GONE]:
            del container[name]
