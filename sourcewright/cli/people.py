"""Commands that speak to people, and not Airbyte's protocol: their log is plain lines on standard error."""

import io
import json
import logging
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final, TextIO

from airbyte_cdk.models import (
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
)
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from typing_extensions import override

from sourcewright import secrets
from sourcewright.cli.catalog import configured_catalog
from sourcewright.cli.memory import tune_memory
from sourcewright.cli.output import PrintedLines, require_stdout
from sourcewright.cli.progress import shown
from sourcewright.distribution import missing_extra
from sourcewright.engine.failures import StreamsFailedError
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Inputs, wrong_input
from sourcewright.log import is_first_telling, logger

FOR_PEOPLE: Final = ("catalog", "sync")


class PlainFormatter(logging.Formatter):
    """`WARNING: what happened`, without secrets."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return filter_secrets(f"{record.levelname}: {record.getMessage()}")


def run_for_people(source_class: type[ManifestSource], command: Namespace, stdout: TextIO) -> None:
    """Run `catalog`, which writes to `stdout`, or `sync`."""
    logging.getLogger("airbyte").setLevel(logging.DEBUG if command.debug else logging.INFO)
    config = Inputs.of(command).config
    tune_memory()
    secrets.know_settings(config or {})
    source = source_class(config=config or _no_settings(source_class))
    catalog = configured_catalog(source, config, command.streams, command.exclude)
    if command.command == "catalog":
        stdout.write(json.dumps(ConfiguredAirbyteCatalogSerializer.dump(catalog), indent=2) + "\n")
    else:
        _sync(source, command, config or {}, catalog)


def _no_settings(source_class: type[ManifestSource]) -> dict[str, str]:
    """A config for streams alone: the engine treats none, and an empty one, as a source without defaults."""
    return dict.fromkeys(source_class().spec(logger).connectionSpecification["required"], "")


def _sync(
    whole: ManifestSource, command: Namespace, config: Mapping[str, Any], catalog: ConfiguredAirbyteCatalog
) -> None:
    """Read `catalog`, which is a part of `whole`, into `command.into`."""
    secrets.know_address(command.into)
    try:
        from sourcewright.warehouse.opening import open_target  # noqa: PLC0415 - an extra
        from sourcewright.warehouse.sync import Sync  # noqa: PLC0415

        target = open_target(command.into, whole.account(), command.schema)
    except ImportError as error:
        raise wrong_input(missing_extra("warehouse", "`sync`", error)) from error
    with closing(target):
        with target.problems():
            saved = target.prepare([stream.stream for stream in catalog.streams])
        states = [AirbyteStateMessageSerializer.load(state) for state in saved]
        source, sync = type(whole)(catalog=catalog, config=config, state=states), Sync(target)
        failure = None
        try:
            with shown(source.progress, prints=False):
                sync.run(source.read(logger, config, catalog, states))
        except StreamsFailedError as error:
            failure = error
        for stream in catalog.streams:
            name = stream.stream.name
            rest = ", not all that there are" if source.failures.has_failed(name) else ""
            print(f"{name}: {sync.rows[name]:,} rows read{rest}", file=sys.stderr)  # noqa: T201 - which may be closed
        if failure:
            raise failure


def _is_for_people(record: logging.LogRecord) -> bool:
    """False for the engine's news, such as how many records it read, of which the summary tells; but not for waits."""
    is_news = record.levelno == logging.INFO and "airbyte_cdk" in record.pathname
    return not is_news or record.module == "rate_limiting"


class _OneWarning:
    """Filter that passes a warning once: `sync` makes the source twice, and parents are read beside their streams."""

    def __init__(self) -> None:
        self._told: set[int] = set()

    def __call__(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.WARNING:
            return True
        warning = hash(record.getMessage())
        is_new = warning not in self._told
        self._told.add(warning)
        return is_new


@contextmanager
def plain_log() -> Iterator[TextIO]:
    """Send what is logged in the block to standard error, and what the engine prints into the debug log.

    Gives standard output, for what the command itself has to write.
    """
    require_stdout()
    root, stdout, handler = logging.getLogger(), sys.stdout, logging.StreamHandler(sys.stderr or io.StringIO())
    handler.setFormatter(PlainFormatter())
    handler.addFilter(is_first_telling)
    handler.addFilter(_is_for_people)
    handler.addFilter(_OneWarning())
    handlers, root.handlers = root.handlers, [handler]
    sys.stdout = PrintedLines(lambda line: logger.debug("%s", line))
    try:
        yield stdout
        stdout.flush()
    finally:
        sys.stdout, root.handlers = stdout, handlers
