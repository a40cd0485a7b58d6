"""The tap in pipelines of processes with published targets, each in an environment of its own (`make targets`)."""

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest

from integration_tests.clock import environment
from integration_tests.singer.conftest import Point
from integration_tests.singer.tap import Tap
from integration_tests.source_sentry.connector import expected

STREAMS: Final = ("events", "issues", "releases", "projects", "teams", "users", "monitors", "monitor_checkins")
TARGETS: Final = Path(__file__).parents[2] / ".venv-targets"

pytestmark = pytest.mark.skipif(not TARGETS.exists(), reason="`make targets` installs the targets")


def test_given_target_jsonl_when_piped_twice_then_only_full_tables_are_written_again(point: Point) -> None:
    tap = point()
    config = {"destination_path": str(tap.folder / "out"), "do_timestamp_file": False}

    for _ in range(2):
        pipe(tap, "jsonl", config)

    counts = {path.stem: len(path.read_text().splitlines()) for path in (tap.folder / "out").iterdir()}
    keys = {name: len(found) for name, found in expected(tap.sandbox).items()}
    assert counts["events"] == keys["events"]
    assert counts["issues"] == keys["issues"]
    assert counts["teams"] == 2 * keys["teams"]


def test_given_target_duckdb_when_piped_twice_then_the_tables_hold_every_row_once(point: Point) -> None:
    tap = point()
    database = tap.folder / "warehouse.duckdb"

    for _ in range(2):
        pipe(tap, "duckdb", {"filepath": str(database), "default_target_schema": "sentry"})

        totals = expected(tap.sandbox)
        assert rows(database) == {name: sum(totals[name].values()) for name in STREAMS}


def pipe(tap: Tap, target: str, config: dict[str, object]) -> None:
    """tap-sentry --state state.json | target-x > states, whose last line is the next state.json."""
    state = tap.folder / "state.json"
    known = ["--state", str(state)] if state.exists() else []
    arguments = ["--catalog", tap.catalog(*STREAMS), *known]
    command = [str(TARGETS / target / "bin" / f"target-{target}"), "--config", tap.write("target.json", config)]
    with (
        subprocess.Popen(
            tap.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        ) as source,
        subprocess.Popen(command, stdin=source.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as sink,
    ):
        assert source.stdout is not None
        source.stdout.close()
        states, errors = sink.communicate(timeout=120)
    assert (source.returncode, sink.returncode) == (0, 0), errors.decode()
    state.write_bytes(states.splitlines()[-1])
    assert {"events", "issues", "releases"} <= set(json.loads(state.read_text())["bookmarks"])


def rows(database: Path) -> dict[str, int]:
    """Rows of each table, counted with the target's own DuckDB."""
    query = (
        "import duckdb, json, sys; db = duckdb.connect(sys.argv[1]);"
        "names = [n for (n,) in db.execute('select table_name from information_schema.tables').fetchall()];"
        "print(json.dumps({n: db.execute(f'select count(*) from sentry.{n}').fetchone()[0] for n in names}))"
    )
    python = str(TARGETS / "duckdb" / "bin" / "python")
    counted = subprocess.run([python, "-c", query, str(database)], capture_output=True, check=True)
    found: dict[str, int] = json.loads(counted.stdout)
    return found
