"""Targets of every kind."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sourcewright.warehouse.opening import open_target
from sourcewright.warehouse.target import Target
from unit_tests.postgres import Postgres, postgres
from unit_tests.sourcewright.warehouse.tables import ACCOUNT

Open = Callable[..., Target]
Query = Callable[[str], list[tuple[Any, ...]]]
KINDS = ["duckdb", "parquet", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if kind == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new_database()
    return str(tmp_path / "test.duckdb") if kind == "duckdb" else f"{tmp_path}/tables/"


@pytest.fixture
def open_it(address: str) -> Iterator[Open]:
    """Open the target of this kind, as often as the test wants; the last one is closed before."""
    with ExitStack() as stack:

        def start(source: str = ACCOUNT) -> Target:
            stack.close()
            return stack.enter_context(closing(open_target(address, source, "")))

        yield start


@pytest.fixture
def query(kind: str, address: str) -> Query:
    """Ask the tables as their user would."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        if kind == "postgres":
            return Postgres.query(address, sql)
        with duckdb.connect(":memory:" if kind == "parquet" else address, read_only=kind == "duckdb") as database:
            database.execute("SET TimeZone = 'UTC'")
            for file in Path(address).glob("*.parquet"):
                database.execute(f"CREATE VIEW \"{file.stem}\" AS FROM '{file}'")
            return database.execute(sql).fetchall()

    return ask
