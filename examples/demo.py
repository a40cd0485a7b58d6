"""`make demo`: the whole job on the sandbox - check, two syncs into DuckDB, a report, and a page of figures."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.table import Table

import picture
from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings

FOLDER: Final = Path("demo")
DATABASE: Final = FOLDER / "sentry.duckdb"
PAGE: Final = FOLDER / "demo.html"
COMMAND: Final = Path(sys.executable).with_name("source-sentry")
LATE: Final = timedelta(hours=12)
"""How far the sandbox's clock lags behind until the first read is over. The second read shows what is new since."""
CHOSEN: Final = ("issue_activities", "logs", "spans", "trace_metrics", "transactions")
"""Costly streams that are read too, since the sandbox has few of their records."""
DAYS_OF_ROWS: Final = 10
"""Days of logs, spans and metrics, of which each costs requests."""
BAR: Final = 60
_TOLD: Final = re.compile(r"(?P<stream>\w+): (?P<rows>[\d,]+) rows read")
QUERIES: Final[Mapping[str, str]] = {
    "Issues with most events": """
        SELECT issues."shortId" AS issue, issues.title, count(*) AS events
        FROM events JOIN issues ON events."groupID" = issues.id GROUP BY ALL ORDER BY events DESC, issue LIMIT 5""",
    "Releases that crash most": """
        SELECT release, sum(sessions)::INT AS sessions,
            round(100 - 100 * sum(sessions) FILTER (status = 'crashed') / sum(sessions), 2) AS "crash-free %"
        FROM release_health GROUP BY release ORDER BY "crash-free %", sessions DESC LIMIT 5""",
    "Slowest transactions": """
        SELECT transaction, count(*) AS times, quantile_cont("spanDuration", 0.95)::INT AS "p95 in ms"
        FROM transactions GROUP BY ALL ORDER BY "p95 in ms" DESC LIMIT 5""",
    "Releases with most errors": """
        SELECT release, count(*) AS errors, count(DISTINCT "issueId") AS issues, count(DISTINCT "userId") AS users
        FROM error_rows WHERE release IS NOT NULL GROUP BY ALL ORDER BY errors DESC, release LIMIT 5""",
    "What became of issues": """
        SELECT issues."shortId" AS issue, CASE WHEN issue_tombstones.deleted THEN 'deleted'
            WHEN issue_tombstones.id IS NOT NULL THEN 'merged' ELSE issue_states.status END AS "is now"
        FROM issues LEFT JOIN issue_states USING (id) LEFT JOIN issue_tombstones USING (id)
        WHERE issue_tombstones.id IS NOT NULL OR issue_states.status <> issues.status ORDER BY issue LIMIT 5""",
    "Monitors that missed check-ins": """
        SELECT monitors.name AS monitor, count(*) FILTER (monitor_checkins.status = 'missed') AS missed,
            count(*) AS "check-ins"
        FROM monitor_checkins JOIN monitors ON monitor_checkins."monitorId" = monitors.id
        GROUP BY monitors.id, monitors.name HAVING missed > 0 ORDER BY missed DESC""",
}
console: Final = Console()


class DemoError(Exception):
    """A step of the demo failed; the message is the command's own."""


