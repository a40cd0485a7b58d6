"""What a row of the table in `endpoints.py` can be: a list, a single object, or an answer of its own."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, Final, Self

import orjson
from typing_extensions import override

from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.auth import Scopes
from saas_sandbox.sentry.call import PAGE, Call
from saas_sandbox.sentry.errors import not_found
from saas_sandbox.sentry.paging import Pager, absolute, keyset, numbered

Rows = Callable[[Call, Any], Sequence[Any]]
"""Takes the call and what the path leads to; returns rows of any kind, in the order of the list."""
Build = Callable[[Call, Any], Record]
"""Takes the call and a row; returns the record as the caller sees it."""
Paging = Callable[[Sequence[Any]], Pager]


@dataclass(frozen=True)
class Parent:
    """What the names in a path lead to: `find` returns it or raises a 404 or 403, `every` returns all there are."""

    find: Callable[[Call], Any]
    every: Callable[[Call], Iterable[Any]]


NOTHING: Final = Parent(lambda _: None, lambda _: [None])
ORGANIZATION: Final = Parent(Call.organization, lambda call: [call.world.organization])
PROJECT: Final = Parent(Call.project, Call.visible)


@dataclass(frozen=True)
class Endpoint(ABC):
    """A row of the table, named for its stream.

    `key` is the primary key of its records; without one it counts in no total, and `by_project` splits the total.
    `budget` names its rate limit. `old` holds the fields that differ on 9.1.2; `None` means that 9.1.2 lacks it.
    """

    name: str
    path: str
    scopes: Scopes
    _: KW_ONLY
    parent: Parent = ORGANIZATION
    key: str = "id"
    by_project: bool = False
    budget: str = "default"
    old: Mapping[str, Any] | None = None

    def version(self, *, old: bool) -> Self | None:
        """Return the row as one of the generations has it, or `None`."""
        if not old:
            return self
        return None if self.old is None else replace(self, **self.old)

    def paths(self) -> set[str]:
        """Return the addresses of both generations."""
        return {row.path for row in (self.version(old=False), self.version(old=True)) if row}

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Answer a request."""

    @abstractmethod
    def existing(self, call: Call, parent: Any) -> Sequence[Any]:
        """Return every row below a parent that exists, whether a request without parameters shows it or not."""

    @abstractmethod
    def key_of(self, call: Call, row: Any) -> str:
        """Return the primary key of a row."""

    def total(self, call: Call) -> list[str] | dict[str, list[str]]:
        """Return the primary keys of all that exists: a list, or lists by slug of the project."""
        parents = [(parent, self.existing(call, parent)) for parent in self.parent.every(call)]
        if self.by_project:
            return {parent.slug: [self.key_of(call, row) for row in rows] for parent, rows in parents}
        return [self.key_of(call, row) for _, rows in parents for row in rows]


@dataclass(frozen=True)
class Single(Endpoint):
    """One object: `record` builds it of the parent."""

    record: Build

    @override
    def answer(self, call: Call) -> Reply:
        return json_reply(self.record(call, self.parent.find(call)))

    @override
    def existing(self, call: Call, parent: Any) -> Sequence[Any]:
        return [parent]

    @override
    def key_of(self, call: Call, row: Any) -> str:
        return str(self.record(call, row)[self.key])


@dataclass(frozen=True)
class Custom(Endpoint):
    """An endpoint that needs code of its own: `handle` answers, `every` returns what exists, `identify` its key."""

    handle: Callable[[Call, Any], Reply]
    _: KW_ONLY
    every: Rows = lambda _, __: []
    identify: Callable[[Any], str] = str

    @override
    def answer(self, call: Call) -> Reply:
        return self.handle(call, self.parent.find(call))

    @override
    def existing(self, call: Call, parent: Any) -> Sequence[Any]:
        return self.every(call, parent)

    @override
    def key_of(self, call: Call, row: Any) -> str:
        return self.identify(row)


def by_number(_: Sequence[Any]) -> Pager:
    """Page by page size and number, as lists of today's SQL tables."""
    return numbered


def by_row(_: Sequence[Any]) -> Pager:
    """Page by row number, as lists that are computed from events."""
    return absolute


def by_key(key: Callable[[Any], int]) -> Paging:
    """Page by a number of the rows that falls from each to the next."""
    return lambda rows: keyset(lambda place: key(rows[place]))


def by_rank(rows: Sequence[Any]) -> Pager:
    """Page by the place in the list, counted from its end."""
    return keyset(lambda place: len(rows) - place)


@dataclass(frozen=True)
class Listing(Endpoint):
    """A list: `rows` in its order, of which each page's become records.

    `every` returns what exists where `rows` shows only a part of it without parameters. A list without `paging` comes
    in one answer. `inside` names the field that holds the records, such as `data`; without it the answer is an array.
    """

    rows: Rows
    _: KW_ONLY
    record: Build = lambda _, row: row
    every: Rows | None = None
    paging: Paging | None = by_number
    size: int = PAGE
    inside: str = ""

    @override
    def answer(self, call: Call) -> Reply:
        rows = self.rows(call, self.parent.find(call))
        page = call.page(self.paging(rows), len(rows), call.per_page(self.size)) if self.paging else None
        shown = rows[page.start : page.stop] if page else rows
        return call.answer((orjson.dumps(self.record(call, row)) for row in shown), page, inside=self.inside)

    @override
    def existing(self, call: Call, parent: Any) -> Sequence[Any]:
        return (self.every or self.rows)(call, parent)

    @override
    def key_of(self, call: Call, row: Any) -> str:
        return str(self.record(call, row)[self.key])


def below(row: Endpoint, name: str) -> Parent:
    """Return the records of a row as parents: the `name` in the path is the primary key of one."""

    def find(call: Call) -> Any:
        found, plain = row.parent.find(call), replace(call, query=[])
        for record in row.existing(plain, found):
            if row.key_of(plain, record) == call.names[name]:
                return record
        raise not_found()

    def every(call: Call) -> list[Any]:
        return [record for parent in row.parent.every(call) for record in row.existing(call, parent)]

    return Parent(find, every)
