"""Datasets of Explore whose rows are read, and what the rows of each have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Dataset:
    """One dataset."""

    stream: str
    """Stream of the manifest that reads all rows of it."""
    key: str = "id"
    """Field that tells the rows of a project apart."""
    flag: str = ""
    """Field of a project that says whether it ever had such rows."""
    page_rows: int = 100
    """Rows that are asked for at a time. The server gives logs and metrics up to 9,999, which take it long."""
    hours: int = 0
    """Hours that a request may span, since the server takes samples of more; 0 for any number.

    Not 0 only where the server has samples of what is older than the retention, too.
    """

    @property
    def ordered_by(self) -> list[str]:
        """Time, key, and what else each request names."""
        return ["timestamp", self.key, "project.id"]

    @property
    def step(self) -> str:
        """Duration of a window, after which progress is saved."""
        return "P1D" if self.hours else "P7D"


DATASETS: Final[Mapping[str, Dataset]] = {
    "errors": Dataset("error_rows"),
    "logs": Dataset("logs", flag="hasLogs", page_rows=1000, hours=4),
    "spans": Dataset("spans", hours=4),
    "tracemetrics": Dataset("trace_metrics", flag="hasTraceMetrics", page_rows=1000, hours=4),
    "uptime_results": Dataset("uptime_results", key="check_id"),
}
