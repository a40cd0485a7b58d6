"""`make test-meltano`: real runs of examples/meltano against sandboxes, each job twice, and the rows that they left."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import duckdb

from saas_sandbox.sentry.server import Sandbox as Sentry
from saas_sandbox.sentry.server import serve as serve_sentry
from saas_sandbox.sentry.settings import Settings as SentrySettings
from saas_sandbox.sigma.server import serve as serve_sigma
from saas_sandbox.sigma.settings import Settings as SigmaSettings
from unit_tests import postgres

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
    with ExitStack() as stack:
        sentry = stack.enter_context(serve_sentry(SentrySettings(size="tiny")))
        sigma = stack.enter_context(serve_sigma(SigmaSettings()))
        states = stack.enter_context(tempfile.NamedTemporaryFile())
        variables = {
            "MELTANO_DATABASE_URI": f"sqlite:///{states.name}",
            "TAP_SENTRY_AUTH_TOKEN": sentry.token,
            "TAP_SENTRY_ORGANIZATION": sentry.organization,
            "TAP_SENTRY_HOSTNAME": sentry.url,
            "TAP_SIGMA_CLIENT_ID": sigma.client_id,
            "TAP_SIGMA_CLIENT_SECRET": sigma.client_secret,
            "TAP_SIGMA_API_URL": sigma.url,
        }
        _meltano("install", **variables)
        _twice("sentry-to-duckdb", **variables)
        wrong = _compare(_counts(output / "warehouse.duckdb"), sentry)
        if not postgres.is_installed():
            sys.stdout.write("PostgreSQL is not installed (`apt install postgresql`), so its jobs did not run.\n")
        else:
            wrong += _into_postgres(stack.enter_context(postgres.running()), sentry, variables)
    sys.stdout.write(wrong or "Two runs of each job: the tables have the server's rows.\n")
    return 1 if wrong else 0


def _into_postgres(server: postgres.Postgres, sentry: Sentry, variables: Mapping[str, str]) -> str:
    address = server.new_database()
    target = {
        "TARGET_POSTGRES_PORT": str(server.port),
        "TARGET_POSTGRES_USER": "tester",
        "TARGET_POSTGRES_PASSWORD": postgres.PASSWORD,
        "TARGET_POSTGRES_DATABASE": address.rpartition("/")[2],
    }
    for job in ("sentry-to-postgres", "sigma-to-postgres"):
        _twice(job, **variables, **target)
    counts = {
        stream: server.query(address, f'SELECT count(*) FROM sentry."{stream}"')[0][0]  # noqa: S608 - names of ours
        for stream in COUNTED
    }
    members = server.query(address, "SELECT count(*) FROM sigma.members")[0][0]
    return _compare(counts, sentry) + ("" if members else "Sigma's table of members is empty.\n")


def _twice(job: str, **variables: str) -> None:
    for _ in range(2):
        _meltano("run", job, **variables)


def _meltano(*arguments: str, **variables: str) -> None:
    subprocess.run([MELTANO, *arguments], cwd=PROJECT, env={**os.environ, **variables}, check=True)  # noqa: S603 - ours


def _counts(database: Path) -> dict[str, int]:
    with duckdb.connect(str(database), read_only=True) as connection:
        sql = 'SELECT count(*) FROM sentry."{}"'
        return {stream: connection.execute(sql.format(stream)).fetchall()[0][0] for stream in COUNTED}


def _compare(counts: Mapping[str, int], sentry: Sentry) -> str:
    """A line for each table that differs."""
    expected = {stream: len(sentry.totals()[stream]) for stream in COUNTED}
    return "".join(
        f"{stream}: {counts[stream]} rows, but the server has {number}.\n"
        for stream, number in expected.items()
        if counts[stream] != number
    )


if __name__ == "__main__":
    sys.exit(main())
