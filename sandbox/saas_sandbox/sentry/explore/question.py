"""What a request to Explore asks for, checked as Sentry does."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.errors import bad_request
from saas_sandbox.sentry.explore.columns import OF_PROJECT, Column
from saas_sandbox.sentry.explore.datasets import Dataset
from saas_sandbox.sentry.explore.search import Term, parse_query
from saas_sandbox.sentry.explore.sources import Place

FLEX: Final = "HIGHEST_ACCURACY_FLEX_TIME"
ACCURATE: Final = ("HIGHEST_ACCURACY", FLEX)
_MODES: Final = ("NORMAL", "BEST_EFFORT", *ACCURATE)
_FUNCTION: Final = re.compile(r"(\w+)\((.*)\)")


@dataclass(frozen=True)
class Aggregate:
    """`count()`, or `count_unique(column)`."""

    unique: str = ""
    column: Column | None = None

    @property
    def of_project(self) -> bool:
        """Whether all rows of a project count as one value, or need not be looked at."""
        return not self.unique or self.unique in OF_PROJECT


@dataclass(frozen=True)
class Sort:
    """A selected field, falling or rising."""

    field: str
    falls: bool = False


@dataclass(frozen=True)
class Question:
    """Selected `columns` and `aggregates` by name, in the order of `fields`; the rows that count, and their order."""

    dataset: Dataset
    fields: list[str]
    columns: dict[str, Column]
    aggregates: dict[str, Aggregate]
    sorts: list[Sort]
    terms: tuple[Term, ...]
    sampling: str
    limit: int

    @classmethod
    def of(cls, call: Call, dataset: Dataset) -> Self:
        """Read the parameters; 400 for a wrong one."""
        fields = list(dict.fromkeys(call.all("field")))
        most = call.settings.explore_fields
        if len(call.all("field")) > most:
            raise bad_request(f"You can view up to {most} fields at a time. Please delete some and try again.")
        if not fields:
            raise bad_request("No columns selected")
        found = [(name, _FUNCTION.fullmatch(name)) for name in fields]
        return cls(
            dataset=dataset,
            fields=fields,
            columns={name: dataset.column(name) for name, function in found if not function},
            aggregates={name: _aggregate(dataset, *match.groups()) for name, match in found if match},
            sorts=_sorts(call, fields),
            terms=parse_query(call.one("query") or "", dataset.columns),
            sampling=_sampling(call, dataset),
            limit=call.per_page(most=dataset.most),
        )

    def with_columns(self, columns: dict[str, Column], sorts: list[Sort]) -> "Question":
        """Return the same question with further columns, and another order."""
        return replace(self, fields=[*self.fields, *columns], columns=self.columns | columns, sorts=sorts)

    def records(self, places: Iterable[Place]) -> list[Record]:
        """Return rows as the answer has them."""
        values = [(name, self.columns[name].value) for name in self.fields]
        return [{name: value(made) for name, value in values} for made in (place.made_of for place in places)]

    def order(self, sort: Sort) -> Callable[[Place], Any]:
        """Return what rows are sorted by; nothing comes before anything else."""
        value = self.columns[sort.field].value
        return lambda place: present(value(place.made_of))


def present(value: Any) -> tuple[bool, Any]:
    """Let values be compared that may be nothing."""
    return value is not None, value if value is not None else 0


def _aggregate(dataset: Dataset, name: str, argument: str) -> Aggregate:
    if name == "count" and not argument:
        return Aggregate()
    if name == "count_unique":
        return Aggregate(argument, dataset.column(argument))
    raise bad_request(f"{name}() is not a valid function")


def _sorts(call: Call, fields: list[str]) -> list[Sort]:
    sorts = [Sort(text.removeprefix("-"), text.startswith("-")) for text in call.all("sort") or call.all("orderby")]
    if any(sort.field not in fields for sort in sorts):
        raise bad_request("orderby must also be in the selected columns or groupby")
    if len(sorts) > call.settings.explore_sorts:
        raise bad_request(f"Cannot sort by more than {call.settings.explore_sorts} columns")
    return sorts


def _sampling(call: Call, dataset: Dataset) -> str:
    """Return the mode, of datasets that know modes."""
    mode = (call.one("sampling") or _MODES[0]).upper()
    if mode not in _MODES or (mode == FLEX and not call.settings.flex):
        raise bad_request(f"sampling mode: {call.one('sampling')} is not supported")
    return mode if dataset.sampled else _MODES[0]
