"""What tests of programs that read into DuckDB and into PostgreSQL have in common."""

import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from saas_sandbox.sentry.server import Sandbox
from unit_tests import postgres

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = Path(sys.executable).with_name("source-sentry")


def in_both(differing: Callable[[Path, str], Iterable[str]]) -> str | None:
    """Call `differing` with a folder and a target, a DuckDB file and then the address of a PostgreSQL: what differs."""
    if not postgres.is_installed():
        return "PostgreSQL is not installed: `apt install postgresql`."
    with tempfile.TemporaryDirectory() as name, postgres.running() as server:
        folder = Path(name)
        differences = [
            f"{target.partition(':')[0]}: {difference}"
            for target in (str(folder / "sentry.duckdb"), server.new_database())
            for difference in differing(folder, target)
        ]
    return "\n".join(differences) or None


def settings(sandbox: Sandbox) -> Mapping[str, Any]:
    """Settings with which all that the sandbox has is read."""
    access = {"auth_token": sandbox.token, "organization": sandbox.organization, "hostname": sandbox.url}
    return {**access, "rows_lag_minutes": 0, "issue_reconcile": "always"}
