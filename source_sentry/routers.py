"""Partitions: one for each project, or for each monitor with new check-ins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from typing_extensions import override

from sourcewright import dates
from sourcewright.components.parents import ParentRouter, TouchedRouter
from sourcewright.components.runtime import ParentBatch, Row

_NON_PROJECT_ISSUES: Final = frozenset(
    {
        "firstTransactionEvent",
        "hasFeedbacks",
        "hasMonitors",
        "hasNewFeedbacks",
        "hasProfiles",
        "hasReplays",
    }
)


@dataclass
class ProjectRouter(ParentRouter):
    """Project list -> a partition for each project: {"project": "42"}, with its slug for URLs as extra field `project`.

    The key is the id, so that a renamed project keeps its cursor; what is below a record finds it as `projectId`. If
    the setting `projects` names any, the others are left out. `with_events` leaves out projects that never had what the
    stream reads (`errors`: an event; `issues`: an issue; `replays`: a replay).
    """

    parent: str = "project_list"
    with_events: str = ""

    looks_at = _NON_PROJECT_ISSUES | {"slug", "firstEvent"}

    @override
    def has_children(self, row: Mapping[str, Any]) -> bool:
        wanted = self.config["projects"]
        return super().has_children(row) and (row["slug"] in wanted or not wanted) and self._has_data(row)

    @override
    def partition(self, key: list[str], row: Mapping[str, Any]) -> dict[str, str]:
        return {"project": str(row["id"])}

    @override
    def path(self, partition: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, str]:
        # The list's key has the slug, so it is there
        return {"project": quote(str(row["slug"]), safe=""), "projectId": str(row["id"])}

    def _has_data(self, project: Mapping[str, Any]) -> bool:
        """Whether the project may have records; without the flag, which old servers do not send, it may."""
        if self.with_events == "replays":
            return project.get("hasReplays") is not False
        if not self.with_events or project.get("firstEvent", True):
            return True
        return self.with_events == "issues" and any(project.get(flag) for flag in _NON_PROJECT_ISSUES)


@dataclass
class MonitorRouter(TouchedRouter):
    """Monitors -> one partition, with one window, for each that may have check-ins since the last sync.

    The state is the end of that window, {"dateCreated": "2026-11-22T10:00:00Z"}, whatever the number of monitors.
    """

    cursor_field: str = "dateCreated"

    looks_at = frozenset({"config", "environments"})

    @override
    def batches(self, state: Mapping[str, Any]) -> Iterable[ParentBatch]:
        rows = list(self.parents())
        since = str(self.config["start_date"])
        if state:
            since = dates.to_text(dates.from_text(state[self.cursor_field]) - self._lookback(rows))
        window = {"start_time": since, "end_time": self.config["last_second"]}
        read_until = {self.cursor_field: dates.next_second(window["end_time"])}
        yield ParentBatch([row for row in rows if _may_have_checkins(row, since)], read_until, window)

    def _lookback(self, monitors: Iterable[Row]) -> timedelta:
        """A check-in changes as long as its job may run."""
        minutes = max((_number(monitor, "max_runtime") for monitor in monitors), default=0)
        return max(timedelta(hours=self.config["lookback_hours"]), timedelta(minutes=minutes))


def _number(monitor: Row, setting: str) -> int:
    config = monitor.get("config")
    found = config.get(setting) if isinstance(config, Mapping) else 0
    return found if isinstance(found, int) else 0


def _may_have_checkins(monitor: Row, since: str) -> bool:
    """Whether there may be check-ins since then.

    `lastCheckIn` does not tell of missed ones, but a monitor that misses them is not ok, unless it tolerates some. A
    monitor without environments comes from an old server.
    """
    environments = monitor.get("environments")
    if _number(monitor, "failure_issue_threshold") > 1 or not environments or not isinstance(environments, list):
        return True
    return any(_may_have_news(environment, since) for environment in environments)


def _may_have_news(environment: object, since: str) -> bool:
    if not isinstance(environment, Mapping) or environment.get("status") not in _QUIET:
        return True
    last = environment.get("lastCheckIn")
    return not isinstance(last, str) or dates.to_second(last or since) >= dates.to_second(since)


_QUIET: Final = ("active", "disabled", "ok")
