"""A stream of a source, as the SDK sees it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

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
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE, REPLICATION_INCREMENTAL
from typing_extensions import override

from sourcewright.raw_records import decode
from sourcewright.singer.bookmarks import to_airbyte, to_bookmark
from sourcewright.singer.reading import ReadableStream, Reading
from sourcewright.singer.sdk import SdkStream, SdkTap


class SourceStream(SdkStream):
    """Name, schema, keys and cursor field are the source's; selection and stream maps are the SDK's."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    """Records are JSON already, and stay as Airbyte's destinations get them."""

    def __init__(
        self,
        tap: SdkTap,
        source_stream: AirbyteStream,
        read: Callable[[Sequence[ReadableStream]], Reading],
        *,
        selected_by_default: bool,
        whole_by_default: bool = False,
    ) -> None:
        self.selected_by_default = selected_by_default
        super().__init__(tap, schema=dict(source_stream.json_schema), name=source_stream.name)
        self._writer = tap.message_writer
        self._source_stream = source_stream
        self._read = read
        keys = source_stream.source_defined_primary_key or []
        # A Singer key is a top-level field of the record; a nested key cannot be named
        self.primary_keys = [path[0] for path in keys] if all(len(path) == 1 for path in keys) else []
        if SyncMode.incremental in (source_stream.supported_sync_modes or []):
            self.replication_key = ".".join(source_stream.default_cursor_field or [])
        if whole_by_default:
            self.forced_replication_method = REPLICATION_FULL_TABLE  # a catalog may say otherwise

    @property
    def is_wanted(self) -> bool:
        """Whether the stream is selected, and no stream map drops it."""
        return self.selected and not all(isinstance(each, RemoveRecordTransform) for each in self.stream_maps)

    @property
    def is_incremental(self) -> bool:
        """Whether the stream continues from a bookmark and writes one."""
        return self.replication_method == REPLICATION_INCREMENTAL and bool(self.replication_key)

    @property
    def _has_state(self) -> bool:
        """Whether a state is of use: a stream that could be incremental, but is not wanted so, starts anew."""
        return self.is_incremental or not self.replication_key

    def configured(self) -> ConfiguredAirbyteStream:
        """The stream as an entry of Airbyte's configured catalog."""
        mode = SyncMode.incremental if self.is_incremental else SyncMode.full_refresh
        return ConfiguredAirbyteStream(
            stream=self._source_stream, sync_mode=mode, destination_sync_mode=DestinationSyncMode.append
        )

    def saved_state(self) -> AirbyteStateMessage | None:
        """State to continue from, in the source's form; None to read from the start."""
        bookmark = self.tap_state.get("bookmarks", {}).get(self.name, {})
        return to_airbyte(self.name, bookmark, str(self.replication_key)) if self._has_state else None

    def save_state(self, stream_state: Mapping[str, Any]) -> bool:
        """Replace the bookmark by that of the source's new state; False if the state has none."""
        bookmark = to_bookmark(stream_state, str(self.replication_key)) if self._has_state else {}
        if bookmark:
            self.tap_state.setdefault("bookmarks", {})[self.name] = bookmark
        return bool(bookmark)

    def passes_records(self) -> bool:
        """Whether records are written unchanged: no field deselected, no stream map, no flattening."""
        (first, *others) = self.stream_maps
        same = isinstance(first, SameRecordTransform) and not first.flattening_enabled and not others
        return same and all(self.mask.values())

    def write_changed(self, page: AirbyteRecordMessage) -> None:
        """Write what selection, stream maps and flattening leave of a record, or of each that it stands for."""
        for record in decode(page):
            self.write_mapped(record.data)

    @override
    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        """Read this stream alone, and no more of it than --test asks for."""
        reading = self._read([self])
        for record in islice(reading.records(), self.ABORT_AT_RECORD_COUNT):
            yield dict(record.data)
        reading.abandon()
        self._writer.flush()
        reading.finish()
