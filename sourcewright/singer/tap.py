"""Any declarative source of Airbyte as a Singer tap: `class TapX(SourceTap): name = …; source_class = SourceX`."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from functools import cached_property
from typing import Any, ClassVar

from airbyte_cdk.models import ConnectorSpecification
from airbyte_cdk.utils.airbyte_secrets_utils import get_secrets, update_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities, TapCapabilities
from singer_sdk.singerlib import StateMessage
from typing_extensions import override

from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Entrypoint
from sourcewright.singer.command import CommandLine, SyncFailedError
from sourcewright.singer.reading import Reading
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
        cls.config_jsonschema = settings_schema(cls.source_class().spec(cls.logger).connectionSpecification)

    @cached_property
    def source(self) -> ManifestSource:
        """The source without catalog and state, to ask for streams and settings."""
        # The engine takes an empty config for none, and then has no defaults
        return self.source_class(config=dict(self.config) or dict.fromkeys(self.config_jsonschema["required"], ""))

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Judge the settings in the form that the source gives them, older names included.

        A setting may be missing, but not wrong, where only the streams are asked for.
        """
        schema = self.config_jsonschema
        self.append_builtin_config(schema)
        update_secrets([str(secret) for secret in get_secrets(schema, self.config) if secret])
        settings = self.source.settings if self.config else {}
        wanted = schema if raise_errors else {**schema, "required": []}
        try:
            Entrypoint.validate_connection(ConnectorSpecification(connectionSpecification=wanted), settings)
        except AirbyteTracedException as error:
            raise ConfigValidationError(
                "The settings are wrong.", errors=[str(error.message)], schema=schema
            ) from error
        return []

    @override
    def discover_streams(self) -> Sequence[SourceStream]:
        streams = [SourceStream(self, stream) for stream in self.source.discover(self.logger, self.config).streams]
        known = [stream.name for stream in streams]
        unknown = ", ".join(f"`{name}`" for name in self.input_catalog or {} if name not in known)
        if unknown:
            raise SyncFailedError(
                f"The catalog names streams that do not exist: {unknown}. There are: {', '.join(known)}."
            )
        return streams

    def reading(self, streams: Sequence[SourceStream]) -> Reading:
        """One reading of the source for `streams`; states are written as they come."""
        return Reading(
            self.source_class, self.config, streams, self.logger, save=lambda: self.state_writer.write_state(self.state)
        )

    @override  # type: ignore[misc]  # the SDK reads one stream after the other
    def sync_all(self) -> None:
        """Read all selected streams at once: all SCHEMA messages, then RECORDs, and STATEs after what they cover.

        Raises:
            SyncFailedError: Some stream could not be read; the others were, to their end.

        """
        streams = [stream for stream in self.streams.values() if isinstance(stream, SourceStream) and stream.is_wanted]
        if not streams:
            self.logger.warning("No stream is selected, so nothing is read.")
            return
        reading = self.reading(streams)
        # What the engine may print, it prints elsewhere; the writer has the standard output already
        with redirect_stdout(sys.stderr):
            for stream in streams:
                stream.write_schema()
            self._write_records(reading, streams)
        if self.state:
            # Once more, because some targets keep only a state that nothing follows
            self.write_message(StateMessage(value=self.state))
        self.message_writer.flush()
        reading.finish()

    def _write_records(self, reading: Reading, streams: Sequence[SourceStream]) -> None:
        straight = self.message_writer.write_record
        with ExitStack() as stack:
            counts = {each.name: stack.enter_context(each.get_record_counter()).increment for each in streams}
            writers = {each.name: straight if each.passes_records() else each.write_mapped for each in streams}
            for record in reading.records():
                writers[record.stream](record)
                counts[record.stream]()
