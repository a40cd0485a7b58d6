"""One run of a source that reads any number of streams."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Protocol

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStateMessage,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
)
from singer_sdk.exceptions import SingerSDKError

from sourcewright.engine.failures import StreamsFailedError
from sourcewright.engine.messages import retell
from sourcewright.engine.pace import StatePace
from sourcewright.engine.source import ManifestSource
from sourcewright.raw_records import decode


class SyncFailedError(SingerSDKError):
    """Something could not be read; the message is for the user."""


class ReadableStream(Protocol):
    """What a reading needs of a stream."""

    name: str

    def configured(self) -> ConfiguredAirbyteStream:
        """The stream as an entry of Airbyte's configured catalog."""

    def saved_state(self) -> AirbyteStateMessage | None:
        """State to continue from, None to read from the start."""

    def save_state(self, stream_state: Mapping[str, Any]) -> bool:
        """Replace the bookmark by that of the source's new state; False if the state has none."""


class Reading:
    """Yields records, turns states into bookmarks, and logs the source's log messages and errors."""

    def __init__(
        self,
        source_class: type[ManifestSource],
        config: Mapping[str, Any],
        streams: Sequence[ReadableStream],
        logger: logging.Logger,
        save: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._streams = {stream.name: stream for stream in streams}
        self._config = dict(config)
        self._logger = logger
        self._save = save
        """Writes the state of all streams, and returns it; called after the records that it covers were yielded."""
        self._is_new = False
        """Whether a bookmark has changed since."""
        self._catalog = ConfiguredAirbyteCatalog(streams=[stream.configured() for stream in streams])
        self._state = [state for stream in streams if (state := stream.saved_state())]
        self._source = source_class(catalog=self._catalog, config=self._config, state=self._state)
        self.progress = self._source.progress
        self._pace = StatePace(lambda: sum(self.progress.bytes_read.values()))
        self._messages = self._source.read_pages(self._catalog, self._state)
        # An error that stops everything comes here, before anything is written
        self._first = list(islice(self._messages, 1))
        self._ended: set[str] = set()

    def records(self) -> Iterator[AirbyteRecordMessage]:
        """All records of all streams, in the order of their arrival."""
        return (record for page in self.pages() for record in decode(page))

    def pages(self) -> Iterator[AirbyteRecordMessage]:
        """The same, of which one may stand for a page of records: see `raw_records`."""
        try:
            for message in chain(self._first, self._messages):
                record = message.record
                if record is None:
                    self._take(message)
                else:
                    yield record
                if self._is_new and self._pace.is_due:
                    self._is_new = False
                    self._pace.note(self._save())
        except StreamsFailedError:
            pass  # `finish` says so, once the records are written

    def first_records(self) -> Iterator[AirbyteRecordMessage]:
        """The first record of each stream, until all streams have one or have ended; then no more is taken."""
        waiting = set(self._streams)
        for record in self.records():
            if record.stream in waiting:
                waiting.remove(record.stream)
                yield record
            if waiting <= self._ended:
                break
        self.abandon()

    def abandon(self) -> None:
        """Take no more records, which ends the threads that read them."""
        if isinstance(self._messages, Generator):
            self._messages.close()

    def finish(self) -> None:
        """Fail, after all streams have ended, if one of them could not be read to its end.

        Raises:
            SyncFailedError: It names these streams, with their reasons.

        """
        if summary := self._source.failures.summary():
            raise SyncFailedError(summary)

    def _take(self, message: AirbyteMessage) -> None:
        if message.state:
            self._take_state(message.state)
            return
        retell(message, self._logger)
        status = message.trace.stream_status if message.trace else None
        if status and status.status in (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE):
            self._ended.add(status.stream_descriptor.name)

    def _take_state(self, state: AirbyteStateMessage) -> None:
        found = state.stream
        if found is None or found.stream_state is None:
            return
        self._is_new |= self._streams[found.stream_descriptor.name].save_state(vars(found.stream_state))
