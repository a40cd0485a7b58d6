"""A sandbox as a process of its own, and what it saw and took while a connector was read."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from saas_sandbox.sentry.limits import LIMITS
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, ORGANIZATION

_ROOT: Final = Path(__file__).parents[1]
_EVENTS: Final = re.compile(r".*/projects/[^/]+/[^/]+/events/")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
"""Parts of a second in which /proc counts processor time."""


@dataclass(frozen=True)
class Traffic:
    """The requests of one run, as the sandbox saw them."""

    requests: int
    refused: int
    """Those that were answered with 429."""
    share: float | None
    """Part of the budget of the projects' events that was used, where there is a limit: see `_share`."""


@dataclass(frozen=True)
class Service:
    """A running sandbox."""

    pid: int
    name: str
    """`sentry` or `sigma`."""
    url: str
    options: dict[str, str]

    @property
    def api(self) -> str:
        """URL of the API."""
        return f"{self.url}/api/0/"

    @property
    def projects(self) -> list[dict[str, Any]]:
        """All projects, as the API lists them."""
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        answer = requests.get(f"{self.api}organizations/{ORGANIZATION}/projects/", headers=headers, timeout=90)
        return answer.json()  # type: ignore[no-any-return]

    def reset(self) -> None:
        """Forget the requests so far."""
        requests.post(f"{self.url}/_sandbox/reset", timeout=90)

    def traffic(self) -> Traffic:
        """Requests since `reset`. Of a sandbox of several processes this is what one of them saw."""
        log = requests.get(f"{self.url}/_sandbox/requests", timeout=90).json()
        refused = sum(request["status"] == requests.codes.too_many_requests for request in log)
        return Traffic(len(log), refused, _share(log, self.options) if "limits" in self.options else None)

    def cpu(self) -> float:
        """Processor time so far, in seconds, of all its processes."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._pids()]
        return sum(int(user) + int(system) for user, system in (row[11:13] for row in fields)) / _TICKS

    def rss(self) -> float:
        """Most memory at a time so far, in MB, summed over its processes."""
        lines = [line for pid in self._pids() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024

    def _pids(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]


def _share(log: list[dict[str, Any]], options: dict[str, str]) -> float | None:
    """Admitted requests for events of projects / requests that the limit allows, in the windows up to the last one.

    The first window counts whole, though it had begun before the first request. The last one does not count, as the
    work ends in it; None when there is no other.
    """
    limit = LIMITS["events"].scaled(float(options.get("time-scale", "1")))
    late = float(options.get("latency-ms", "0")) / 1000
    asked = [request for request in log if _EVENTS.fullmatch(request["path"])]
    admitted = [request for request in asked if request["status"] != requests.codes.too_many_requests]
    windows = [int(request["at"] - late) // limit.window for request in admitted]
    first, last = min(windows, default=0), max(windows, default=0)
    used = sum(window < last for window in windows)
    return used / (limit.count * (last - first)) if last > first else None


def _option(name: str, value: object) -> list[str]:
    """`event_bytes=13000` -> `--event-bytes 13000`; `global_views=True` -> `--global-views`."""
    flag = f"--{name.replace('_', '-')}"
    return [flag] if value is True else [flag, str(value)]


@contextmanager
def sandbox(name: str, now: str, **options: object) -> Iterator[Service]:
    """Run the sandbox `name` with these `options` while the block runs.

    Sentry's clock stands still at `now`, so that each run finds the same windows.
    """
    given = {name.replace("_", "-"): str(value) for name, value in options.items()}
    arguments = [word for name, value in options.items() for word in _option(name, value)]
    own = ["--size", "bench", "--now", now] if name == "sentry" else []
    command = [sys.executable, "-m", f"saas_sandbox.{name}", "--port", "0", *own, *arguments]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
            url = process.stdout.readline().split()[2]
            yield Service(process.pid, name, url, given)
        finally:
            process.terminate()
