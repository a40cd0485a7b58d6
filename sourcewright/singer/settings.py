"""The source's spec as the SDK's schema of settings."""

from collections.abc import Mapping
from typing import Any


def settings_schema(specification: Mapping[str, Any]) -> dict[str, Any]:
    """Connection specification of a source -> schema of the tap's settings.

    {"airbyte_secret": true} -> {"airbyte_secret": true, "secret": true}
    """
    return {name: _mark_secrets(value) for name, value in specification.items()}


def _mark_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_mark_secrets(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    marked = {name: _mark_secrets(item) for name, item in value.items()}
    return {**marked, "secret": True} if value.get("airbyte_secret") is True else marked
