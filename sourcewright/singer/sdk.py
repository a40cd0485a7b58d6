"""singer-sdk's base classes, with the private methods that a tap of a source needs under public names.

No other module uses a private name of the SDK; docs/singer-sdk.md says why each is needed.
"""

import signal
from abc import abstractmethod
from collections.abc import Mapping
from types import FrameType
from typing import Any

from singer_sdk import Stream, Tap
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.plugin_base import _ConfigInput
from typing_extensions import override

from sourcewright.singer.output import MessageWriter


class SdkTap(Tap):
    """A tap that judges its settings itself, and that a signal ends between two messages."""

    message_writer_class = MessageWriter
    message_writer: MessageWriter

    @classmethod
    def config_input(cls, settings: dict[str, Any], *, parse_env: bool) -> Any:
        """What the SDK's command takes for `--config`: settings of the files, and whether the environment goes before.

        Without that it fills in what the files lack.
        """
        found = parse_environment_config(cls.config_jsonschema, f"{cls.name}_".replace("-", "_").upper())
        filled = {} if parse_env else {name: value for name, value in found.items() if value != ""}
        return _ConfigInput(config=filled | settings, parse_env=parse_env)

    @abstractmethod
    def check_settings(self, *, require_all: bool) -> None:
        """Refuse wrong settings, and missing ones too if `require_all`.

        Raises:
            AirbyteTracedException: Its message is for the user. The SDK would add a line to an error of its own.

        """

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        self.check_settings(require_all=raise_errors)
        return []

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        self.message_writer.stop(128 + signal.Signals(signum))


class SdkStream(Stream):
    """A stream whose bookmark the SDK leaves alone: only the source knows how far it has read."""

    def write_schema(self) -> None:
        """Write the SCHEMA messages of the stream and of its stream maps."""
        self._write_schema_message()

    def write_mapped(self, record: Mapping[str, Any]) -> None:
        """Write what selection, stream maps and flattening leave of a record."""
        self._write_record_message(dict(record))

    @override
    def _write_state_message(self) -> None:
        self._tap.state_writer.write_state(self.tap_state)

    @override
    def _increment_stream_state(self, *_: Any, **__: Any) -> None:
        """Write nothing."""

    _write_starting_replication_value = _increment_stream_state
    _write_replication_key_signpost = _increment_stream_state
    _finalize_state = _increment_stream_state
