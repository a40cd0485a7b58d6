"""What a running Sigma sandbox remembers."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from saas_sandbox.sentry.state import LoggedRequest
from saas_sandbox.sigma.auth import Mint
from saas_sandbox.sigma.faults import FaultPlan
from saas_sandbox.sigma.settings import Settings
from saas_sandbox.sigma.world import World

_OF_THE_DATA: Final = ("members", "workbooks", "rows", "files")


class State:
    """The settings, the data, the tokens and the log of one process."""

    def __init__(self, settings: Settings) -> None:
        """Build the data."""
        self.settings = settings
        self.world = World(settings)
        self.mint = Mint()
        self.reset()

    def reset(self) -> None:
        """Forget the requests and which faults have struck; keep settings, tokens and data."""
        self.log: list[LoggedRequest] = []
        self.faults = FaultPlan(self.settings)

    def configure(self, changes: Mapping[str, object]) -> None:
        """Change settings. The data are rebuilt only if they depend on one of them."""
        settings = self.settings.changed(changes)
        faults = FaultPlan(settings)
        if {"faults", "fault_repeats"} & set(changes):
            self.faults = faults
        self.settings = settings
        if set(_OF_THE_DATA) & set(changes):
            self.world = World(settings)
        self.world.settings = settings

    def record(self, method: str, path: str, query: list[tuple[str, str]], status: int) -> None:
        """Log a request."""
        self.log.append(LoggedRequest(method, path, query, status, time.time()))

    def stats(self) -> dict[str, Any]:
        """Return requests, tokens given out, and answers by status."""
        by_status = Counter(str(request.status) for request in self.log)
        return {"requests": len(self.log), "tokens": len(self.mint.tokens), "by_status": dict(by_status)}
