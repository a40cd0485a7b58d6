"""How far a sync is, by stream."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.sources.concurrent_source.partition_generation_completed_sentinel import (
    PartitionGenerationCompletedSentinel,
)
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.types import PartitionCompleteSentinel
from airbyte_cdk.sources.types import Record

from sourcewright import raw_records
from sourcewright.http.rate_limits import RateLimiter


@dataclass
class StreamProgress:
    """How far one stream is."""

    records: int = 0
    partitions: int = 0
    """Partitions that were found so far."""
    done: int = 0
    """Partitions that were read."""
    is_whole: bool = False
    """Whether all partitions were found."""
    began: float = field(default_factory=time.monotonic)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to read."""
        return self.is_whole and self.done >= self.partitions

    @property
    def rate(self) -> float:
        """Records a second since the stream began."""
        return self.records / max(time.monotonic() - self.began, 1.0)

    def __str__(self) -> str:
        """`12 of 40 partitions, 5,300 records, 170 a second`; `40+` while more may be found."""
        more = "" if self.is_whole else "+"
        pace = f"{self.records:,} records, {self.rate:,.0f} a second"
        return f"{self.done:,} of {self.partitions:,}{more} partitions, {pace}"


@dataclass
class Progress:
    """How far a sync is; one thread notes, another may look."""

    limiter: RateLimiter
    total: int = 0
    """Streams that are read."""
    began: float = field(default_factory=time.monotonic)
    streams: dict[str, StreamProgress] = field(default_factory=dict)
    """Streams that have begun, in that order."""
    bytes_read: Counter[str] = field(default_factory=Counter)
    """Bytes of the answers to each stream."""

    def note(self, batch: Sequence[Any]) -> None:
        """Count what came through the queue: records of one partition, or one other thing."""
        first = batch[0]
        if isinstance(first, Record):
            self._of(first.stream_name).records += sum(raw_records.count(record.data) for record in batch)
        elif isinstance(first, Partition):
            self._of(first.stream_name()).partitions += 1
        elif isinstance(first, PartitionCompleteSentinel):
            self._of(first.partition.stream_name()).done += 1
        elif isinstance(first, PartitionGenerationCompletedSentinel):
            self._of(first.stream.name).is_whole = True

    def under_way(self) -> list[tuple[str, StreamProgress, str]]:
        """Each stream that has begun and not ended: its name, how far it is, and what it waits for, if anything."""
        begun = [(name, stream) for name, stream in list(self.streams.items()) if not stream.is_done]
        return [(name, stream, self.limiter.wait_of(name)) for name, stream in begun]

    def summary(self) -> str:
        """`63 of 71 streams done, 29,525 records, 41 s`."""
        streams = list(self.streams.values())
        done, records = sum(stream.is_done for stream in streams), sum(stream.records for stream in streams)
        return f"{done} of {self.total} streams done, {records:,} records, {time.monotonic() - self.began:,.0f} s"

    def sentence(self) -> str:
        """All of it in a line."""
        parts = [f"{name} {stream}{wait and f', waits: {wait}'}" for name, stream, wait in self.under_way()]
        return "; ".join([f"Progress: {self.summary()}", *parts])

    def _of(self, stream: str) -> StreamProgress:
        return self.streams.setdefault(stream, StreamProgress())
