"""Streams that are read apart from the sync: as parents of other streams, for `check`, for error messages."""

import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Final

import orjson
from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from sourcewright.components.runtime import ParentBatch, Row
from sourcewright.engine.factory import ComponentFactory
from sourcewright.engine.shared import SharedRows, SharedStream, fields_of, only
from sourcewright.http.pages import PageSlots

_FEW_RETRIES: Final = {"max_retries": 1, "max_wait": 300}
"""Bounds of what `check` and error messages ask for: somebody waits for them."""
BATCH_PARENTS = 100
"""Least number of parents between two states. A state is as large as the number of the parent's partitions, so there
are at least as many parents between two of them: all states together are no larger than what was read."""


class SharedBatches:
    """Batches that several threads iterate over: each is read by the first that needs it, and kept for the others.

    An error comes to all of them, after the batches before it.
    """

    def __init__(self, batches: Iterator[ParentBatch]) -> None:
        self._batches = batches
        self._read: list[ParentBatch] = []
        self._error: Exception | None = None
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[ParentBatch]:
        """Yield all batches, in their order."""
        place = 0
        while (batch := self._at(place)) is not None:
            yield batch
            place += 1

    def _at(self, place: int) -> ParentBatch | None:
        with self._lock:
            if place < len(self._read):
                return self._read[place]
            if self._error:
                raise self._error
            try:
                self._read += [batch] if (batch := next(self._batches, None)) else []
            except Exception as error:
                self._error = error  # the iterator has ended with it, as if there was no more
                raise
            return batch


