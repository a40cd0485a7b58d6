"""JSON schemas, ours and the description's, in the one form in which they are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Final, Self

_CHOICES: Final = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True)
class Shape:
    """What values may be: types without null (none means anything), and what is in an object or an array."""

    types: frozenset[str] = frozenset()
    is_date: bool = False
    properties: Mapping[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None
    """Of an array; or of an object whose properties have any names."""

    def __or__(self, other: Self) -> "Shape":
        """What either may be."""
        names = {**self.properties, **other.properties}
        return Shape(
            types=self.types | other.types,
            is_date=self.is_date and other.is_date,
            properties={name: _either(self.properties.get(name), other.properties.get(name)) for name in names},
            items=_either(self.items, other.items) if self.items or other.items else None,
        )

    def at(self, name: str) -> "Shape":
        """Shape of the property `name`: anything, if it is not known."""
        return self.properties.get(name, Shape())

    @property
    def row(self) -> "Shape":
        """Shape of one record of an answer, which is a list of records or one record."""
        return self.items if self.items and "array" in self.types else self

    def with_text(self, path: str) -> "Shape":
        """The same, but for a text at `path`: `config.schedule`."""
        name, _, inner = path.partition(".")
        if name not in self.properties:
            return self
        child = self.properties[name].with_text(inner) if inner else Shape(frozenset({"string"}))
        return replace(self, properties={**self.properties, name: child})


def _either(one: Shape | None, other: Shape | None) -> Shape:
    if one and other:
        return one | other
    return one or other or Shape()


def shape_of(schema: Mapping[str, Any], components: Mapping[str, Any] | None = None) -> Shape:
    """Shape of a JSON schema; `components` are those that `$ref` names: {"Team": {...}}."""
    return _shape(schema, components or {}, ())


def _shape(schema: Mapping[str, Any], components: Mapping[str, Any], within: tuple[str, ...]) -> Shape:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        # A component inside of itself goes on for ever
        return Shape() if name in within else _shape(components[name], components, (*within, name))
    parts = [_shape(part, components, within) for choice in _CHOICES for part in schema.get(choice, [])]
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    items = schema.get("items", others if isinstance(others, Mapping) else None)
    own = Shape(
        types=_types(schema),
        is_date=schema.get("format") == "date-time",
        properties={name: _shape(value, components, within) for name, value in known.items()},
        items=None if items is None else _shape(items, components, within),
    )
    return reduce(Shape.__or__, parts, own) if own != Shape() else reduce(Shape.__or__, parts) if parts else own


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    found = schema.get("type", "object" if "properties" in schema else [])
    return frozenset([found] if isinstance(found, str) else found) - {"null"}
