"""What the options of every sandbox have in common.

An option is a field of a dataclass: `Annotated[type, "help text"] = default`. The command line, the check of its value
and the way from JSON follow from that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args, get_origin, get_type_hints


class Option(NamedTuple):
    """The type and the help text of a setting."""

    kind: Any
    text: str


@dataclass(frozen=True)
class Settings:
    """What a sandbox serves and how. Tuples are lists in JSON."""

    latency_ms: Annotated[int, "milliseconds that each answer takes"] = 0
    gzip: Annotated[bool, "compress answers for those who accept it"] = False
    faults: Annotated[
        tuple[str, ...], "`kind:N` or `kind:N@part of a path`: spoil every Nth new request; README.md lists the kinds"
    ] = ()
    fault_repeats: Annotated[int, "how many times in a row the same request is spoilt; 0 means always"] = 1

    def __post_init__(self) -> None:
        """Refuse a word that is none of the option's choices."""
        for name, option in options(type(self)).items():
            value, known = getattr(self, name), get_args(option.kind)
            if get_origin(option.kind) is Literal and value not in known:
                raise ValueError(f"{name} is {value!r}; choose one of {', '.join(known)}")

    def changed(self, changes: Mapping[str, object]) -> Self:
        """Return a copy with `changes`, whose values may come from JSON. `ValueError` names an unknown setting."""
        known = options(type(self))
        if unknown := set(changes) - set(known):
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        return replace(self, **{name: _from_json(known[name].kind, value) for name, value in changes.items()})


def options(settings: type[Settings]) -> dict[str, Option]:
    """Return the settings by name, in their order."""
    hints = get_type_hints(settings, include_extras=True)
    return {item.name: Option(*get_args(hints[item.name])) for item in fields(settings)}


def _from_json(kind: Any, value: object) -> Any:
    """Turn lists into tuples, and the objects of a mapping into its dataclass."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Mapping) and get_origin(kind) is Mapping:
        _, item = get_args(kind)
        return {name: _object(item, found) for name, found in value.items()}
    return value


def _object(item: Any, value: Any) -> Any:
    if not is_dataclass(item) or not isinstance(value, Mapping):
        return value
    hints = get_type_hints(item)
    return item(**{name: _from_json(hints.get(name), found) for name, found in value.items()})  # type: ignore[operator]
