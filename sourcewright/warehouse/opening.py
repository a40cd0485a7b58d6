"""Finds the target that an address names."""

from pathlib import Path
from typing import Final

from sourcewright.inputs import wrong_input
from sourcewright.warehouse.duckdb_file import DuckDBTarget
from sourcewright.warehouse.parquet_folder import ParquetTarget
from sourcewright.warehouse.target import Target

_DATABASES: Final = (".duckdb", ".ddb", ".db")
_SERVERS: Final = ("postgresql://", "postgres://")


def open_target(address: str, source: str, schema: str) -> Target:
    """Target at `address`: a DuckDB file, a PostgreSQL database, a folder of Parquet files.

    Raises:
        AirbyteTracedException: It names none, or cannot be opened.
        ImportError: A package is not installed.

    """
    if address.startswith(_SERVERS):
        from sourcewright.warehouse.postgres import PostgresTarget  # noqa: PLC0415 - a package of its own

        return PostgresTarget(address, source, schema)
    path = Path(address)
    if address.endswith("/") or path.is_dir():
        if schema:
            raise wrong_input("--schema is for databases; name another folder instead.")
        return ParquetTarget(path, source)
    if path.suffix in _DATABASES:
        return DuckDBTarget.open(path, source, schema)
    raise wrong_input(
        f"--into `{address}` is no target: name a file that ends in .duckdb, a folder (which ends in /), or "
        "postgresql://user:password@host/database."
    )
