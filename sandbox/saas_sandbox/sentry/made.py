"""Rows for lists that tell no story: right in shape, with synthetic values that depend only on the seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from mimesis import Field, Locale

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.people import Person
from saas_sandbox.sentry.world import World


@dataclass(frozen=True)
class Draft:
    """What a row is made of."""

    world: World
    parent: Any
    number: int
    """Place among the rows of the same parent, from 0."""
    value: Field
    """Synthetic values by kind: `value("uuid")`, `value("word")`, `value("integer_number", start=1, end=9)`."""

    @property
    def id(self) -> str:
        """An id that counts from 1 below each parent, so that rows of two parents share ids."""
        return str(self.number + 1)

    @property
    def person(self) -> Person:
        """A member of the organization."""
        return self.world.people[self.number % len(self.world.people)]

    def date(self, days_ago: float = 0, *, days_between: float = 1) -> str:
        """A moment that many days before the sandbox's start, each row's a bit earlier than the one before."""
        return self.world.stamp(self.moment(days_ago, days_between=days_between))

    def moment(self, days_ago: float = 0, *, days_between: float = 1) -> int:
        """`date` in microseconds since 1970."""
        return self.world.anchor - int((days_ago + self.number * days_between) * DAY) - 7 * SECOND


def made(count: int, build: Callable[[Draft], Record]) -> Callable[[Call, Any], Sequence[Record]]:
    """Rows of a list: `count` records that `build` makes below each parent, made once for each world."""
    kept: WeakKeyDictionary[World, dict[str, list[Record]]] = WeakKeyDictionary()

    def rows(call: Call, parent: Any) -> Sequence[Record]:
        world, name = call.world, _name(parent)
        of_world = kept.setdefault(world, {})
        if name not in of_world:
            value = Field(Locale.EN, seed=f"{world.settings.seed}:{build.__name__}:{name}")
            of_world[name] = [build(Draft(world, parent, number, value)) for number in range(count)]
        return of_world[name]

    return rows


def _name(parent: Any) -> str:
    """What tells parents apart: the id of a record or of an object of the world."""
    return str(parent["id"] if isinstance(parent, dict) and "id" in parent else getattr(parent, "id", parent))
