"""`make test-pyairbyte`: examples/pyairbyte.py into DuckDB and into a PostgreSQL of its own, twice, against a sandbox.

The rows of each table are those that the sandbox has. PostgreSQL is that of the system (`apt install postgresql`).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any, Final

from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
PYAIRBYTE: Final = ROOT / ".venv-pyairbyte" / "bin" / "python"
SOURCE: Final = Path(sys.executable).with_name("source-sentry")
UNPRIVILEGED: Final = "nobody"
"""Who runs PostgreSQL where root runs this, as it refuses root."""
NEW: Final = 3
"""Events that come between the two reads."""


def main() -> str | None:
    """Read into both; a text is what differs."""
    with tempfile.TemporaryDirectory() as name, postgres(Path(name) / "postgres") as database:
        folder = Path(name)
        differences = [
            f"{target.partition(':')[0]}: {difference}"
            for target in (str(folder / "sentry.duckdb"), database)
            for difference in differing(folder, target)
        ]
    return "\n".join(differences) or None


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


def settings(sandbox: Sandbox) -> Mapping[str, Any]:
    """Settings with which all that the sandbox has is read."""
    access = {"auth_token": sandbox.token, "organization": sandbox.organization, "hostname": sandbox.url}
    return {**access, "rows_lag_minutes": 0, "issue_reconcile": "always"}


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


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL that lives as long as the block; yields its address."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb") or (programs and programs[-1] / "initdb")
    if not found:
        sys.exit("There is no initdb: install PostgreSQL (`apt install postgresql`).")
    folder.mkdir()
    folder.parent.chmod(0o755)
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [Path(found).with_name(program), "--pgdata", folder / "data", *arguments]
        subprocess.run(command, user=user, cwd=folder, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - ours

    run("initdb", "--auth=trust", "--username=sentry", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "--wait", f"--log={folder / 'log'}", f"--options={options}", "start")
    try:
        yield f"postgresql://sentry:sentry@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "--mode=immediate", "stop")


if __name__ == "__main__":
    sys.exit(main())
