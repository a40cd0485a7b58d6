"""Airbyte source for Sentry: every project of an organization, complete and incremental."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from source_sentry.source import SourceSentry

__all__ = ["SourceSentry"]


def __getattr__(name: str) -> Any:
    """Import the source only when it is asked for, because the engine takes a second, and not each command needs it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from source_sentry.source import SourceSentry  # noqa: PLC0415

    return SourceSentry
