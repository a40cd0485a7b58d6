"""`make test-meltano`: real runs of examples/meltano against sandboxes, each job twice, and the rows that they left."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import duckdb

from saas_sandbox.sentry.server import Sandbox as Sentry
from saas_sandbox.sentry.server import serve as serve_sentry
from saas_sandbox.sentry.settings import Settings as SentrySettings
from saas_sandbox.sigma.server import serve as serve_sigma
from saas_sandbox.sigma.settings import Settings as SigmaSettings

ROOT: Final = Path(__file__).resolve().parents[1]
PROJECT: Final = ROOT / "examples" / "meltano"
MELTANO: Final = ROOT / ".venv-targets" / "meltano" / "bin" / "meltano"
COUNTED: Final = ("issues", "projects", "releases", "teams")
"""Streams whose rows are compared with the sandbox's own totals."""


def main() -> int:
    """1 where a table has another number of rows than the server; Meltano's own exit code where a run fails."""
    output = PROJECT / "output"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    with serve_sentry(SentrySettings(size="tiny")) as sentry, serve_sigma(SigmaSettings()) as sigma:
        variables = {
            "TAP_SENTRY_AUTH_TOKEN": sentry.token,
            "TAP_SENTRY_ORGANIZATION": sentry.organization,
            "TAP_SENTRY_HOSTNAME": sentry.url,
            "TAP_SIGMA_CLIENT_ID": sigma.client_id,
            "TAP_SIGMA_CLIENT_SECRET": sigma.client_secret,
            "TAP_SIGMA_API_URL": sigma.url,
        }
        _meltano("install", **variables)
        with tempfile.NamedTemporaryFile() as states:
            variables["MELTANO_DATABASE_URI"] = f"sqlite:///{states.name}"
            for job in ("sentry-to-duckdb", "sentry-to-duckdb"):
                _meltano("run", job, **variables)
        wrong = _compare(output / "warehouse.duckdb", sentry)
    sys.stdout.write(wrong or "Two runs of each job: the tables have the server's rows.\n")
    return 1 if wrong else 0


def _meltano(*arguments: str, **variables: str) -> None:
    subprocess.run([MELTANO, *arguments], cwd=PROJECT, env={**os.environ, **variables}, check=True)  # noqa: S603 - ours


def _compare(database: Path, sentry: Sentry) -> str:
    """A line for each table that differs."""
    lines = ""
    with duckdb.connect(str(database), read_only=True) as connection:
        for stream in COUNTED:
            ((rows,),) = connection.execute(f'SELECT count(*) FROM sentry."{stream}"').fetchall()  # noqa: S608 - of ours
            expected = len(sentry.totals()[stream])
            if rows != expected:
                lines += f"{stream}: {rows} rows, but the server has {expected}.\n"
        ((members,),) = connection.execute("SELECT count(*) FROM sigma.members").fetchall()
        if not members:
            lines += "Sigma's table of members is empty.\n"
    return lines


if __name__ == "__main__":
    sys.exit(main())
