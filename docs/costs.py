"""What a stream costs: the requests of a sync that finds nothing new, as the manifest has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from isodate import parse_duration

Stream = Mapping[str, Any]

ONCE: Final = ""
PAGE: Final = "page"
PROJECT: Final = "project"


@dataclass(frozen=True)
class Cost:
    """`count` requests for each `of`: the whole stream, a page, a project, or a record of a parent stream."""

    count: int
    of: str
    recent: bool = False
    """Only records of the parent that its own sync reads again."""
    counted_by: str = ""
    """Only records of the parent where this field is not 0."""

    def __str__(self) -> str:
        """Words for a table: `1 a page`, ``1 a record of `teams` ``."""
        if self.of in (ONCE, PAGE, PROJECT):
            return f"{self.count} a {self.of}" if self.of else str(self.count)
        which = " that is read again" if self.recent else ""
        counted = f" with `{self.counted_by}`" if self.counted_by else ""
        return f"{self.count} a record of `{self.of}`{which}{counted}"


def cost(stream: Stream) -> Cost:
    """Requests of a sync right after another; a partition with more than a page costs one more for each."""
    retriever = stream["retriever"]
    router = retriever.get("partition_router", {})
    kind = str(router.get("class_name", "")).rpartition(".")[2]
    windows = _windows(stream)
    if kind == "ProjectRouter":
        return Cost(windows, PROJECT)
    if kind == "MonitorRouter":
        return Cost(1, "monitors", recent=True)
    if kind:
        return Cost(1, router["parent"], recent=kind == "TouchedRouter", counted_by=router.get("counted_by", ""))
    values = len(router.get("values", [ONCE]))
    if "paginator" not in retriever:
        return Cost(values * windows, ONCE)
    return Cost(values * windows, PAGE)


def _windows(stream: Stream) -> int:
    """Windows that a lookback is read in. Without partitions the state is a record's date, in a window of its own."""
    cursor = stream.get("incremental_sync", {})
    step, lookback = cursor.get("step", ""), cursor.get("lookback_window", "")
    if not step or "{{" in step + lookback:
        return 1
    windows = -(-parse_duration(lookback) // parse_duration(step))
    return int(windows) + ("partition_router" not in stream["retriever"])
