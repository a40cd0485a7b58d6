"""What a running sandbox remembers."""

from typing import Any

from typing_extensions import override

from saas_sandbox.common import state
from saas_sandbox.common.clock import SECOND, Clock
from saas_sandbox.sentry.faults import Faults
from saas_sandbox.sentry.limits import Limiter
from saas_sandbox.sentry.moments import parse
from saas_sandbox.sentry.settings import Settings
from saas_sandbox.sentry.world import World


class State(state.State[Settings]):
    """The data, the clock and the limits' counters besides."""

    faults_class = Faults
    fixed = frozenset({"prefix", "now"})
    of_the_data = frozenset(
        {
            "generation",
            "size",
            "seed",
            "projects",
            "events_per_project",
            "issues_per_project",
            "releases",
            "event_bytes",
            "extra_projects",
        }
    )

    @override
    def __init__(self, settings: Settings) -> None:
        """Start the clock; the data hang on its start."""
        self.clock = Clock(_moment(settings.now) if settings.now else None)
        super().__init__(settings)

    @override
    def build(self) -> None:
        self.world = World(self.settings, self.clock.start)

    @override
    def reset(self) -> None:
        super().reset()
        self.limiter = Limiter()

    @override
    def stats(self) -> dict[str, Any]:
        """Return also how many requests a limit refused, and the requests of each budget."""
        found = super().stats()
        return {**found, "too_many": found["by_status"].get("429", 0), "budget": dict(self.limiter.used)}


def _moment(text: str) -> int:
    moment = parse(text)
    if moment is None:
        raise ValueError(f"now is {text!r}; write it like 2026-01-31T00:00:00Z")
    return moment // SECOND * SECOND
