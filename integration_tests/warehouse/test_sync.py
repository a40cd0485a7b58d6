"""`sync`: all records of the server are rows of the tables, each once, also after kill -9."""

import json
import os
import random
import re
import signal
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import duckdb
import pytest

from integration_tests import commands
from integration_tests.clock import NOW, ahead
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import COMMAND, KEYS, Connector, expected
from integration_tests.source_sigma.connector import Connector as SigmaConnector
from integration_tests.source_sigma.test_sigma_read import EVERYTHING
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, READ_SCOPES, Token
from unit_tests.postgres import PASSWORD, Postgres

STREAMS: Final = ("events", "issues", "releases", "projects", "teams")


def sync(connector: Connector, into: str, *more: str, streams: tuple[str, ...] = STREAMS) -> dict[str, int]:
    """Read `streams` into a target; how many rows of each the command tells of."""
    chosen = ["--streams", ",".join(streams)] if streams else []
    ended = commands.run_forked(COMMAND, "sync", "--config", connector.config(), "--into", into, *chosen, *more)
    assert (ended.exit_code, ended.stdout) == (0, ""), ended.stderr
    return {
        name: int(rows.replace(",", ""))
        for name, rows in re.findall(r"^(\w+): ([\d,]+) rows read$", ended.stderr, re.MULTILINE)
    }


def assert_all_there(connector: Connector, into: str) -> None:
    """Each record of the server is one row."""
    totals = expected(connector.sandbox)
    is_database = into.endswith(".duckdb")
    with duckdb.connect(into if is_database else ":memory:", read_only=is_database) as database:
        for stream in STREAMS:
            table = stream if is_database else f"'{into}{stream}.parquet'"
            rows = database.execute(f'SELECT "{KEYS[stream]}" FROM {table}').fetchall()
            assert Counter(key for (key,) in rows) == totals[stream], stream


def test_given_duckdb_when_synced_twice_then_the_second_reads_what_is_new(connect: Connect) -> None:
    late = timedelta(hours=30)
    connector = connect(now=(datetime.fromisoformat(NOW) - late).isoformat())
    connector.settings["lookback_hours"] = 31
    path = str(connector.folder / "sentry.duckdb")
    first = sync(connector, path)
    connector.sandbox.advance(late.total_seconds())

    second = sync(connector, path)

    assert_all_there(connector, path)
    assert 0 < second["events"] < first["events"] / 10


def test_given_a_folder_when_synced_twice_then_each_file_has_each_row_once(connect: Connect) -> None:
    connector = connect()
    folder = f"{connector.folder}/tables/"

    counts = [sync(connector, folder) for _ in range(2)]

    assert counts[1]["events"] < counts[0]["events"]
    assert {file.stem for file in Path(folder).glob("*.parquet")} == set(STREAMS)
    assert_all_there(connector, folder)


@pytest.mark.postgres
def test_given_postgresql_when_synced_twice_then_each_table_has_each_row_once(
    connect: Connect, postgres: Postgres
) -> None:
    connector = connect()
    address = postgres.new_database()

    counts = [sync(connector, address, "--schema", "sentry") for _ in range(2)]

    assert counts[1]["events"] < counts[0]["events"]
    totals = expected(connector.sandbox)
    for stream in STREAMS:
        rows = postgres.query(address, f'SELECT "{KEYS[stream]}" FROM sentry."{stream}"')
        assert Counter(key for (key,) in rows) == totals[stream], stream


@pytest.mark.postgres
def test_given_a_password_that_is_wrong_when_synced_then_it_is_not_shown(connect: Connect, postgres: Postgres) -> None:
    connector = connect()
    for wrong in ("pw", "a wrong %password"):
        address = postgres.new_database().replace(PASSWORD, wrong)
        ended = commands.run_forked(COMMAND, "sync", "--config", connector.config(), "--into", address)
        assert ended.exit_code == 1
        assert "PostgreSQL at 127.0.0.1" in ended.stderr
        assert wrong not in ended.stdout + ended.stderr


