"""The SDK's command line, with one sentence for each mistake and an end to everything."""

import gc
import logging
import os
import signal
import sys
from types import FrameType
from typing import Any, Final

import click
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from singer_sdk import Tap
from singer_sdk.exceptions import ConfigValidationError, SingerSDKError
from typing_extensions import override

from sourcewright.singer.files import JsonFile, require_settings
from sourcewright.singer.output import LineWriter, end_with_reader, guard_logs, quiet_engine

_GC_THRESHOLDS: Final = (50_000, 20, 100)
"""A page of records may be 100,000 objects: Python's default of 700 has it search them for cycles half of the time."""


class SyncFailedError(SingerSDKError):
    """Something could not be read; the message is for the user."""


class CommandLine(Tap):
    """A tap whose command never shows a stack trace for what the user can mend, and writes only whole messages."""

    message_writer_class = LineWriter
    message_writer: LineWriter

    @classmethod
    def main(cls) -> None:
        """Run the command."""
        command = cls.cli
        quiet_engine()
        guard_logs()
        try:
            command()
        except SystemExit as ended:
            exit_code = ended.code
        except Exception as error:  # noqa: BLE001 - the last one to look at it
            _report(cls.logger, error)
            exit_code = 1
        else:
            exit_code = 0
        if exit_code:
            # The source's threads may wait for a reader that is gone
            logging.shutdown()
            os._exit(exit_code if isinstance(exit_code, int) else 1)

    @classmethod
    @override
    def invoke(cls, *, about: bool = False, **options: Any) -> None:
        if not about:
            gc.freeze()
            gc.set_threshold(*_GC_THRESHOLDS)
            end_with_reader()
        super().invoke(about=about, **options)

    @classmethod
    @override
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> Any:
        for path in value:
            if path != "ENV":
                require_settings(path)
        return super().cb_config(ctx, param, value)

    @classmethod
    @override
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        for parameter in command.params:
            if parameter.name in ("catalog", "state"):
                parameter.type = JsonFile(parameter.name)
        return command

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """End between two messages; all that a saved state covers has been written before it."""
        self.message_writer.stop(128 + signal.Signals(signum))


def _report(logger: logging.Logger, error: Exception) -> None:
    if isinstance(error, ConfigValidationError):
        for message in error.errors:
            logger.error("%s", message)
    elif isinstance(error, AirbyteTracedException):
        logger.error("%s", error.message or error.internal_message)
    elif isinstance(error, SingerSDKError):
        logger.error("%s", error)
    else:
        logger.error("Unexpected error: %s", error, exc_info=error)
    sys.stderr.flush()
