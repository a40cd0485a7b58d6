"""A stream of a source, as the SDK sees it."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import (
    AirbyteRecordMessage,
    AirbyteStateMessage,
    AirbyteStream,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import RemoveRecordTransform, SameRecordTransform
from singer_sdk.singerlib.catalog import REPLICATION_INCREMENTAL
from singer_sdk.streams import Stream
from typing_extensions import override

from sourcewright.singer.bookmarks import to_airbyte, to_bookmark

if TYPE_CHECKING:
    from sourcewright.singer.tap import SourceTap


class SourceStream(Stream):
    """Name, schema, keys and cursor field are the source's; selection and stream maps are the SDK's."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    """Records are JSON already, and go to Airbyte's destinations as they are."""

    def __init__(self, tap: "SourceTap", source_stream: AirbyteStream) -> None:
        super().__init__(tap, schema=dict(source_stream.json_schema), name=source_stream.name)
        self._source_tap = tap
        self._source_stream = source_stream
        keys = source_stream.source_defined_primary_key or []
        # Singer's keys are fields of the record; a key within one has no name there
        self.primary_keys = [path[0] for path in keys] if all(len(path) == 1 for path in keys) else []
        if SyncMode.incremental in (source_stream.supported_sync_modes or []):
            self.replication_key = ".".join(source_stream.default_cursor_field or [])

    @property
    def is_wanted(self) -> bool:
        """Whether the stream is selected, and no stream map drops it."""
        return self.selected and not all(isinstance(each, RemoveRecordTransform) for each in self.stream_maps)

    @property
    def is_incremental(self) -> bool:
        """Whether the stream goes on from a bookmark and writes one."""
        return self.replication_method == REPLICATION_INCREMENTAL and bool(self.replication_key)

    def configured(self) -> ConfiguredAirbyteStream:
        """The stream as it stands in a configured catalog of Airbyte."""
        mode = SyncMode.incremental if self.is_incremental else SyncMode.full_refresh
        return ConfiguredAirbyteStream(
            stream=self._source_stream, sync_mode=mode, destination_sync_mode=DestinationSyncMode.append
        )

    def saved_state(self) -> AirbyteStateMessage | None:
        """Where to go on from, as the source wants it."""
        bookmark = self.tap_state.get("bookmarks", {}).get(self.name, {})
        return to_airbyte(self.name, bookmark, str(self.replication_key)) if self.is_incremental else None

    def save_state(self, stream_state: Mapping[str, Any]) -> bool:
        """Put the bookmark of a state that the source sent in place of the saved one; False where there is none."""
        bookmark = to_bookmark(stream_state, str(self.replication_key)) if self.is_incremental else {}
        if bookmark:
            self.tap_state.setdefault("bookmarks", {})[self.name] = bookmark
        return bool(bookmark)

    def passes_records(self) -> bool:
        """Whether records go out as they come: no field deselected, no stream map, no flattening."""
        (first, *others) = self.stream_maps
        same = isinstance(first, SameRecordTransform) and not first.flattening_enabled and not others
        return same and all(self.mask.values())

    def write_schema(self) -> None:
        """Write the SCHEMA messages of the stream and of what stream maps make of it."""
        self._write_schema_message()

    def write_mapped(self, record: AirbyteRecordMessage) -> None:
        """Write what selection, stream maps and flattening leave of a record."""
        self._write_record_message(dict(record.data))

    @override
    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        """Read this stream alone, and no more of it than --test asks for."""
        reading = self._source_tap.reading([self])
        for record in islice(reading.records(), self.ABORT_AT_RECORD_COUNT):
            yield dict(record.data)
        reading.leave()
        self._source_tap.message_writer.flush()
        reading.finish()

    @override
    def _write_state_message(self) -> None:
        self._tap.state_writer.write_state(self.tap_state)

    @override
    def _increment_stream_state(self, *_: Any, **__: Any) -> None:
        """Leave the bookmark alone: it is the source that knows how far it has read."""

    _write_starting_replication_value = _increment_stream_state
    _write_replication_key_signpost = _increment_stream_state
    _finalize_state = _increment_stream_state
