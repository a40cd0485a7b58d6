"""The SDK's command line, with one sentence for each mistake, which ends even when a thread is blocked."""

import logging
import os
import sys
from typing import Any

import click
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from singer_sdk.exceptions import SingerSDKError
from singer_sdk.tap_base import CliTestOptionValue
from typing_extensions import override

from sourcewright import secrets
from sourcewright.cli.memory import tune_memory
from sourcewright.cli.output import require_stdout
from sourcewright.inputs import FileInputs
from sourcewright.singer.files import JsonFile, require_variables
from sourcewright.singer.logs import configure_logs
from sourcewright.singer.output import end_with_reader, log_prints
from sourcewright.singer.sdk import SdkTap


class CommandLine(SdkTap):
    """A tap whose command shows no stack trace for a user's mistake, and writes nothing but whole messages."""

    @classmethod
    def main(cls) -> None:
        """Run the command."""
        if exit_code := cls.exit_code():
            # A normal exit would wait for the source's threads, which may be blocked
            logging.shutdown()
            os._exit(exit_code)

    @classmethod
    def exit_code(cls, arguments: list[str] | None = None) -> int:
        """Run the command with `arguments`, by default those of the process, and say why where it fails."""
        require_stdout()
        command = cls.cli
        secrets.know_environment()
        configure_logs()
        try:
            command(arguments)
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
        except Exception as error:  # noqa: BLE001 - nothing catches it later
            _report(cls.logger, error)
            return 1
        return 0

    @classmethod
    @override
    def invoke(cls, *, about: bool = False, **options: Any) -> None:
        if not about:
            tune_memory()
            end_with_reader()
            log_prints()
        super().invoke(about=about, **options)

    @classmethod
    @override
    def cb_discover(cls, ctx: click.Context, param: click.Option, value: bool) -> None:
        if value:
            log_prints()
        super().cb_discover(ctx, param, value)

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        if value != CliTestOptionValue.Disabled.value:
            log_prints()
        super().cb_test(ctx, param, value)

    @classmethod
    @override
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> Any:
        """Read each file once, as `--config <(…)` can be read only once."""
        settings: dict[str, Any] = {}
        for path in value:
            if path != "ENV":
                settings |= FileInputs.read_config(path)
        require_variables(cls.config_jsonschema, cls.name)
        return cls.config_input(settings, parse_env="ENV" in value)

    @classmethod
    @override
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        for parameter in command.params:
            if parameter.name in ("catalog", "state"):
                parameter.type = JsonFile(parameter.name)
        return command

    @override
    def run_discovery(self) -> str:
        catalog = self.catalog_json_text
        self.message_writer.write_line(catalog.encode())
        self.message_writer.flush()
        return catalog


def _report(logger: logging.Logger, error: Exception) -> None:
    if isinstance(error, AirbyteTracedException | SingerSDKError):
        logger.error("%s", error)
    else:
        logger.error("Unexpected error: %s", error, exc_info=error)
    sys.stderr.flush()
