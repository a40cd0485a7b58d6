"""The user's settings, in the one form that the manifest reads."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from sourcewright import dates

_RETRIES = 8


@dataclass
class SettingsNormalization:
    """Settings as given -> settings as the manifest reads them, in memory only.

    It has the one method of the engine's `ConfigTransformation`, but not that base, for which the engine is imported.

    A value of the wrong type is left as it is: validation against the spec names it. Each subclass adds what its
    manifest reads; all have `workers`, the requests in flight at once, and `max_retries`.
    """

    defaults: ClassVar[Mapping[str, Any]]
    tidy: ClassVar[Mapping[str, Callable[[str], str]]]
    """Setting -> function that normalizes its text."""
    engine_settings: ClassVar[Sequence[str]] = ()
    """Settings of which the engine has to say what they mean for the streams, where they hold anything."""

    def rename(self, config: MutableMapping[str, Any]) -> None:
        """Rename settings with old names, in place."""

    def derive(self, config: MutableMapping[str, Any]) -> None:
        """Add what follows from the settings, in place."""

    def transform(self, config: MutableMapping[str, Any]) -> None:
        """Normalize `config`, in place."""
        self.rename(config)
        for setting, default in self.defaults.items():
            value = config.get(setting)
            if value is None or value == "":
                config[setting] = default
            elif isinstance(value, float) and value.is_integer():
                config[setting] = int(value)  # JSON Schema takes 24.0 for an integer, durations do not
        for setting, tidy in self.tidy.items():
            if isinstance(config.get(setting), str):
                config[setting] = tidy(config[setting])
        config.setdefault("max_retries", _RETRIES)
        workers = config["num_workers"]
        # The source starts its workers before the engine validates, so a wrong number must not reach it
        config["workers"] = workers if isinstance(workers, int) and workers > 0 else self.defaults["num_workers"]
        self.derive(config)


def beginning(config: Mapping[str, Any]) -> datetime:
    """When the sync began: now, unless it is a part of one that began elsewhere, at `sync_start`."""
    told = config.get("sync_start")
    return dates.from_text(told) if told else datetime.now(UTC)


def tidy_date(text: str) -> str:
    """`2026-01-31` -> `2026-01-31T00:00:00Z`; other text stays as it is."""
    try:
        moment = dates.from_text(text.strip())
        return dates.to_text(moment) if moment >= dates.EARLIEST else text
    except (ValueError, OverflowError):
        return text
