"""`make test-dbt`: examples/dbt in DuckDB and in a PostgreSQL of its own, over three syncs of a sandbox.

Results of the marts are those that the sandbox has. PostgreSQL is that of the system (`apt install postgresql`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import duckdb
import yaml
from targets import ROOT, SOURCE, in_both, settings

from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings
from unit_tests.postgres import Postgres

PROJECT: Final = ROOT / "examples" / "dbt"
DBT: Final = ROOT / ".venv-dbt" / "bin" / "dbt"
RESULTS: Final = {"build": "run_results.json", "source": "sources.json"}
COUNTS: Final = {
    "SELECT cast(sum(events) AS bigint) FROM sentry_marts.events_by_day": "events",
    "SELECT count(*) FROM sentry_marts.stg_errors": "error_rows",
    "SELECT cast(sum(check_ins) AS bigint) FROM sentry_marts.missed_check_ins": "monitor_checkins",
    "SELECT cast(sum(times) AS bigint) FROM sentry_marts.slowest_transactions": "transactions",
    "SELECT count(*) FROM sentry_marts.new_issues_by_release": "releases",
}
"""What a query counts, and the stream of which the sandbox has as many records."""


def differing(folder: Path, target: str) -> Iterator[str]:
    """Read a sandbox, change issues, read again, build: which results are wrong."""
    with serve(Settings(size="tiny", now=datetime.now(UTC).isoformat(), items_per_day=2)) as sandbox:
        config = folder / "config.json"
        config.write_text(json.dumps(settings(sandbox)), encoding="utf-8")
        sync(config, target)
        before, tags = keys(sandbox), len(sandbox.totals()["issue_tags"])
        resolved, merged, survivor, deleted = change_issues(sandbox, target)
        for _ in range(2):  # the second tells of the deletion, where no audit log does
            sync(config, target)
        there = {stream: before[stream] | found for stream, found in keys(sandbox).items() if stream in before}
        present = keys(sandbox)["issues"]
    build(folder, target)

    expected: dict[str, list[tuple[Any, ...]]] = {
        query: [(len(there[stream]),)] for query, stream in COUNTS.items()
    } | {
        "SELECT issue_id, fate, survivor_id FROM sentry_marts.issues_gone ORDER BY fate": [
            (deleted, "deleted", None),
            (merged, "merged", survivor),
        ],
        "SELECT count(*) FROM sentry_marts.users_by_issue": [(len(present),)],
        "SELECT count(*) FROM (SELECT DISTINCT issue_id, tag FROM sentry_marts.stg_issue_tag_values) AS t": [(tags,)],
    }
    for query, rows in expected.items():
        if (found := answer(target, query)) != rows:
            yield f"{query}: {found} instead of {rows}"
    statuses = dict(answer(target, "SELECT issue_id, status FROM sentry_marts.users_by_issue"))
    if statuses.get(resolved) != "resolved":
        yield f"issue {resolved} is {statuses.get(resolved)} instead of resolved"


def sync(config: Path, target: str) -> None:
    """Read the tables that the project names."""
    sources = yaml.safe_load((PROJECT / "models" / "sources.yml").read_text(encoding="utf-8"))["sources"]
    streams = ",".join(table["name"] for table in sources[0]["tables"])
    run(SOURCE, "sync", "--config", config, "--into", target, "--streams", streams)


def change_issues(sandbox: Sandbox, target: str) -> tuple[str, str, str, str]:
    """Resolve an issue, merge one into another, delete one; their ids in this order, the survivor after the merged."""
    quiet = """
        SELECT id FROM issues
        WHERE status = 'unresolved' AND project->>'id' = (
            SELECT project->>'id' FROM issues WHERE status = 'unresolved' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
        ) ORDER BY "lastSeen" LIMIT 4"""
    (resolved,), (merged,), (survivor,), (deleted,) = answer(target, quiet)
    sandbox.advance(60)  # past the end of the first sync
    sandbox.change_issue(resolved, status="resolved")
    sandbox.merge_issue(merged, into=survivor)
    sandbox.delete_issue(deleted)
    return resolved, merged, survivor, deleted


def build(folder: Path, target: str) -> None:
    """Run `dbt build` and the freshness of the sources; a warning is an error."""
    address = urlsplit(target)
    variables = {
        "SENTRY_DUCKDB": target,
        "PGHOST": address.hostname or "",
        "PGPORT": str(address.port or ""),
        "PGUSER": address.username or "",
        "PGPASSWORD": address.password or "",
        "PGDATABASE": address.path.lstrip("/"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    kind = "postgres" if address.scheme else "duckdb"
    options = ("--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target", kind)
    for command in (("build",), ("source", "freshness")):
        run(DBT, "--quiet", "--warn-error", *command, *options, **variables)
        results = json.loads((folder / "target" / RESULTS[command[0]]).read_text(encoding="utf-8"))["results"]
        sys.stdout.write(f"{kind}: dbt {' '.join(command)}: {len(results)} green\n")


def run(*command: str | Path, **variables: str) -> None:
    """Run a command to its end; an error ends this program."""
    if subprocess.run(command, env={**os.environ, **variables}, check=False).returncode:  # noqa: S603 - ours
        sys.exit(f"{Path(command[0]).name} failed, see above.")


def answer(target: str, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query."""
    if not urlsplit(target).scheme:
        with duckdb.connect(target, read_only=True) as database:
            return database.execute(query).fetchall()
    return Postgres.query(target, query)


def keys(sandbox: Sandbox) -> dict[str, set[Any]]:
    """Keys of the records of each stream that the sandbox has, with that of the parent where they have one."""
    return {
        stream: {(parent, key) for parent, keys in found.items() for key in keys}
        if isinstance(found, Mapping)
        else set(found)
        for stream, found in sandbox.totals().items()
    }


if __name__ == "__main__":
    sys.exit(in_both(differing))
