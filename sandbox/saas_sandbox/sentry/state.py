"""What a running sandbox remembers."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from saas_sandbox.sentry.clock import Clock
from saas_sandbox.sentry.faults import FaultPlan
from saas_sandbox.sentry.limits import Limiter
from saas_sandbox.sentry.settings import Settings
from saas_sandbox.sentry.world import World

_OF_THE_DATA: Final = (
    "generation",
    "size",
    "seed",
    "projects",
    "events_per_project",
    "issues_per_project",
    "releases",
    "event_bytes",
    "extra_projects",
)


@dataclass(frozen=True)
class LoggedRequest:
    """A request of the API; `query` holds its parameters in order, `at` is real time in seconds since 1970."""

    method: str
    path: str
    query: list[tuple[str, str]]
    status: int
    at: float


class State:
    """The settings, the data, the clock and the counters of one process."""

    def __init__(self, settings: Settings) -> None:
        """Start the clock; the data hang on its start."""
        self.settings = settings
        self.clock = Clock(settings.now)
        self.world = World(settings, self.clock.start)
        self.reset()

    def reset(self) -> None:
        """Forget the requests, the limits' counts and which faults have struck; keep settings, clock and data."""
        self.log: list[LoggedRequest] = []
        self.limiter = Limiter()
        self.faults = FaultPlan(self.settings)

    def configure(self, changes: Mapping[str, object]) -> None:
        """Change settings. The data are rebuilt only if they depend on one of them."""
        if refused := {"prefix", "now"} & set(changes):
            raise ValueError(f"fixed at the start: {', '.join(sorted(refused))}")
        settings = self.settings.changed(changes)
        faults = FaultPlan(settings)
        if {"faults", "fault_repeats"} & set(changes):
            self.faults = faults
        self.settings = settings
        if set(_OF_THE_DATA) & set(changes):
            self.world = World(settings, self.clock.start)

    def record(self, method: str, path: str, query: list[tuple[str, str]], status: int) -> None:
        """Log a request."""
        self.log.append(LoggedRequest(method, path, query, status, time.time()))

    def stats(self) -> dict[str, Any]:
        """Return requests, how many were refused by a limit, answers by status, and requests per budget."""
        by_status = Counter(str(request.status) for request in self.log)
        return {
            "requests": len(self.log),
            "too_many": by_status["429"],
            "by_status": dict(by_status),
            "budget": dict(self.limiter.used),
        }
