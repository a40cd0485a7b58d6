"""The engine's loop over the queue, which counts what a page holds as its records."""

from collections.abc import Iterable

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.concurrent_source.concurrent_read_processor import ConcurrentReadProcessor
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.types import Record
from typing_extensions import override

from sourcewright import raw_records


class PageSource(ConcurrentSource):
    """A concurrent source of which one record may stand for a page of them."""

    @override
    def _handle_item(
        self, queue_item: QueueItem, concurrent_stream_processor: ConcurrentReadProcessor
    ) -> Iterable[AirbyteMessage]:
        yield from super()._handle_item(queue_item, concurrent_stream_processor)
        if isinstance(queue_item, Record):
            counter = concurrent_stream_processor._record_counter  # noqa: SLF001 - for "Read … records" in the log
            counter[queue_item.stream_name] += raw_records.count(queue_item.data) - 1
