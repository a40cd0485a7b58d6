"""Our schema of a record beside the described one: every difference, both ways."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from unit_tests.source_sentry.conformance.shapes import Shape

MISSING_HERE: Final = "described, not in our schema"
MISSING_THERE: Final = "in our schema, not described"


@dataclass(frozen=True)
class Difference:
    """Where two schemas differ (`issues.project.id`, `issues.owners[].type`), and how."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass
class Comparison:
    """What differs, and how many properties were compared."""

    differences: list[Difference] = field(default_factory=list)
    properties: int = 0

    def compare(self, place: str, ours: Shape, theirs: Shape) -> None:
        """Compare two records, objects or values, and all that is in them."""
        self.differences += [Difference(place, text) for text in _value(ours, theirs)]
        if ours.items and theirs.items and ours.types == theirs.types:
            self.compare(f"{place}[]", ours.items, theirs.items)
        both = ours.properties and theirs.properties
        for name in {**ours.properties, **theirs.properties} if both else ():
            self._property(f"{place}.{name}", ours.properties.get(name), theirs.properties.get(name))

    def _property(self, place: str, ours: Shape | None, theirs: Shape | None) -> None:
        self.properties += 1
        if ours is None:
            self.differences.append(Difference(place, MISSING_HERE))
        elif theirs is None:
            self.differences.append(Difference(place, MISSING_THERE))
        else:
            self.compare(place, ours, theirs)


def _value(ours: Shape, theirs: Shape) -> Iterator[str]:
    if not theirs.types:
        return
    if not ours.types <= theirs.types:
        yield f"{_said(ours)} in our schema, {_said(theirs)} described"
    elif theirs.is_date and not ours.is_date:
        yield "described as a date, none in our schema"
    elif theirs.properties and not ours.properties:
        yield f"no properties in our schema, described with {', '.join(theirs.properties)}"
    elif theirs.items and theirs.items.types and ours.items is None and "array" in ours.types:
        yield f"no items in our schema, described as {_said(theirs.items)}"


def _said(shape: Shape) -> str:
    return " or ".join(sorted(shape.types))
