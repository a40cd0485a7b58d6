"""What is counted of rows, by the values of the other columns."""

from collections.abc import Sequence
from typing import Any

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Window
from saas_sandbox.sentry.explore.columns import OF_PROJECT
from saas_sandbox.sentry.explore.question import Aggregate, Question, present
from saas_sandbox.sentry.explore.sources import Source

Rows = list[tuple[Source, Sequence[int]]]
Group = tuple[Any, ...]


def grouped(question: Question, sources: list[Source], window: Window, weight: int) -> list[Record]:
    """Return a record for each group; each row counts `weight` times, as when the others were not read."""
    groups: dict[Group, Rows] = {} if question.columns else {(): []}
    for source in sources:
        rows = source.rows(*window)
        if not rows:
            continue
        is_one = set(question.columns) <= set(OF_PROJECT)
        for part in [rows] if is_one else [[row] for row in rows]:
            made = source.made_of(part[0])
            group = tuple(_frozen(column.value(made)) for column in question.columns.values())
            groups.setdefault(group, []).append((source, part))
    found = [
        dict(zip(question.columns, group, strict=True))
        | {name: _value(aggregate, rows, weight) for name, aggregate in question.aggregates.items()}
        for group, rows in groups.items()
    ]
    for sort in reversed(question.sorts):
        found.sort(key=lambda record, name=sort.field: present(record[name]), reverse=sort.falls)  # type: ignore[misc]
    return found


def _value(aggregate: Aggregate, rows: Rows, weight: int) -> int:
    if aggregate.column is None:
        return weight * sum(len(part) for _, part in rows)
    looked_at = [(source, part[:1] if aggregate.of_project else part) for source, part in rows]
    return len({_frozen(aggregate.column.value(source.made_of(row))) for source, part in looked_at for row in part})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
