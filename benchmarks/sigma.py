"""`python -m benchmarks.sigma`: what a sync of Sigma costs, at a limit without headers, in repeats, in the tap's test.

Prints Markdown tables. A local Sigma (`saas_sandbox.sigma`) answers; each sync is a process of its own.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from saas_sandbox.sigma.server import Sandbox, serve
from saas_sandbox.sigma.settings import Settings

LIMIT: Final = 20
"""Requests a second."""
BELOW_WORKBOOKS: Final = ("pages", "elements", "controls", "tags", "sources", "schedules", "columns")
_TAP: Final = ("-c", "from source_sigma.run import tap; tap()")


def main() -> None:
    """Run all three."""
    with TemporaryDirectory() as folder:
        _print("latency", "requests", "refused", "seconds", "of the ideal time")
        for latency_ms in (10, 50, 300):
            _print(*limited(Path(folder), latency_ms))
        _print("command", "requests", "repeats", "seconds")
        with serve(Settings(latency_ms=100, workbooks=20)) as sandbox:
            for title, arguments in (("tap-sigma", ()), ("tap-sigma --test", ("--test",))):
                _print(title, *counted(sandbox, Path(folder), *arguments))


def limited(folder: Path, latency_ms: int) -> tuple[str, ...]:
    """Requests of a sync at the limit, the share that was refused, its seconds, and their ratio to the ideal."""
    streams = ["workbooks", *(f"workbook_{name}" for name in BELOW_WORKBOOKS)]
    settings = Settings(requests_a_second=LIMIT, latency_ms=latency_ms, workbooks=200)
    with serve(settings) as sandbox:
        config = _config(sandbox, folder)
        catalog = folder / "catalog.json"
        made = _run("-m", "source_sigma.run", "catalog", "--config", config, "--streams", ",".join(streams))
        catalog.write_bytes(made)
        _run("-m", "source_sigma.run", "read", "--config", config, "--catalog", str(catalog))
        moments = [request.at for request in sandbox.requests()]
        refused = sandbox.stats()["by_status"].get("429", 0)
    seconds = max(moments) - min(moments)
    ideal = (len(moments) - refused) / LIMIT
    share, ratio = refused / len(moments), seconds / ideal
    return f"{latency_ms} ms", f"{len(moments):,}", f"{share:.1%}", f"{seconds:.0f}", f"{ratio:.2f}"


def counted(sandbox: Sandbox, folder: Path, *arguments: str) -> tuple[str, ...]:
    """Requests of the tap with all streams that are selected by default, how many were repeats, and its seconds."""
    before, began = len(sandbox.requests()), time.monotonic()
    _run(*_TAP, "--config", _config(sandbox, folder), *arguments)
    seconds = time.monotonic() - began
    sent = Counter((request.path, str(request.query)) for request in sandbox.requests()[before:])
    return f"{sent.total():,}", f"{sent.total() - len(sent):,}", f"{seconds:.0f}"


def _config(sandbox: Sandbox, folder: Path) -> str:
    path = folder / "config.json"
    access: dict[str, Any] = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    path.write_text(json.dumps({**access, "api_url": sandbox.url}))
    return str(path)


def _run(*arguments: str) -> bytes:
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout  # noqa: S603


def _print(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
