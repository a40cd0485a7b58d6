"""What a running sandbox remembers."""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from starlette.requests import Request

from saas_sandbox.common.faults import Faults
from saas_sandbox.common.settings import Settings

SettingsT = TypeVar("SettingsT", bound=Settings)


@dataclass(frozen=True)
class LoggedRequest:
    """A request of the API; `query` holds its parameters in order, `at` is real time in seconds since 1970."""

    method: str
    path: str
    query: list[tuple[str, str]]
    status: int
    at: float


class State(ABC, Generic[SettingsT]):
    """The settings, the data, the faults and the log of one process."""

    faults_class: ClassVar[type[Faults]]
    fixed: ClassVar[frozenset[str]] = frozenset()
    """Settings that cannot be changed while the sandbox runs."""
    of_the_data: ClassVar[frozenset[str]]
    """Settings that the data depend on."""

    def __init__(self, settings: SettingsT) -> None:
        """Build the data; `ValueError` for a setting that makes no sense."""
        self.settings = settings
        self.build()
        self.reset()

    @abstractmethod
    def build(self) -> None:
        """Build the data of the settings."""

    def reset(self) -> None:
        """Forget the requests and which faults have struck; keep settings and data."""
        self.log: list[LoggedRequest] = []
        self.faults = self._faults(self.settings)

    def configure(self, changes: Mapping[str, object]) -> None:
        """Change settings. The data are rebuilt only if they depend on one of them."""
        if refused := self.fixed & set(changes):
            raise ValueError(f"fixed at the start: {', '.join(sorted(refused))}")
        settings = self.settings.changed(changes)
        faults = self._faults(settings)
        if {"faults", "fault_repeats"} & set(changes):
            self.faults = faults
        self.settings = settings
        if self.of_the_data & set(changes):
            self.build()

    def _faults(self, settings: SettingsT) -> Faults:
        return self.faults_class(settings.faults, settings.fault_repeats)

    def record(self, request: Request, status: int) -> None:
        """Log a request and the status of its answer, 0 for none."""
        query = request.query_params.multi_items()
        self.log.append(LoggedRequest(request.method, request.scope["path"], query, status, time.time()))

    def stats(self) -> dict[str, Any]:
        """Return the number of requests, and of answers by status."""
        by_status = Counter(str(request.status) for request in self.log)
        return {"requests": len(self.log), "by_status": dict(by_status)}
