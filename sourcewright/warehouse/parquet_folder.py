"""A folder of Parquet files as a target."""

import os
from pathlib import Path
from typing import Final

from typing_extensions import override

from sourcewright.inputs import wrong_input
from sourcewright.warehouse.columns import quote, text
from sourcewright.warehouse.duckdb_file import DuckDBTarget, open_file, same_key
from sourcewright.warehouse.target import STATES

_DATABASE: Final = "_sync.duckdb"
"""Holds the states, and the rows that are not in the files yet."""


class ParquetTarget(DuckDBTarget):
    """One file for each stream, which `finish` replaces as a whole.

    Until then, the rows are saved in a database beside the files, with their states. A process that dies between the
    two leaves rows in both, which the next one merges again.
    """

    def __init__(self, folder: Path, source: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise wrong_input(f"The folder `{folder}` cannot be made: {error.strerror or error}.") from error
        super().__init__(f"`{folder}`", source, open_file(folder / _DATABASE))
        self._folder = folder

    @override
    def columns_of(self, table: str) -> dict[str, str]:
        """Columns; none where somebody deleted the file, so that its rows are read again."""
        columns = super().columns_of(table)
        if columns and table != STATES and not self._file(table).exists() and self._is_empty(table):
            self.execute(f"DROP TABLE {quote(table)}")
            return {}
        return columns

    @override
    def finish(self) -> None:
        """Merge the rows into the files."""
        for batch in self.batches.values():
            name, file = quote(batch.table.name), self._file(batch.table.name)
            if file.exists() and self._is_empty(batch.table.name):
                continue
            new, rows = file.with_suffix(".new"), f"SELECT * FROM {name}"
            if file.exists():
                rows += (
                    f" UNION ALL BY NAME SELECT * FROM read_parquet({text(str(file))}) AS old WHERE NOT EXISTS "
                    f"(SELECT 1 FROM {name} AS new WHERE {same_key(batch.table, 'old', 'new')})"
                )
            self.execute(f"COPY ({rows}) TO {text(str(new))} (FORMAT parquet, COMPRESSION zstd)")
            with new.open("rb") as written:
                os.fsync(written.fileno())
            new.replace(file)
            self.execute(f"DELETE FROM {name}")
        self.execute("CHECKPOINT")

    def _is_empty(self, table: str) -> bool:
        return not self.rows(f"SELECT 1 FROM {quote(table)} LIMIT 1")

    def _file(self, table: str) -> Path:
        return self._folder / f"{table}.parquet"
