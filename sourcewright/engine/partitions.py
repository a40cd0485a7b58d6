"""Partitions of the engine with something of them changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record
from typing_extensions import override


class PartitionAround(Partition):
    """`partition` itself, until a subclass overrides a part of it."""

    def __init__(self, partition: Partition) -> None:
        self.partition = partition

    @override
    def to_slice(self) -> Mapping[str, Any] | None:
        return self.partition.to_slice()

    @override
    def read(self) -> Iterable[Record]:
        return self.partition.read()

    @override
    def stream_name(self) -> str:
        return self.partition.stream_name()

    @override
    def __hash__(self) -> int:
        return hash(self.partition)
