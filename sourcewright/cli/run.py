"""Command line of a source: `spec | check | discover | read`."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import init_logger
from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets, update_secrets
from typing_extensions import override

from sourcewright.cli.memory import tune_garbage_collection
from sourcewright.cli.output import LineWriter, line_output
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Entrypoint, wrong_input

_SECRET: Final = re.compile("token|secret|password")


class CommandLine(Entrypoint):
    """The entrypoint, whose records go to standard output on the shortest way: dict -> JSON -> line."""

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
        for message in self.source.read(self.logger, config, catalog, state):
            record = message.record
            if record is None:
                yield self.handle_record_counts(message, counts)
                continue
            counts[streams[record.stream]] += 1
            content = {"stream": record.stream, "data": record.data, "emitted_at": record.emitted_at}
            self._output.write_line(orjson.dumps({"type": "RECORD", "record": content}))


def main(source_class: type[ManifestSource], args: list[str] | None = None) -> None:
    """Run one command of the Airbyte protocol; any failure ends with one TRACE message and exit code 1."""
    init_uncaught_exception_handler(init_logger("airbyte"))
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
    # Before the spec is there to say which they are, so that not even a crash puts one out
    update_secrets([str(value) for key, value in (config or {}).items() if value and _SECRET.search(key)])
    catalog_path = Entrypoint.extract_catalog(arguments)
    state_path = Entrypoint.extract_state(arguments)
    return source_class(
        catalog=source_class.read_catalog(catalog_path) if catalog_path else None,
        config=config,
        state=source_class.read_state(state_path) if state_path else None,
    )
