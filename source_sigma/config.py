"""The user's settings, brought into the one form that the manifest reads."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from typing_extensions import override

from source_sigma import hosts
from sourcewright import dates, secrets
from sourcewright.components.config import SettingsNormalization, beginning, tidy_date
from sourcewright.defaults import MAX_ANSWER_MB

DEFAULTS: Final[Mapping[str, Any]] = {
    "include_archived": False,
    "skip_permission_check": False,
    "num_workers": 10,
    "max_answer_mb": MAX_ANSWER_MB,
}
_BEGINNING: Final = "1970-01-01T00:00:00.000Z"


_TIDY: Final[Mapping[str, Callable[[str], str]]] = {
    "api_url": hosts.tidy,
    "client_id": secrets.tidy,
    "client_secret": secrets.tidy,
    "start_date": tidy_date,
}


@dataclass
class NormalizeConfig(SettingsNormalization):
    """Settings as given -> settings as the manifest reads them.

    {api_url: "https://aws-api.sigmacomputing.com/v2/", start_date: "2026-01-31"}
    -> {base_url: "https://aws-api.sigmacomputing.com", updated_since: "2026-01-31T00:00:00.000Z", sync_start, …,
        every default}
    """

    defaults = DEFAULTS
    tidy = _TIDY

    @override
    def rename(self, config: MutableMapping[str, Any]) -> None:
        if not config.get("start_date"):
            config.pop("start_date", None)

    @override
    def derive(self, config: MutableMapping[str, Any]) -> None:
        config["base_url"] = config.get("api_url")
        config["sync_start"] = moment(beginning(config))
        config["updated_since"] = _updated_since(config["start_date"]) if "start_date" in config else _BEGINNING


def moment(when: datetime) -> str:
    """Write a moment in the form of Sigma's dates: `2026-01-31T00:00:00.000Z`."""
    utc = when.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def _updated_since(start_date: object) -> object:
    """The moment of a start date; one that is none stays, since validation names it."""
    try:
        return moment(dates.from_text(start_date))  # type: ignore[arg-type]
    except (ValueError, AttributeError, OverflowError, TypeError):
        return start_date
