"""Messages of the streams, on their way to the output."""

from collections.abc import Iterable
from queue import Queue

from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.message.repository import MessageRepository
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from typing_extensions import override

from sourcewright.components.runtime import Refusals


class Messages(ConcurrentMessageRepository):
    """Messages without the states of refused streams: a saved state says that its stream was read."""

    def __init__(self, queue: Queue[QueueItem], decorated: MessageRepository, refusals: Refusals) -> None:
        super().__init__(queue, decorated)
        self._refusals = refusals

    @override
    def emit_message(self, message: AirbyteMessage) -> None:
        saved = message.state.stream if message.state else None
        if not saved or self._refusals.is_saved(saved.stream_descriptor.name):
            super().emit_message(message)


def saved_streams(states: Iterable[AirbyteStateMessage]) -> frozenset[str]:
    """Names of the streams that have a saved state."""
    saved = (state.stream for state in states)
    return frozenset(each.stream_descriptor.name for each in saved if each and vars(each.stream_state or object))