def main() -> int:
    """Run the demo; 0 when every step did what it should, 1 otherwise, 130 on Ctrl-C."""
    started = datetime.now(UTC) - LATE
    try:
        settings = Settings(size="small", now=started.isoformat(), global_views=True, items_per_day=12)
        with serve(settings) as sandbox:
            _run(sandbox)
    except DemoError as error:
        console.print(f"[red]{error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(sandbox: Sandbox) -> None:
    started = time.monotonic()
    FOLDER.mkdir(exist_ok=True)
    DATABASE.unlink(missing_ok=True)
    _write("config.json", _config(sandbox))
    console.print(f"Sandbox at {sandbox.url}, organization {sandbox.organization}: a Sentry made of synthetic data.\n")

    messages = map(json.loads, _run_command("check", "--config", "config.json").splitlines())
    status = next(message["connectionStatus"] for message in messages if message["type"] == "CONNECTION_STATUS")
    console.print(f"[bold]check[/]     {status['status']}: {status['message']}")
    if status["status"] != "SUCCEEDED":
        raise DemoError("The connector could not connect to the sandbox.")

    catalog = json.loads(_run_command("catalog", "--config", "config.json"))
    names = [stream["stream"]["name"] for stream in catalog["streams"]] + list(CHOSEN)
    console.print(f"[bold]catalog[/]   {len(catalog['streams'])} streams; read are these, and {', '.join(CHOSEN)}")

    first = _sync("first", names)
    sandbox.advance(LATE.total_seconds() + time.monotonic() - started)
    _change_issues(sandbox)
    second = _sync("second", names)

    with duckdb.connect(str(DATABASE), read_only=True) as database:
        _report(database, first, second)
    picture.write(DATABASE, PAGE)
    _say_what_is_next()


def _config(sandbox: Sandbox) -> dict[str, Any]:
    hours = int(LATE.total_seconds()) // 3600
    access = {"auth_token": sandbox.token, "organization": sandbox.organization, "hostname": sandbox.url}
    few = {"lookback_hours": hours, "rows_retention_days": DAYS_OF_ROWS, "issue_reconcile": "always"}
    return {**access, **few}


def _change_issues(sandbox: Sandbox) -> None:
    """Let somebody resolve, merge and delete issues of one project, all of them quiet for long."""
    with duckdb.connect(str(DATABASE), read_only=True) as database:
        ((project,),) = database.execute("SELECT project->>'id' FROM issues ORDER BY \"lastSeen\" LIMIT 1").fetchall()
        quiet = "SELECT id FROM issues WHERE project->>'id' = ? AND status = 'unresolved' ORDER BY \"lastSeen\" LIMIT 4"
        (resolved,), (merged,), (survivor,), (deleted,) = database.execute(quiet, [project]).fetchall()
    sandbox.change_issue(resolved, status="resolved")
    sandbox.merge_issue(merged, into=survivor)
    sandbox.delete_issue(deleted)


def _run_command(*arguments: str) -> str:
    """What one run of the installed command prints, in the demo's folder; its log goes to the terminal."""
    command = [str(COMMAND.absolute()), *arguments]
    done = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise DemoError(f"source-sentry {arguments[0]} ended with exit code {done.returncode}.")
    return done.stdout


def _sync(name: str, streams: Sequence[str]) -> dict[str, int]:
    """Read `streams` into the database; how many records each had."""
    started = time.monotonic()
    command = [str(COMMAND.absolute()), "sync", "--config", "config.json", "--into", DATABASE.name]
    done = subprocess.run(  # noqa: S603
        [*command, "--streams", ",".join(streams)], cwd=FOLDER, stderr=subprocess.PIPE, text=True, check=False
    )
    rows = {}
    for line in done.stderr.splitlines():
        if told := _TOLD.fullmatch(line):
            rows[told["stream"]] = int(told["rows"].replace(",", ""))
        else:
            console.print(f"          {line}", style="yellow")
    if done.returncode:
        raise DemoError(f"source-sentry sync ended with exit code {done.returncode}.")
    console.print(f"[bold]sync[/]      {name}: {sum(rows.values()):,} records in {time.monotonic() - started:.1f} s")
    return rows


def _report(
    database: duckdb.DuckDBPyConnection,
    first: Mapping[str, int],
    second: Mapping[str, int],
) -> None:
    rows = Table("stream", "first read", "second read", "rows in table", title="\nRecords", title_justify="left")
    for column in rows.columns[1:]:
        column.justify = "right"
    for name in first:
        (count,) = database.execute(f'SELECT count(*) FROM "{name}"').fetchone() or (0,)  # noqa: S608 - names of streams
        if not count:
            continue
        rows.add_row(name, f"{first[name]:,}", f"{second[name]:,}", f"{count:,}")
    console.print(rows)

    console.print("\nEvents per day, last 30 days")
    days = database.execute(
        'SELECT "dateCreated"::DATE AS day, count(*) FROM events GROUP BY day ORDER BY day DESC LIMIT 30'
    ).fetchall()
    most = max((count for _, count in days), default=1)
    for day, count in reversed(days):
        console.print(f"  {day} {'█' * max(round(BAR * count / most), 1)} {count}", highlight=False)

    for title, query in QUERIES.items():
        found = database.sql(query)
        answer = Table(*found.columns, title=f"\n{title}", title_justify="left")
        for row in found.fetchall():
            answer.add_row(*map(str, row))
        console.print(answer)


def _say_what_is_next() -> None:
    console.print(f"\nAll of it is in {DATABASE}, and drawn in {PAGE}: open it in a browser.")
    console.print("To read your own Sentry, write your token and organization into a file:")
    console.print('  echo \'{"auth_token": "...", "organization": "..."}\' > config.json', markup=False)
    console.print("  .venv/bin/source-sentry check --config config.json", markup=False)
    console.print("  .venv/bin/source-sentry sync --config config.json --into sentry.duckdb", markup=False)


def _write(name: str, content: object) -> None:
    (FOLDER / name).write_text(json.dumps(content))


if __name__ == "__main__":
    sys.exit(main())
