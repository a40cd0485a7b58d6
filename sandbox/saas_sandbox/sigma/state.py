"""What a running Sigma sandbox remembers."""

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from saas_sandbox.common import state
from saas_sandbox.sigma.auth import Mint
from saas_sandbox.sigma.faults import Faults
from saas_sandbox.sigma.settings import Settings
from saas_sandbox.sigma.world import World


class State(state.State[Settings]):
    """The data and the tokens besides."""

    faults_class = Faults
    of_the_data = frozenset({"members", "workbooks", "rows", "files"})

    @override
    def __init__(self, settings: Settings) -> None:
        """Start without a token."""
        self.mint = Mint()
        self.answered: deque[float] = deque()
        """When requests of the last second were let in."""
        super().__init__(settings)

    @override
    def build(self) -> None:
        self.world = World(self.settings)

    @override
    def configure(self, changes: Mapping[str, object]) -> None:
        super().configure(changes)
        self.world.settings = self.settings

    def is_refused(self) -> bool:
        """Let a request in, or say that the second is full."""
        now = time.monotonic()
        while self.answered and self.answered[0] <= now - 1:
            self.answered.popleft()
        most = self.settings.requests_a_second
        if most and len(self.answered) >= most:
            return True
        self.answered.append(now)
        return False

    @override
    def stats(self) -> dict[str, Any]:
        """Return also how many tokens were given out."""
        return {**super().stats(), "tokens": len(self.mint.tokens)}
