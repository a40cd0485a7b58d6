"""Cron monitors and their check-ins: jobs that run, fail, hang and stay away."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from random import Random
from typing import Any, Final
from uuid import UUID

from saas_sandbox.common.clock import DAY, HOUR, SECOND
from saas_sandbox.common.reply import Record

RETENTION_DAYS: Final = 30
"""How long a check-in can be read."""
_HISTORY_DAYS: Final = 29  # one less, so that nothing leaves while a test runs
_HORIZON_DAYS: Final = 30
_MINUTE: Final = 60 * SECOND
_IN_PROGRESS: Final = 3 * _MINUTE  # how long before the sandbox's start the newest run of an interval job began


@dataclass(frozen=True)
class Job:
    """What a monitor watches: a run every `hours`, at `hour` of the day if it is a cron job."""

    name: str
    slug: str
    place: int
    """Which of the active projects it belongs to."""
    hours: int
    hour: int | None = None
    minutes: int = 10
    """How long a run takes."""
    environments: tuple[str, ...] = ("production",)
    missed: int = 0
    """Every how many runs one stays away, errs, or hangs; 0 means never."""
    errors: int = 0
    timeouts: int = 0
    broken: str = ""
    """How each run ends from `days` before the sandbox's start on; `stopped` if there are none."""
    days: int = 0
    threshold: int = 1
    """How many runs in a row have to fail before the monitor is in error."""

    @property
    def config(self) -> Record:
        """Schedule and limits, in minutes."""
        cron = f"0 {self.hour} * * *"
        schedule: Any = [self.hours, "hour"] if self.hour is None else cron
        return {
            "schedule_type": "interval" if self.hour is None else "crontab",
            "schedule": schedule,
            "checkin_margin": 5,
            "max_runtime": 30,
            "timezone": "UTC",
            "failure_issue_threshold": self.threshold,
            "recovery_threshold": 1,
            "alert_rule_id": None,
        }

    def outcome(self, run: int, days_ago: float) -> str:
        """Return how a run ends: ok, missed, error, timeout, or stopped if it does not take place."""
        if self.broken and days_ago <= self.days:
            return self.broken
        for every, outcome in ((self.missed, "missed"), (self.errors, "error"), (self.timeouts, "timeout")):
            if every and run % every == every // 2:
                return outcome
        return "ok"


JOBS: Final = (
    Job("Nightly report", "nightly-report", 0, 24, hour=3, missed=9),
    Job("Nightly report", "nightly-report", 1, 24, hour=4),
    Job("Sync invoices", "sync-invoices", 0, 1, environments=("production", "staging"), errors=47, timeouts=31),
    Job("Warm caches", "warm-caches", 1, 2, broken="error", days=3),
    Job("Import ledger", "import-ledger", 0, 24, hour=12, broken="missed", days=6),
    Job("Refresh rates", "refresh-rates", 1, 24, hour=8, broken="missed", days=1, threshold=3),
    Job("Rotate logs", "rotate-logs", 2, 24, hour=1, broken="stopped", days=60),
    Job("Weekly digest", "weekly-digest", 2, 168, hour=6, environments=()),
)
"""Two share a slug, one errs, two stay away, one of which is not in error yet, one has been quiet for long, one never
ran."""


@dataclass(frozen=True)
class CheckIn:
    """A run as it turns out; what is known of it depends on the time."""

    id: str
    job: Job
    environment: str
    expected: int
    added: int
    outcome: str
    ended: int

    def status(self, now: int) -> str:
        """Return its status at a moment."""
        return self.outcome if self.ended <= now else "in_progress"


@dataclass(frozen=True)
class Monitor:
    """A job with its check-ins by environment, oldest first."""

    id: str
    job: Job
    project: str
    created: int
    runs: dict[str, list[CheckIn]]

    @property
    def disabled(self) -> bool:
        """Whether nothing is expected of it any more."""
        return self.job.broken == "stopped"

    def check_ins(self, now: int) -> list[CheckIn]:
        """Return the check-ins so far that can be read, newest first."""
        oldest = now - RETENTION_DAYS * DAY
        rows = [row for rows in self.runs.values() for row in rows if oldest <= row.added <= now]
        return sorted(rows, key=lambda row: (-row.added, row.id))

    def states(self, now: int) -> list["EnvironmentState"]:
        """Return the state of each environment that has checked in."""
        rows = ((name, [row for row in rows if row.added <= now]) for name, rows in self.runs.items())
        return [EnvironmentState(self.job, name, so_far, now) for name, so_far in rows if so_far]


@dataclass(frozen=True)
class EnvironmentState:
    """What a monitor knows of an environment: it follows from the check-ins there so far."""

    job: Job
    name: str
    so_far: list[CheckIn]
    now: int

    @property
    def last(self) -> int:
        """Moment of the last run: a missed one does not move it."""
        return max(row.added for row in self.so_far if row.outcome != "missed")

    @property
    def next(self) -> int:
        """When the next run is expected: a missed one moves it on."""
        return self.so_far[-1].expected + self.job.hours * HOUR

    @property
    def failing_since(self) -> int | None:
        """Moment of the first of the failures that nothing good has followed yet, if they are enough to count."""
        done = [row for row in self.so_far if row.status(self.now) != "in_progress"]
        failed = list(takewhile(lambda row: row.outcome != "ok", reversed(done)))
        return failed[-1].added if len(failed) >= self.job.threshold else None


def build_monitors(seed: int, projects: list[str], anchor: int) -> list[Monitor]:
    """Return a monitor for each job, in projects that have events."""
    if not projects:
        return []
    return [_monitor(seed, number, job, projects[job.place % len(projects)], anchor) for number, job in enumerate(JOBS)]


def _monitor(seed: int, number: int, job: Job, project: str, anchor: int) -> Monitor:
    runs = {name: list(_runs(f"{seed}:monitor:{number}:{name}", job, name, anchor)) for name in job.environments}
    created = anchor - (200 + number) * DAY - number * 1_000_111
    return Monitor(_uuid(f"{seed}:monitor:{number}"), job, project, created, runs)


def _runs(seed: str, job: Job, environment: str, anchor: int) -> Iterable[CheckIn]:
    """Return the runs from the history's begin to the horizon, by time."""
    period = job.hours * HOUR
    quiet = job.days if job.broken == "stopped" else 0
    begin, end = anchor - (_HISTORY_DAYS + quiet) * DAY, anchor + _HORIZON_DAYS * DAY
    phase = (anchor - _IN_PROGRESS) % period if job.hour is None else job.hour * HOUR
    first = begin - begin % period + phase
    for run, expected in enumerate(range(first if first >= begin else first + period, end, period)):
        outcome = job.outcome(run, (anchor - expected) / DAY)
        if outcome != "stopped":
            yield _check_in(f"{seed}:{run}", job, environment, expected, outcome)


def _check_in(seed: str, job: Job, environment: str, expected: int, outcome: str) -> CheckIn:
    rng = Random(seed)
    late, config = rng.randrange(20 * SECOND), job.config
    added = expected + (config["checkin_margin"] * _MINUTE if outcome == "missed" else late)
    minutes = {"missed": 0, "timeout": config["max_runtime"]}.get(outcome, job.minutes)
    ended = added + minutes * _MINUTE
    return CheckIn(str(UUID(int=rng.getrandbits(128))), job, environment, expected, added, outcome, ended)


def _uuid(seed: str) -> str:
    return str(UUID(int=Random(seed).getrandbits(128)))
