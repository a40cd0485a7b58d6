"""A declarative Airbyte source as a Singer tap: `class TapX(SourceTap): name = …; source_class = SourceX`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from typing import Any, ClassVar

from airbyte_cdk.models import AirbyteRecordMessage, ConnectorSpecification
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities, TapCapabilities
from singer_sdk.singerlib import StateMessage
from typing_extensions import override

from sourcewright import prepared, raw_records, secrets
from sourcewright.cli.progress import shown
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Entrypoint, require_known, wrong_input
from sourcewright.singer.command import CommandLine
from sourcewright.singer.reading import ReadableStream, Reading
from sourcewright.singer.settings import settings_schema
from sourcewright.singer.stream import SourceStream


class SourceTap(CommandLine):
    """Streams, schemas, keys and settings are the source's own, and one source reads all selected streams at once."""

    source_class: ClassVar[type[ManifestSource]]
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        TapCapabilities.CATALOG,
        TapCapabilities.DISCOVER,
        TapCapabilities.STATE,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take the settings from the source's spec."""
        super().__init_subclass__(**kwargs)
        cls.config_jsonschema = settings_schema(prepared.specification(cls.source_class.package()))

    @cached_property
    def source(self) -> ManifestSource:
        """The source without catalog and state: its streams and settings."""
        # The engine treats an empty config as none, and then sets no defaults
        return self.source_class(config=dict(self.config) or dict.fromkeys(self.config_jsonschema["required"], ""))

    @override
    def check_settings(self, *, require_all: bool) -> None:
        """Validate the settings in the source's own form, in which older names are translated."""
        if self.config.get("batch_config"):
            raise wrong_input("Setting `batch_config` asks for batches, but this tap writes records: remove it.")
        schema = self.config_jsonschema
        self.append_builtin_config(schema)
        secrets.know_settings(self.config, schema)
        settings = self.source.settings if self.config else {}
        wanted = schema if require_all else {**schema, "required": []}
        Entrypoint.validate_connection(ConnectorSpecification(connectionSpecification=wanted), settings)

    @override
    def discover_streams(self) -> Sequence[SourceStream]:
        catalog, costly = self.source.discover(self.logger, self.config), self.source.costly_streams()
        whole = self.source.whole_streams()
        streams = [
            SourceStream(
                self,
                stream,
                self.reading,
                selected_by_default=stream.name not in costly,
                whole_by_default=stream.name in whole,
            )
            for stream in catalog.streams
        ]
        require_known(list(self.input_catalog or {}), [stream.name for stream in streams])
        return streams

    def reading(self, streams: Sequence[ReadableStream]) -> Reading:
        """Start to read `streams`; STATE messages have the states of all of them, at the pace of `StatePace`."""
        return Reading(self.source_class, self.config, streams, self.logger, self._save)

    def _save(self) -> Mapping[str, Any]:
        self.state_writer.write_state(self.state)
        return self.state

    @override  # type: ignore[misc]  # the SDK reads one stream after the other
    def sync_all(self) -> None:
        """Read all selected streams at once: first all SCHEMAs, then RECORDs, and each STATE after what it covers.

        Raises:
            SyncFailedError: Some streams could not be read to their end; all others are complete.

        """
        streams = self._wanted()
        if not streams:
            self.logger.warning("No stream is selected, so nothing is read.")
            return
        reading = self.reading(streams)
        with shown(reading.progress):
            self._write_records(reading.pages(), streams)
        if self.state:
            # Repeated, because some targets keep a state only if no record follows it
            self.write_message(StateMessage(value=self.state))
        self.message_writer.flush()
        reading.finish()

    @override  # type: ignore[misc]  # the SDK reads one stream after the other
    def run_connection_test(self) -> bool:
        """Write the first record of each selected stream. One reading does it: many would read parents many times."""
        streams = self._wanted()
        reading = self.reading(streams)
        self._write_records(reading.first_records(), streams)
        self.message_writer.flush()
        reading.finish()
        return True

    def _wanted(self) -> list[SourceStream]:
        return [stream for stream in self.streams.values() if isinstance(stream, SourceStream) and stream.is_wanted]

    def _write_records(self, records: Iterator[AirbyteRecordMessage], streams: Sequence[SourceStream]) -> None:
        """Write the SCHEMA of each stream, then the records, of which one may stand for a page."""
        for stream in streams:
            stream.write_schema()
        with ExitStack() as stack:
            counts = {each.name: stack.enter_context(each.get_record_counter()).increment for each in streams}
            writers = {each.name: self._record_writer(each) for each in streams}
            for record in records:
                writers[record.stream](record)
                counts[record.stream](raw_records.count(record.data))

    def _record_writer(self, stream: SourceStream) -> Callable[[AirbyteRecordMessage], None]:
        if stream.passes_records():
            return partial(self.message_writer.write_record, key=stream.primary_keys)
        return stream.write_changed
