"""`make test-pyairbyte`: examples/pyairbyte.py into DuckDB and into a PostgreSQL of its own, twice, against a sandbox.

The rows of each table are those that the sandbox has. PostgreSQL is that of the system (`apt install postgresql`).
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from targets import ROOT, SOURCE, in_both, settings

from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings

PYAIRBYTE: Final = ROOT / ".venv-pyairbyte" / "bin" / "python"
NEW: Final = 3
"""Events that come between the two reads."""


def differing(folder: Path, target: str) -> Iterator[str]:
    """Read a sandbox twice into `target`: what is not there, or too often."""
    with serve(Settings(size="tiny", now=datetime.now(UTC).isoformat(), items_per_day=1)) as sandbox:
        config = folder / "config.json"
        config.write_text(json.dumps(settings(sandbox)), encoding="utf-8")
        for new in (0, NEW):
            if new:
                sandbox.add_events(sandbox.totals()["issues"][0], new)
                sandbox.advance(1)
            found, there = tables(config, target), counts(sandbox)
            sys.stdout.write(f"{target.partition(':')[0]}: {len(found)} tables, {sum(found.values())} rows\n")
            yield from (
                f"{stream} has {found.get(stream, 0)} rows instead of {count}"
                for stream, count in there.items()
                if found.get(stream, 0) != count
            )


def tables(config: Path, target: str) -> dict[str, int]:
    """Run the example: rows of each table."""
    command = [PYAIRBYTE, ROOT / "examples" / "pyairbyte.py", config, target, "--executable", SOURCE]
    environment = {**os.environ, "DO_NOT_TRACK": "1", "AIRBYTE_OFFLINE_MODE": "1"}
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
    # Among lines of PyAirbyte's own
    return {name: int(rows) for name, rows in re.findall(r"^(\w+) (\d+)$", ended.stdout, flags=re.MULTILINE)}


def counts(sandbox: Sandbox) -> dict[str, int]:
    """How many records of each stream the sandbox has."""
    return {
        stream: sum(len(keys) for keys in found.values()) if isinstance(found, Mapping) else len(found)
        for stream, found in sandbox.totals().items()
    }


if __name__ == "__main__":
    sys.exit(in_both(differing))
