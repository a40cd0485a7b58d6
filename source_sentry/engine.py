"""The engine's parts that the manifest cannot reach: cursor class, shared parent, checkpoint pace.

Private names of airbyte-cdk that are relied on, and why, are listed in docs/engine.md and covered by tests.
"""

import threading
import time
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final

from airbyte_cdk.sources.declarative.incremental.concurrent_partition_cursor import ConcurrentPerPartitionCursor
from airbyte_cdk.sources.declarative.models import ParentStreamConfig as ParentStreamConfigModel
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.declarative.partition_routers.substream_partition_router import ParentStreamConfig
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Config, Record, StreamSlice
from typing_extensions import override

from source_sentry.governor import GovernedAdapter, Governor
from source_sentry.windows import WindowProgress

CHECKPOINT_SECONDS: Final = 10.0
"""Pace of STATE messages in a running stream; the engine's own is 600."""


class ProjectCursor(ConcurrentPerPartitionCursor):
    """State that says how far each project was read, instead of when its newest record was.

    {"use_global_cursor": false, "states": [{"partition": {"project": "42"}, "cursor": {"dateCreated": "…Z"}}]}

    The cursor is exclusive: everything before it was read. So a quiet project is not read anew from its last event
    on, a new one starts at `start_date` and not at the others' cursor, and no record's date is parsed.
    """

    SWITCH_TO_GLOBAL_LIMIT = DEFAULT_MAX_PARTITIONS_NUMBER = 2**31  # a global cursor loses the slower projects' records

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        self._started = time.time()
        return map(WindowProgress.attach, super().stream_slices())

    @override
    def observe(self, record: Record) -> None:
        """Keep the pace of states while a long window is read; the record itself changes nothing."""
        if time.time() - max(self._last_emission_time, self._started) > CHECKPOINT_SECONDS:
            with self._lock:
                self._emit_state_message()

    @override
    def close_partition(self, partition: Partition) -> None:
        window = partition.to_slice()
        assert isinstance(window, StreamSlice)  # noqa: S101 - what stream_slices yields
        key = self._to_partition_key(window.partition)
        with self._lock:
            self._semaphore_per_partition[key].acquire()
            if WindowProgress.of(window).covers(window):
                self._advance(key, partition, window)
            self._cleanup_if_done(key)
            self._emit_state_message()

    def _advance(self, key: str, partition: Partition, window: StreamSlice) -> None:
        """Count the window's end as the newest record seen, since all before it was read."""
        boundary = {self.cursor_field.cursor_field_key: WindowProgress.of(window).read_until}
        cursor = self._cursor_per_partition[key]
        cursor.observe(Record(data=boundary, stream_name=self._stream_name, associated_slice=window))
        cursor.close_partition(partition)

    @property
    @override
    def state(self) -> MutableMapping[str, Any]:
        return {name: value for name, value in super().state.items() if name in ("use_global_cursor", "states")}

    @override
    def _throttle_state_message(self) -> float | None:
        now = time.time()
        return now if now - self._last_emission_time > CHECKPOINT_SECONDS else None


class SharedParent:
    """A parent stream that is read once for all its child streams, by whichever asks first."""

    def __init__(self, stream: AbstractStream) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._records: list[Mapping[str, Any]] | None = None

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self._stream.name

    def records(self) -> list[Mapping[str, Any]]:
        """All records of the stream; a failed reading is tried again by the next child."""
        with self._lock:
            if self._records is None:
                partitions = self._stream.generate_partitions()
                self._records = [record.data for partition in partitions for record in partition.read()]
            return self._records


class ComponentFactory(ModelToComponentFactory):
    """The engine's factory, with this connector's cursor, parents and pace of requests."""

    def __init__(self, governor: Governor, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._governor = governor
        self._parents: dict[str, SharedParent] = {}

    @override
    def create_http_requester(self, *args: Any, name: str, **kwargs: Any) -> HttpRequester:
        requester = super().create_http_requester(*args, name=name, **kwargs)
        for scheme in ("http://", "https://"):
            requester._http_client._session.mount(scheme, GovernedAdapter(self._governor, name))  # noqa: SLF001
        return requester

    @override
    def create_concurrent_cursor_from_perpartition_cursor(
        self, *args: Any, **kwargs: Any
    ) -> ConcurrentPerPartitionCursor:
        cursor = super().create_concurrent_cursor_from_perpartition_cursor(*args, **kwargs)
        cursor.__class__ = (
            ProjectCursor  # the engine has no hook for the class; ProjectCursor sets its own attributes at start
        )
        return cursor

    @override
    def create_parent_stream_config_with_substream_wrapper(
        self, model: ParentStreamConfigModel, config: Config, *, stream_name: str, **kwargs: Any
    ) -> ParentStreamConfig:
        parent: ParentStreamConfig = super().create_parent_stream_config_with_substream_wrapper(
            model, config, stream_name=stream_name, **kwargs
        )
        parent.stream = self.share(parent.stream)  # type: ignore[assignment]
        return parent

    def share(self, stream: AbstractStream) -> SharedParent:
        """The one SharedParent of all streams of that name."""
        return self._parents.setdefault(stream.name, SharedParent(stream))

    @override
    def _uses_split_request_window_action(self, error_handler: Any) -> bool:
        """Tell the engine that a handler splits windows, which it cannot see in custom handlers and warns of."""
        return bool(getattr(error_handler, "splits", False)) or super()._uses_split_request_window_action(error_handler)
