"""What an endpoint is: its path, the shape of its answers, who may use it and where its rows come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from saas_sandbox.sigma.data import content, people
from saas_sandbox.sigma.data.base import Record, at
from saas_sandbox.sigma.world import World

Ids = Mapping[str, str]
Rows = Callable[[World, Ids], list[Any]]

PAGE: Final = "page"
TOKEN: Final = "token"  # noqa: S105 - a shape
ARRAY: Final = "array"
OBJECT: Final = "object"


@dataclass(frozen=True)
class Endpoint:
    """`name` is that of its totals; `selectors` are parameters of which it wants one, read like names in the path."""

    name: str
    path: str
    rows: Rows
    shape: str = PAGE
    opaque: bool = False
    """Whether its page cursors are no numbers."""
    admin: bool = False
    selectors: tuple[str, ...] = ()


def whole(name: str) -> Rows:
    """Every row of a list of the organization."""
    return lambda world, _: world.lists[name]


def some(build: Callable[[int], Any]) -> Rows:
    """As many rows as the settings say."""
    return lambda world, _: [build(number) for number in range(world.rows)]


def few(build: Callable[[int], Any]) -> Rows:
    """Two rows."""
    return lambda _, __: [build(number) for number in range(2)]


def schedules(name: str) -> Rows:
    """Schedules of the parent with this id."""
    return lambda world, ids: [content.schedule(name, ids[name], number) for number in range(world.rows)]


def one(build: Callable[[World, Ids], Record]) -> Rows:
    """The one object."""
    return lambda world, ids: [build(world, ids)]


def grants(kind: str) -> Rows:
    """Grants of the selected, with the type of what they are for."""
    return lambda world, ids: [
        people.grant(f"{kind}-{''.join(ids.values())}", n, with_type=True) for n in range(world.rows)
    ]


def own_grants(kind: str) -> Rows:
    """Grants of the parent."""
    return lambda world, ids: [people.grant(f"{kind}-{''.join(ids.values())}", n) for n in range(world.rows)]


def files(number: int) -> Rows:
    """The first files."""
    return lambda world, _: world.lists["files"][: number + world.rows]


def recent(world: World, _: Ids) -> list[Record]:
    """Files with the time of their last use."""
    return [{**row, "lastInteractionAt": at(200)} for row in world.lists["files"][: world.rows]]


def member_schedules(world: World, ids: Ids) -> list[Record]:
    """Schedules of a member, which are those of a workbook."""
    workbook = world.lists["workbooks"][0]["workbookId"]
    return [content.schedule("workbookId", workbook, number) for number in range(world.rows)] if ids else []
