"""Airbyte source for Sigma Computing: what an organization holds, who may see it and where its data come from."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from source_sigma.source import SourceSigma

__all__ = ["SourceSigma"]


def __getattr__(name: str) -> Any:
    """Import the source only when it is asked for, because the engine takes a second, and not each command needs it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from source_sigma.source import SourceSigma  # noqa: PLC0415

    return SourceSigma
