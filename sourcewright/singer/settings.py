"""Settings: the source's spec as the SDK wants it."""

from collections.abc import Mapping
from typing import Any


def settings_schema(specification: Mapping[str, Any]) -> dict[str, Any]:
    """Connection specification of a source -> schema of the tap's settings, its secrets marked for the SDK too."""
    return {name: _marked(value) for name, value in specification.items()}


def _marked(value: Any) -> Any:
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    marked = {name: _marked(item) for name, item in value.items()}
    return {**marked, "secret": True} if value.get("airbyte_secret") is True else marked