class DefinedStreams:
    """Streams by the name of their definition.

    A parent stream is read once, by whichever child asks first, while the others wait for it. Where that fails, it
    fails for all of them. Only the fields that its children need are kept. One that the sync reads anyway, whole, is
    not read again: its children wait for that.
    """

    def __init__(
        self,
        definitions: Mapping[str, Any],
        config: Mapping[str, Any],
        parent_settings: Mapping[str, Any],
        slots: PageSlots,
        make_factory: Callable[[ConnectorStateManager], ComponentFactory],
    ) -> None:
        self._make_factory = make_factory
        self._definitions = definitions
        self._config = config
        self._parent_config = {**config, **parent_settings}
        self._slots = slots
        self._lock = threading.RLock()
        self._locks: dict[str, threading.Lock] = {}
        self._found: dict[tuple[str, ...], list[Row]] = {}
        self._kept: dict[str, frozenset[str]] = {}
        self._rows: dict[str, tuple[frozenset[str], list[Row]]] = {}
        self._touched: dict[tuple[str, frozenset[str], bytes], SharedBatches] = {}
        self._failed: dict[str, Exception] = {}
        self._shared: dict[str, SharedRows] = {}

    def lookup(self, name: str, /, **settings: str) -> list[Row]:
        """All records of the definition `name` with `settings` in its config, read once and with few retries."""
        with self._lock_of(name):
            key = name, *settings.values()
            if key not in self._found:
                stream = self._build(self._definitions[name], {**self._config, **_FEW_RETRIES, **settings})
                self._found[key] = [record for _, record in self._records(stream)]
            return self._found[key]

    def ask(self, name: str, /, *fields: str, **settings: Any) -> list[Row]:
        """`fields` of all records of the definition `name` with `settings` in its config, read anew with each call."""
        stream = self._build(self._definitions[name], {**self._parent_config, **settings})
        return [only(frozenset(fields), record) for _, record in self._records(stream)]

    def stream_name(self, name: str) -> str:
        """What messages call the stream of the definition `name`: `projects` for `project_list`."""
        definition = self._definitions[name]
        return str(definition.get("$parameters", definition).get("name", definition["name"]))

    def parent_key(self, name: str) -> list[str]:
        """Primary key of the parent stream `name`."""
        return list(self._definitions[name]["primary_key"])

    def keep(self, name: str, fields: Iterable[str]) -> None:
        """Announce that `fields` of the parent stream `name` will be needed."""
        with self._lock:
            self._kept[name] = self._kept.get(name, frozenset()) | frozenset(fields)

    def parent_rows(self, name: str, *fields: str) -> list[Row]:
        """The kept fields of each record of `name`, or of its partition; without `fields` those that were announced."""
        shared = self._shared.get(name)
        if shared and not fields and shared.fields == self._kept[name]:
            return shared.rows()
        with self._read_of(name):
            self.keep(name, fields)
            kept = self._kept[name]
            if self._rows.get(name, (None, []))[0] != kept:
                rows = [only(kept, of_slice, record) for of_slice, record in self._records(self._parent(name))]
                self._rows[name] = kept, rows
            return self._rows[name][1]

    def share(self, streams: Iterable[AbstractStream], read_before: Container[str]) -> None:
        """Take the rows of parents from the sync, which is about to read `streams`, where it sends the same requests.

        It does not where settings differ, and has fewer records where they are filtered by date.
        """
        for stream in streams if self._parent_config == self._config else ():
            name = stream.name
            filtered = self._definitions.get(name, {}).get("incremental_sync")
            is_whole = not filtered or not (name in read_before or self._config.get("start_date"))
            if name in self._kept and is_whole and isinstance(stream, DefaultStream):
                self._shared[name] = SharedStream.of(stream, self._kept[name])

    def touched(self, name: str, state: Mapping[str, Any]) -> Iterable[ParentBatch]:
        """What an incremental sync of `name` reads, starting at `state`; read once for all children with that state.

        Each batch is there as soon as it was read, for whichever child asks first.
        """
        with self._read_of(name):
            key = name, self._kept[name], orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
            if key not in self._touched:
                self._touched[key] = SharedBatches(self._read_batches(name, state))
            return self._touched[key]

    def _read_batches(self, name: str, state: Mapping[str, Any]) -> Iterator[ParentBatch]:
        stream, kept = self._build(self._definitions[name], self._parent_config, state), self._kept[name]
        rows: list[Row] = []
        reached = state
        with self._slots.reading():
            for partition in stream.generate_partitions():
                of_slice = fields_of(partition)
                for record in partition.read():
                    stream.cursor.observe(record)
                    rows.append(only(kept, of_slice, record.data))
                stream.cursor.close_partition(partition)
                if len(rows) >= max(BATCH_PARENTS, len(reached.get("states", ()))):
                    reached = deepcopy(stream.cursor.state)
                    yield ParentBatch(rows, reached)
                    rows = []
        # The state of a stream that has a touched parent itself advances when its last partition was made
        yield ParentBatch(rows, deepcopy(stream.cursor.state))

    def _parent(self, name: str) -> AbstractStream:
        """The whole stream: a cursor that filters the whole list by date would only hide parents."""
        definition = dict(self._definitions[name])
        if definition.get("incremental_sync", {}).get("is_client_side_incremental"):
            del definition["incremental_sync"]
            definition.pop("state_migrations", None)
        return self._build(definition, self._parent_config)

    def _build(
        self, definition: Mapping[str, Any], config: Mapping[str, Any], state: Mapping[str, Any] | None = None
    ) -> AbstractStream:
        with self._lock:
            factory = self._make_factory(states_of(definition["name"], state))
            stream: AbstractStream = factory.create_component(DeclarativeStream, definition, config)
        return stream

    def _records(self, stream: AbstractStream) -> Iterator[tuple[Mapping[str, Any], Row]]:
        """Each record with the fields of its slice."""
        with self._slots.reading():
            for partition in stream.generate_partitions():
                of_slice = fields_of(partition)
                for record in partition.read():
                    yield of_slice, record.data

    @contextmanager
    def _read_of(self, name: str) -> Iterator[None]:
        """Read the parent `name` alone, and never again once that has failed."""
        with self._lock_of(name):
            if name in self._failed:
                raise self._failed[name]
            try:
                yield
            except Exception as error:
                self._failed[name] = error
                raise

    def _lock_of(self, name: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(name, threading.Lock())


def states_of(stream: str, state: Mapping[str, Any] | None) -> ConnectorStateManager:
    """What the engine takes the saved `state` of one stream from."""
    if not state:
        return ConnectorStateManager([])
    saved = AirbyteStreamState(StreamDescriptor(name=stream), AirbyteStateBlob(dict(state)))
    return ConnectorStateManager([AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=saved)])
