"""`make demo`: the whole job on the sandbox - check, discover, a first and an incremental read, tables, a report."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.table import Table

from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings
from source_sentry import SourceSentry

FOLDER: Final = Path("demo")
DATABASE: Final = FOLDER / "sentry.duckdb"
COMMAND: Final = Path(sys.executable).with_name("source-sentry")
LATE: Final = timedelta(hours=12)
"""How far the sandbox's clock lags behind until the first read is over. The second read shows what is new since."""
CHOSEN: Final = frozenset(("issue_activities", "logs", "spans", "trace_metrics", "transactions"))
"""Costly streams that are read too, since the sandbox has few of their records."""
DAYS_OF_ROWS: Final = 10
"""Days of logs, spans and metrics, of which each costs requests."""
BAR: Final = 60
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

    status = next(m for m in _call("check", "--config", "config.json") if m["type"] == "CONNECTION_STATUS")
    status = status["connectionStatus"]
    console.print(f"[bold]check[/]     {status['status']}: {status['message']}")
    if status["status"] != "SUCCEEDED":
        raise DemoError("The connector could not connect to the sandbox.")

    catalog = next(m["catalog"] for m in _call("discover", "--config", "config.json") if m["type"] == "CATALOG")
    costly = SourceSentry().costly_streams()
    selected = [stream for stream in catalog["streams"] if stream["name"] not in costly]
    streams = [stream for stream in catalog["streams"] if stream["name"] not in costly - CHOSEN]
    console.print(
        f"[bold]discover[/]  {len(catalog['streams'])} streams, {len(selected)} of them selected by default; read are "
        f"these, and {', '.join(sorted(CHOSEN))}"
    )
    _write("catalog.json", {"streams": [_configured(stream) for stream in selected]})
    _write("catalog.demo.json", {"streams": [_configured(stream) for stream in streams]})

    first = _read("first", streams)
    sandbox.advance(LATE.total_seconds() + time.monotonic() - started)
    _change_issues(sandbox)
    second = _read("second", streams, "--state", "state.json")

    with duckdb.connect(str(DATABASE)) as database:
        filled = [stream for stream in streams if first[stream["name"]] + second[stream["name"]]]
        _load(database, filled)
        _report(database, filled, first, second)


def _config(sandbox: Sandbox) -> dict[str, Any]:
    hours = int(LATE.total_seconds()) // 3600
    access = {"auth_token": sandbox.token, "organization": sandbox.organization, "hostname": sandbox.url}
    few = {"lookback_hours": hours, "rows_retention_days": DAYS_OF_ROWS, "issue_reconcile": "always"}
    return {**access, **few}


def _change_issues(sandbox: Sandbox) -> None:
    """Let somebody resolve, merge and delete issues of one project, all of them quiet for long."""
    lines = (FOLDER / "issues.first.jsonl").read_text().splitlines()
    issues = sorted((json.loads(line)["record"]["data"] for line in lines), key=itemgetter("lastSeen"))
    project = issues[0]["project"]
    resolved, merged, survivor, deleted, *_ = (
        issue["id"] for issue in issues if issue["project"] == project and issue["status"] == "unresolved"
    )
    sandbox.change_issue(resolved, status="resolved")
    sandbox.merge_issue(merged, into=survivor)
    sandbox.delete_issue(deleted)


def _configured(stream: Mapping[str, Any]) -> dict[str, Any]:
    """A stream of `discover`, chosen: incremental where it can be."""
    mode = "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append_dedup"}


def _call(*arguments: str) -> Iterator[dict[str, Any]]:
    """Messages of one run of the installed command, which runs in the demo's folder."""
    with subprocess.Popen([str(COMMAND.absolute()), *arguments], cwd=FOLDER, stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
        try:
            yield from map(json.loads, process.stdout)
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise DemoError(f"source-sentry {arguments[0]} ended with exit code {process.returncode}.")


def _read(name: str, streams: Sequence[Mapping[str, Any]], *more: str) -> Counter[str]:
    """Read `streams`, keep the record lines in a file per stream, the state in state.json; count the records."""
    started, rows, states = time.monotonic(), Counter[str](), {}
    files = {stream["name"]: (FOLDER / f"{stream['name']}.{name}.jsonl").open("w") for stream in streams}
    try:
        for message in _call("read", "--config", "config.json", "--catalog", "catalog.demo.json", *more):
            if message["type"] == "RECORD":
                stream = message["record"]["stream"]
                rows[stream] += 1
                files[stream].write(json.dumps(message) + "\n")
            elif message["type"] == "STATE":
                states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
            elif message["type"] == "LOG" and message["log"]["level"] in ("WARN", "ERROR", "FATAL"):
                console.print(f"          {message['log']['message']}", style="yellow")
    finally:
        for file in files.values():
            file.close()
    _write("state.json", list(states.values()))
    console.print(f"[bold]read[/]      {name}: {rows.total():,} records in {time.monotonic() - started:.1f} s")
    return rows


def _load(database: duckdb.DuckDBPyConnection, streams: Sequence[Mapping[str, Any]]) -> None:
    """One table a stream, from the record lines of both reads: of each key the newest record."""
    for stream in streams:
        name, keys = stream["name"], stream["source_defined_primary_key"]
        key = ", ".join(f'record.data."{part[0]}"' for part in keys)
        lines = f"read_json('{FOLDER / name}.*.jsonl', maximum_object_size = 33554432, sample_size = -1)"
        database.execute(
            f'CREATE TABLE "{name}" AS SELECT unnest(record.data) FROM {lines} '  # noqa: S608 - names of our catalog
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY record.emitted_at DESC) = 1"
        )


def _report(
    database: duckdb.DuckDBPyConnection,
    streams: Sequence[Mapping[str, Any]],
    first: Counter[str],
    second: Counter[str],
) -> None:
    rows = Table("stream", "first read", "second read", "rows in table", title="\nRecords", title_justify="left")
    for column in rows.columns[1:]:
        column.justify = "right"
    for name in (stream["name"] for stream in streams):
        (count,) = database.execute(f'SELECT count(*) FROM "{name}"').fetchone() or (0,)  # noqa: S608
        rows.add_row(name, f"{first[name]:,}", f"{second[name]:,}", f"{count:,}")
    console.print(rows)

    console.print("\nEvents per day, last 30 days")
    days = database.execute(
        'SELECT "dateCreated"::TIMESTAMPTZ::DATE AS day, count(*) FROM events GROUP BY day ORDER BY day DESC LIMIT 30'
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

    console.print(
        f"\nAll of it is in {DATABASE}. To read your own Sentry, write your token and organization into a file:"
    )
    console.print('  echo \'{"auth_token": "...", "organization": "..."}\' > config.json', markup=False)
    console.print("  .venv/bin/source-sentry check --config config.json", markup=False)
    console.print(f"  .venv/bin/source-sentry read --config config.json --catalog {FOLDER}/catalog.json", markup=False)


def _write(name: str, content: object) -> None:
    (FOLDER / name).write_text(json.dumps(content))


if __name__ == "__main__":
    sys.exit(main())
