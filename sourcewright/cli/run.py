"""Command line of a source: `spec | check | discover | read | catalog | sync`."""

import logging
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airbyte_cdk.logger import init_logger, is_platform_debug_log_enabled
from airbyte_cdk.models import AirbyteMessage, ConfiguredAirbyteStream, ConnectorSpecification, Type
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from typing_extensions import override

from sourcewright import raw_records, secrets
from sourcewright.cli.arguments import COMMANDS
from sourcewright.cli.memory import tune_memory
from sourcewright.cli.output import LineWriter, line_output
from sourcewright.cli.people import FOR_PEOPLE, plain_log, run_for_people
from sourcewright.cli.progress import shown
from sourcewright.engine.failures import StreamsFailedError, error_message
from sourcewright.engine.messages import retell
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Entrypoint, Inputs, wrong_input
from sourcewright.lenient_json import OddRecords
from sourcewright.log import logger
from sourcewright.raw_records import PLACE, RAW


class CommandLine(Entrypoint):
    """The entrypoint, which writes records to standard output without message objects: dict -> JSON -> line."""

    def __init__(self, source: ManifestSource, inputs: Inputs, output: LineWriter) -> None:
        super().__init__(source)
        self._source = source
        self._inputs = inputs
        self._output = output
        self._odd_records = OddRecords()

    @override
    def run(self, parsed_args: Namespace) -> Iterable[str]:
        """Messages of a command. The engine reads the files again, which `--config <(…)` does not allow."""
        debug = parsed_args.debug or is_platform_debug_log_enabled()
        for each in (self.logger, logging.getLogger("airbyte")):
            each.setLevel(logging.DEBUG if debug else logging.INFO)
        return map(self.airbyte_message_to_string, self._messages(parsed_args.command))

    def _messages(self, command: str) -> Iterable[AirbyteMessage]:
        specification, settings = self.source.spec(self.logger), self._source.settings
        if command == "check":
            return self.check(specification, settings)
        if command == "discover":
            return self.discover(specification, settings)
        if command == "read":
            return self.read(specification, settings, self._inputs.catalog, self._inputs.state)
        return [AirbyteMessage(type=Type.SPEC, spec=specification)]

    @override
    def read(
        self, source_spec: ConnectorSpecification, config: Mapping[str, Any], catalog: Any, state: list[Any]
    ) -> Iterable[AirbyteMessage]:
        """Write the records; yield all other messages, states with the number of records before them."""
        self.set_up_secret_filter(config, source_spec.connectionSpecification)
        self.validate_connection(source_spec, config)
        counts: defaultdict[HashableStreamDescriptor, float] = defaultdict(float)
        streams = {stream.stream.name: HashableStreamDescriptor(stream.stream.name) for stream in catalog.streams}
        keys = {stream.stream.name: _key_of(stream) for stream in catalog.streams}
        with shown(self._source.progress):
            for message in self._source.read_pages(catalog, state):
                record = message.record
                if record is None:
                    yield self.handle_record_counts(message, counts)
                    continue
                name, data = record.stream, record.data
                counts[streams[name]] += raw_records.count(data)
                raw = data.get(RAW)
                content = {"stream": name, "data": PLACE if raw else data, "emitted_at": record.emitted_at}
                line = {"type": "RECORD", "record": content}
                if raw:
                    self._output.write(raw_records.lines(line, raw))
                else:
                    self._output.write_line(self._odd_records.line(line, name, data, keys[name]))


def _key_of(stream: ConfiguredAirbyteStream) -> list[str]:
    return [path[0] for path in stream.stream.source_defined_primary_key or []]


def run(source_class: type[ManifestSource], command: Namespace) -> None:
    """Run one command; any failure ends with one sentence and exit code 1."""
    init_logger("airbyte")
    secrets.know_environment()
    if command.command in FOR_PEOPLE:
        with plain_log() as stdout, _ending(lambda message: retell(message, logger)):
            run_for_people(source_class, command, stdout)
    else:
        with line_output() as output, _ending(lambda message: output.write_line(_masked(message))):
            _run(source_class, command, output)


@contextmanager
def _ending(tell: Callable[[AirbyteMessage], None]) -> Iterator[None]:
    """End the process if the block fails, with what `tell` says."""
    try:
        yield
    except StreamsFailedError as failed:
        logger.error("%s", failed)
    except Exception as error:  # noqa: BLE001 - nothing catches it later
        tell(error_message(error))
    else:
        return
    raise SystemExit(1)


def _run(source_class: type[ManifestSource], command: Namespace, output: LineWriter) -> None:
    if not command.command:
        raise wrong_input(f"No command was given: use {COMMANDS} (--help says more).")
    inputs = Inputs.of(command)
    # The spec, which says which settings are secrets, is not loaded yet; not even a crash may print one
    secrets.know_settings(inputs.config or {})
    source = source_class(catalog=inputs.catalog, config=inputs.config, state=inputs.state)
    tune_memory()
    for message in CommandLine(source, inputs, output).run(command):
        output.write_line(filter_secrets(message).encode())


def _masked(message: AirbyteMessage) -> bytes:
    return filter_secrets(Entrypoint.airbyte_message_to_string(message)).encode()
