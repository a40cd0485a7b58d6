"""Command line of a source: `spec | check | discover | read`."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import init_logger
from airbyte_cdk.models import AirbyteMessage, ConfiguredAirbyteStream, ConnectorSpecification
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from typing_extensions import override

from sourcewright import lenient_json, secrets
from sourcewright.cli.memory import tune_garbage_collection
from sourcewright.cli.output import LineWriter, line_output
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Entrypoint, wrong_input


class CommandLine(Entrypoint):
    """The entrypoint, which writes records to standard output without message objects: dict -> JSON -> line."""

    def __init__(self, source: ManifestSource, output: LineWriter) -> None:
        super().__init__(source)
        self._output = output

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
        for message in self.source.read(self.logger, config, catalog, state):
            record = message.record
            if record is None:
                yield self.handle_record_counts(message, counts)
                continue
            counts[streams[record.stream]] += 1
            content = {"stream": record.stream, "data": record.data, "emitted_at": record.emitted_at}
            line = {"type": "RECORD", "record": content}
            self._output.write_line(lenient_json.record_line(line, record.stream, record.data, keys[record.stream]))


def _key_of(stream: ConfiguredAirbyteStream) -> list[str]:
    return [path[0] for path in stream.stream.source_defined_primary_key or []]


def main(source_class: type[ManifestSource], args: list[str] | None = None) -> None:
    """Run one command of the Airbyte protocol; any failure ends with one TRACE message and exit code 1."""
    init_uncaught_exception_handler(init_logger("airbyte"))
    secrets.know_environment()
    arguments = sys.argv[1:] if args is None else args
    command = Entrypoint.parse_args(arguments)
    if not command.command:
        raise wrong_input("No command was given: use spec, check, discover or read (--help says more).")
    source = _source(source_class, arguments)
    tune_garbage_collection()
    with line_output() as output:
        for message in CommandLine(source, output).run(command):
            output.write_line(filter_secrets(message).encode())


def _source(source_class: type[ManifestSource], arguments: list[str]) -> ManifestSource:
    """Build the connector from the files that the command line names."""
    config_path = Entrypoint.extract_config(arguments)
    config = source_class.read_config(config_path) if config_path else None
    # The spec, which says which settings are secrets, is not loaded yet; not even a crash may print one
    secrets.know_settings(config or {})
    catalog_path = Entrypoint.extract_catalog(arguments)
    state_path = Entrypoint.extract_state(arguments)
    return source_class(
        catalog=source_class.read_catalog(catalog_path) if catalog_path else None,
        config=config,
        state=source_class.read_state(state_path) if state_path else None,
    )