def _sync_and_die(arguments: tuple[str, ...], folder: str, clock_ahead: float, seconds: float) -> None:
    """Be the command, with a transaction for each few records, and kill -9 it `seconds` after it began to read."""
    from sourcewright.warehouse import sync as module  # noqa: PLC0415 - in the process that is killed

    read = module.Sync.run

    def run(self: module.Sync, messages: Any) -> None:
        threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        read(self, messages)

    with patch.object(module, "_SECONDS", 0.05), patch.object(module.Sync, "run", run):
        commands._command(COMMAND, arguments, f"{folder}/out", f"{folder}/err", clock_ahead)  # noqa: SLF001


@pytest.mark.parametrize("target", ["sentry.duckdb", "tables/"])
def test_given_kill_9_at_any_moment_when_run_again_then_nothing_is_lost_or_doubled(
    connect: Connect, target: str
) -> None:
    connector = connect(latency_ms=100)
    connector.settings |= {"events_window_days": 5, "num_workers": 3}
    into = f"{connector.folder}/{target}"
    arguments = ("sync", "--config", connector.config(), "--into", into, "--streams", ",".join(STREAMS))
    server = commands._fork_server()  # noqa: SLF001
    for seconds in (0.3, random.uniform(0.2, 1.2), 1.0):  # noqa: S311
        process = server.Process(target=_sync_and_die, args=(arguments, str(connector.folder), ahead(), seconds))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL, seconds
    connector.sandbox.configure(latency_ms=0)

    sync(connector, into)

    assert_all_there(connector, into)


def test_given_a_stream_that_fails_when_synced_then_the_others_are_there_and_the_exit_code_is_1(
    connect: Connect,
) -> None:
    scopes = tuple(scope for scope in READ_SCOPES if scope != "member:read")
    connector = connect(tokens={DEFAULT_TOKEN: Token(scopes=scopes)})
    path = str(connector.folder / "sentry.duckdb")
    chosen = ("--config", connector.config(), "--into", path, "--streams", "members,projects")

    ended = commands.run_forked(COMMAND, "sync", *chosen)

    assert ended.exit_code == 1
    assert "members: 0 rows read, not all that there are\n" in ended.stderr
    assert "Streams that were not read to their end: 1 of 2." in ended.stderr
    with duckdb.connect(path, read_only=True) as database:
        assert len(database.execute("FROM projects").fetchall()) == len(expected(connector.sandbox)["projects"])


def test_given_streams_when_a_catalog_is_asked_for_then_read_takes_it(connect: Connect) -> None:
    connector = connect()
    ended = commands.run_forked(COMMAND, "catalog", "--streams", "projects,events,teams", "--exclude", "teams")
    assert (ended.exit_code, ended.stderr) == (0, "")
    catalog = json.loads(ended.stdout)
    modes = {
        entry["stream"]["name"]: (entry["sync_mode"], entry["destination_sync_mode"]) for entry in catalog["streams"]
    }
    assert modes == {"projects": ("full_refresh", "append_dedup"), "events": ("incremental", "append_dedup")}
    path = connector._write("made.json", catalog)  # noqa: SLF001

    output = connector.run("read", "--catalog", path)

    assert set(output.statuses) == set(modes)


def test_given_sigma_when_synced_twice_then_each_row_is_there_once(connect_sigma: Any) -> None:
    connector: SigmaConnector = connect_sigma()
    connector.settings = {**EVERYTHING}
    path = str(connector.folder / "sigma.duckdb")
    for _ in range(2):
        ended = commands.run_forked(
            "source-sigma", "sync", "--config", connector.config(), "--into", path, "--streams", "members,teams,files"
        )
        assert ended.exit_code == 0, ended.stderr
    with duckdb.connect(path, read_only=True) as database:
        for stream in ("members", "teams"):
            ((rows,),) = database.execute(f"SELECT count(*) FROM {stream}").fetchall()
            assert rows == len(connector.sandbox.totals()[stream]), stream
