"""Read Sentry with PyAirbyte into DuckDB or PostgreSQL; the next run reads what is new.

pip install airbyte
python examples/pyairbyte.py config.json sentry.duckdb
python examples/pyairbyte.py config.json postgresql://me:secret@localhost:5432/warehouse --streams issues,events
"""

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# Set before the import: PyAirbyte would ask Airbyte's registry for a source that is not in it
os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")

import pandas as pd
from airbyte.caches import CacheBase, DuckDBCache, PostgresCache
from airbyte.sources import get_source

# PyAirbyte fills PostgreSQL through pandas, which would take texts such as `1.10`, `007` and `1e5` for numbers
pd.read_json = partial(pd.read_json, dtype=False, convert_dates=False)


def main() -> int:
    """Read, and print `<stream> <rows of its table>` for each stream, in the order of their names."""
    parser = argparse.ArgumentParser(description="Read Sentry with PyAirbyte into DuckDB or PostgreSQL.")
    parser.add_argument("config", type=settings, help="file with the settings: {auth_token, organization, ...}")
    parser.add_argument(
        "into", type=cache_of, help="a file such as sentry.duckdb, or postgresql://user:password@host/db"
    )
    parser.add_argument("--streams", default="*", help="names with commas between them; by default all")
    parser.add_argument("--executable", default="source-sentry", help="the command, where it is not in PATH")
    arguments = parser.parse_args()

    # The command and not its manifest, which needs the classes and the engine's settings that come with it
    source = get_source("source-sentry", config=arguments.config, local_executable=arguments.executable)
    source.check()
    source.select_streams("*" if arguments.streams == "*" else arguments.streams.split(","))
    result = source.read(cache=arguments.into)
    for name, dataset in sorted(result.streams.items()):
        sys.stdout.write(f"{name} {len(dataset)}\n")
    return 0


def settings(file: str) -> dict[str, Any]:
    """Settings in a file; an error of argparse where it has none."""
    try:
        found = json.loads(Path(file).read_bytes())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{file} cannot be read as JSON: {error}") from error
    return dict(found)


def cache_of(place: str) -> CacheBase:
    """`sentry.duckdb` -> a file of DuckDB; `postgresql://user:password@host:5432/database` -> PostgreSQL."""
    if "://" not in place:
        return DuckDBCache(db_path=place)
    url = urlsplit(place)
    if url.scheme not in {"postgresql", "postgres"} or not (url.hostname and url.username and url.path.strip("/")):
        raise argparse.ArgumentTypeError("it is not of the form postgresql://user:password@host:5432/database")
    return PostgresCache(
        host=url.hostname,
        port=url.port or 5432,
        username=unquote(url.username),
        password=unquote(url.password or os.environ.get("PGPASSWORD", "")),
        database=url.path.strip("/"),
        schema_name="sentry",
    )


if __name__ == "__main__":
    sys.exit(main())
