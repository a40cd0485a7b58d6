"""Command line: `source-sentry spec | check | discover | read`."""

import sys

from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import PRINT_BUFFER, init_logger
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_sentry.inputs import Entrypoint, wrong_input
from source_sentry.source import SourceSentry


def main(args: list[str] | None = None) -> None:
    """Run one command of the Airbyte protocol; any failure ends with one TRACE message and exit code 1."""
    init_uncaught_exception_handler(init_logger("airbyte"))
    arguments = sys.argv[1:] if args is None else args
    command = Entrypoint.parse_args(arguments)
    if not command.command:
        raise wrong_input("No command was given: use spec, check, discover or read (--help says more).")
    entrypoint = Entrypoint(_source(arguments))
    # As the engine's `launch` does, with our entrypoint
    with PRINT_BUFFER:
        for message in entrypoint.run(command):
            print(f"{message}\n", end="")  # noqa: T201 - the protocol speaks on stdout


def _source(arguments: list[str]) -> SourceSentry:
    """Build the connector from the files that the command line names."""
    config_path = Entrypoint.extract_config(arguments)
    config = SourceSentry.read_config(config_path) if config_path else None
    update_secrets([str(secret) for key in ("auth_token", "api_token") if config and (secret := config.get(key))])
    catalog_path = Entrypoint.extract_catalog(arguments)
    state_path = Entrypoint.extract_state(arguments)
    return SourceSentry(
        catalog=SourceSentry.read_catalog(catalog_path) if catalog_path else None,
        config=config,
        state=SourceSentry.read_state(state_path) if state_path else None,
    )
