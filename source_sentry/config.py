"""The user's settings, brought into the one form that the manifest reads."""

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from source_sentry.explore.datasets import DATASETS
from source_sentry.privacy import rules
from sourcewright import dates, secrets
from sourcewright.components.config import SettingsNormalization, beginning, tidy_date
from sourcewright.defaults import MAX_ANSWER_MB

RETENTION: Final = timedelta(days=90)
"""As long as sentry.io keeps events and searches issues (30 days on the Developer plan)."""
SERIES_RETENTION: Final = timedelta(days=396)
"""As long as Sentry keeps any series: numbers by day for 13 months. Each day before it would cost a request."""

DEFAULTS: Final[Mapping[str, Any]] = {
    "hostname": "sentry.io",
    "projects": [],
    "full_events": False,
    "include_secrets": False,
    "redact": [],
    "issue_query": "",
    "issue_reconcile": "daily",
    "environments": [],
    "lookback_hours": 1,
    "events_window_days": 30,
    "rows_lag_minutes": 10,
    "rows_retention_days": 30,
    "explore_queries": [],
    "num_workers": 10,
    "max_answer_mb": MAX_ANSWER_MB,
    "legacy_server": False,
}


def _tidy_host(text: str) -> str:
    return re.sub(r"(?<=[^:/])(/api/0)?/*$", "", text.strip())


_TIDY: Final[Mapping[str, Callable[[str], str]]] = {
    "auth_token": secrets.tidy,
    "hostname": _tidy_host,
    "issue_query": str.strip,
    "organization": str.strip,
    "start_date": tidy_date,
}


@dataclass
class NormalizeConfig(SettingsNormalization):
    """Settings of any version -> settings of this version.

    {api_token, project: "web", hostname: "host:9000/"}
    -> {auth_token, projects: ["web"], hostname, base_url: "https://host:9000", sync_start, ..., every default}

    The engine's migrations would do the renaming too, but print the whole config, token included, as a message.
    """

    defaults = DEFAULTS
    tidy = _TIDY
    engine_settings = ("explore_queries", "redact")

    @override
    def rename(self, config: MutableMapping[str, Any]) -> None:
        old_token = config.pop("api_token", None)
        if old_token and not config.get("auth_token"):
            config["auth_token"] = old_token
        if config.get("project"):
            config["projects"] = config.get("projects") or [config["project"]]

    @override
    def derive(self, config: MutableMapping[str, Any]) -> None:
        config["base_url"] = url = base_url(str(config["hostname"]))
        config["control_url"] = CONTROL if is_saas(url) else url
        if isinstance(config["projects"], list):
            config["projects"] = list(config["projects"])  # a sync puts the new slugs of renamed projects in it
        config["redaction"] = rules(config["redact"])
        _pin_time(config)


CONTROL: Final = "https://sentry.io"
"""Knows the region of each organization, and sends on what belongs there."""


def base_url(hostname: str) -> str:
    """`sentry.io`, `host:port`, `http://host:9000/`, `https://host/subpath/` -> URL without a trailing slash."""
    return hostname if "://" in hostname else f"https://{hostname}"


def is_saas(url: str) -> bool:
    """Whether it is sentry.io or one of its regions."""
    try:
        return f".{urlsplit(url).hostname}".endswith(".sentry.io")
    except ValueError:  # no URL, which validation names
        return False


def _pin_time(config: MutableMapping[str, Any]) -> None:
    """Fix the sync's start, and all that follows from it, once for all streams.

    Issues are always counted over the whole retention, because Sentry limits `count` and `firstSeen` to the requested
    window. Releases are kept for ever, so only a start date that the user chose leaves some out.
    """
    now = beginning(config).replace(microsecond=0)
    lag, kept = (_number(config, name) for name in ("rows_lag_minutes", "rows_retention_days"))
    retained = dates.to_text(now - RETENTION)
    chosen = config.get("start_date")
    config["start_date"] = start = chosen or retained
    config["sync_start"] = dates.to_text(now)
    config["last_second"] = dates.to_text(now - timedelta(seconds=1))  # the engine's windows include their end
    config["is_start_chosen"] = bool(chosen)
    config["rows_until"] = dates.to_text(now - timedelta(minutes=lag, seconds=1))
    sampled = dates.to_text(now - timedelta(days=kept))
    config["rows_since"] = {
        name: max(str(start), sampled) if dataset.hours else start for name, dataset in DATASETS.items()
    }
    config["issues_since"] = min(str(start), retained)
    config["releases_since"] = chosen or "1970-01-01T00:00:00Z"
    config["days_since"] = max(str(start), dates.to_text(now - SERIES_RETENTION))


def _number(config: Mapping[str, Any], setting: str) -> int:
    """Value of a setting; its default where that is wrong, as it is not validated yet."""
    value = config[setting]
    return value if isinstance(value, int) and 0 <= value <= _MOST else int(DEFAULTS[setting])


_MOST: Final = 100_000
