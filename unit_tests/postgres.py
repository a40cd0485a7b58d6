"""A PostgreSQL server for tests, where its programs are installed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import pytest

PASSWORD: Final = "pg-test-0123456789abcdef"
_PLACES: Final = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
_UNPRIVILEGED: Final = "nobody"
"""Runs the server where root runs the tests, as the server refuses to run as root."""


@dataclass
class Postgres:
    """A server that runs on loopback."""

    port: int
    _numbers: Iterator[int] = field(default_factory=count)

    def new_database(self) -> str:
        """Address of a database that is empty."""
        name = f"test_{next(self._numbers)}"
        _run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "tester", name)
        return f"postgresql://tester:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    @staticmethod
    def query(address: str, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query of the database at `address`."""
        with adbc.connect(address) as connection, connection.cursor() as cursor, duckdb.connect() as duck:
            cursor.execute(sql)
            return duck.from_arrow(cursor.fetch_arrow()).fetchall()


def is_installed() -> bool:
    return _program("initdb") is not None


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server in a temporary folder, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        if os.geteuid() == 0:
            shutil.chown(folder, _UNPRIVILEGED)
        secret, data = Path(folder, "password"), f"{folder}/data"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        _run(
            "initdb", "-D", data, "-U", "tester", "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync", "-E", "UTF8"
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        _run("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield Postgres(port)
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(program: str, *arguments: str) -> None:
    path = _program(program)
    assert path
    subprocess.run(
        [path, *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PGPASSWORD": PASSWORD, "LC_ALL": "C.UTF-8"},
        user=_UNPRIVILEGED if os.geteuid() == 0 else None,
        cwd="/",
        timeout=60,
    )


def _program(name: str) -> str | None:
    places = [str(path) for place in _PLACES for path in sorted(Path("/").glob(place[1:]), reverse=True)]
    return shutil.which(name, path=os.pathsep.join([*places, os.environ["PATH"]]))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    if not is_installed():
        pytest.skip("PostgreSQL is not installed: Debian's package `postgresql` has it")
    with running() as server:
        yield server
