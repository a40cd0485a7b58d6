"""The terms of Explore's `query`: `key:value`, of which all must hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from operator import ge, gt, le, lt
from typing import Any, Final

from saas_sandbox.sentry.errors import bad_request
from saas_sandbox.sentry.explore.columns import Column, Columns, tag_column
from saas_sandbox.sentry.moments import parse

_TERM: Final = re.compile(r'(!?)(?:([\w.\[\],-]+):)?("[^"]*"|\[[^\]]*\]|\S+)')
_COMPARISONS: Final = {">=": ge, "<=": le, ">": gt, "<": lt}


@dataclass(frozen=True)
class Term:
    """`!key:value`; words without a key stand for a part of the message. `key` and `value` tell terms apart."""

    key: str
    value: str
    negated: bool
    column: Column = field(compare=False)

    def admits(self, made_of: Any) -> bool:
        """Whether the row is found."""
        found = self.column.value(made_of)
        return any(self._matches(one) for one in (found if isinstance(found, list) else [found])) is not self.negated

    def _matches(self, found: Any) -> bool:
        if self.key == "has":
            return found is not None
        if found is None:
            return self.value == ""
        for sign, holds in _COMPARISONS.items():
            if self.value.startswith(sign) and self.column.kind not in ("string", "array", "boolean"):
                return self._compared(found, self.value.removeprefix(sign), holds)
        text = _text(found).lower()
        if not self.key:
            return self.value.lower() in text
        values = self.value[1:-1].split(",") if self.value.startswith("[") else [self.value]
        return any(fnmatchcase(text, value.strip().strip('"').lower()) for value in values)

    def _compared(self, found: Any, value: str, holds: Callable[[Any, Any], bool]) -> bool:
        if self.column.kind == "date":
            wanted = parse(value)
            if wanted is None:
                raise bad_request(f"{self.key}: Invalid date: {value}. Expected +/-duration (e.g. +1h) or ISO 8601.")
            return holds(parse(found), wanted)
        try:
            return holds(found, float(value))
        except ValueError:
            raise bad_request(f"{self.key}: Invalid number: {value}.") from None


def _text(found: Any) -> str:
    return str(int(found)) if isinstance(found, bool) else str(found)


def parse_query(query: str, columns: Columns) -> tuple[Term, ...]:
    """Read a query; 400 for a key that none can have. Terms that no row can tell apart are equal."""
    return tuple(_term(columns, *found) for found in _TERM.findall(query))


def _term(columns: Columns, sign: str, key: str, value: str) -> Term:
    plain = value.strip('"')
    name = plain if key == "has" else key or "message"
    column = columns.get(name) or tag_column(name)
    if column is None:
        raise bad_request(f"Invalid key for this search: {name}")
    if column.kind == "boolean":
        plain = {"true": "1", "false": "0"}.get(plain.lower(), plain)
    return Term(key, plain, bool(sign), column)
