"""Fields of Explore as columns: their names, their values and their types."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from source_sentry.explore.datasets import DATASETS

_NAME: Final = re.compile(r"\w+(\.\w+)*", re.ASCII)
_TAG: Final = re.compile(r"tags\[([^\],]+)(?:,[^\]]*)?\]")
_IDS: Final = frozenset({"project.id", "issue.id", "id"})
_LISTS: Final = frozenset(
    {"error.type", "error.value", "error.mechanism", "stack.filename", "stack.function", "stack.module"}
)
_NANOSECONDS: Final = frozenset({"timestamp_precise", "observed_timestamp"})
_NAMES: Final = {"timestamp_precise": "preciseTimestamp"}
"""Pandas, with which PyAirbyte fills PostgreSQL, takes each column whose name begins with `timestamp` for a date."""
_SCHEMAS: Final = Path(__file__).parents[1] / "schemas"
_TYPES: Final[Mapping[str, Any]] = {
    "array": {"type": ["null", "array"], "items": {"type": ["null", "string"]}},
    "boolean": {"type": ["null", "boolean"]},
    "date": {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
    "integer": {"type": ["null", "integer"]},
    **{kind: {"type": ["null", "number"]} for kind in ("duration", "number", "percentage", "rate", "size")},
}
"""JSON Schema by the kinds of `meta.fields`; a string for others."""


@cache
def column(field: str) -> str:
    """`project.id` -> `projectId`, `is_transaction` -> `isTransaction`, `tags[cart.items,number]` -> `cartItems`.

    What is no name of that form stays as it is: `tags[x-y]` -> `x-y`.
    """
    if field in _NAMES:
        return _NAMES[field]
    tag = _TAG.fullmatch(field)
    name = tag[1] if tag else field
    if not _NAME.fullmatch(name):
        return name
    first, *others = re.split("[._]", name)
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def table(content: Any) -> list[dict[str, Any]]:
    """{"data": [{"project.id": 7, "is_transaction": true}]} -> [{"projectId": "7", "isTransaction": true}]."""
    return [{column(name): _value(name, value) for name, value in row.items()} for row in content["data"]]


def kinds(content: Any) -> list[dict[str, Any]]:
    """{"meta": {"fields": {"title": "string"}}} -> [{"name": "title", "kind": "string"}]."""
    return [{"name": name, "kind": kind} for name, kind in content["meta"]["fields"].items()]


def of_dataset(dataset: str) -> Mapping[str, Any]:
    """JSON Schema of each column of the stream that reads all rows of a dataset."""
    schema = json.loads((_SCHEMAS / f"{DATASETS[dataset].stream}.json").read_bytes())
    properties: Mapping[str, Any] = schema["properties"]
    return properties


def json_type(kind: str) -> Mapping[str, Any]:
    """JSON Schema of a kind that `meta.fields` names."""
    found: Mapping[str, Any] = _TYPES.get(kind, {"type": ["null", "string"]})
    return found


def _value(field: str, value: Any) -> Any:
    """An id as it is in other streams, a text; what may come as a list or alone, as a list; nanoseconds as a number."""
    if value is None:
        return None
    if field in _IDS:
        return str(value)
    if field in _LISTS:
        return value if isinstance(value, list) else [value]
    return int(value) if field in _NANOSECONDS and str(value).isdecimal() else value
