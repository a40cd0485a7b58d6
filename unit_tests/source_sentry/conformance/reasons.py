"""Where connector and description may differ, and why: YAML files, each entry with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import yaml

_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Reasons:
    """Entry -> reason."""

    undescribed: Mapping[str, str] = field(default_factory=dict)
    """Streams whose endpoint is not described."""
    no_stream: Mapping[str, str] = field(default_factory=dict)
    """Described paths that no stream reads."""
    exceptions: Mapping[str, str] = field(default_factory=dict)
    """Places where our schema is right and the description is not: `issues.owners`."""
    richer: Mapping[str, str] = field(default_factory=dict)
    """Places that our schema has and the description has not."""

    @classmethod
    def load(cls) -> Self:
        """What the files say; in `richer.yaml` properties with the same reason stand together."""
        richer = {
            f"{stream}.{name}": reason
            for stream, properties in _load("richer").items()
            for reason, names in properties.items()
            for name in names
        }
        return cls(_load("undescribed"), _load("no_stream"), _load("exceptions"), richer)


def _load(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) or {}
