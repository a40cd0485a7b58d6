"""The installed command reads every stream from a server that replays examples; what did not come out whole."""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

import time_machine
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from jsonschema import Draft7Validator, FormatChecker

from integration_tests.commands import run_installed
from integration_tests.source_sentry.connector import Output
from unit_tests.source_sentry.builders import NOW, Json, a_config, without
from unit_tests.source_sentry.conformance.checks import Conformance
from unit_tests.source_sentry.conformance.comparison import Difference
from unit_tests.source_sentry.conformance.connector import Stream, children_flags, sent_keys, window_dates
from unit_tests.source_sentry.conformance.examples import START, Example, leaves
from unit_tests.source_sentry.conformance.server import Replayer
from unit_tests.source_sentry.sync import a_catalog

_DATES: Final = FormatChecker(())
_DATES.checks("date-time", ValueError)(lambda value: not isinstance(value, str) or datetime.fromisoformat(value))


@dataclass
class Replay:
    """What the command read, of what the server sent."""

    examples: Mapping[str, Example]
    output: Output = field(default_factory=Output)

    @classmethod
    def of(cls, conformance: Conformance) -> "Replay":
        """Read every stream."""
        streams = conformance.streams
        facts = window_dates(streams), children_flags(streams), sent_keys(streams)
        examples = {
            name: Example(stream, conformance.described.get(name), *(each[stream.position] for each in facts))
            for name, stream in streams.items()
            if not stream.is_made
        }
        replay = cls(examples)
        with Replayer({example.stream.position: example.answer for example in examples.values()}).serve() as server:
            replay.output = _read(server.url, examples)
        return replay

    @property
    def documented(self) -> list[Example]:
        return [example for example in self.examples.values() if example.is_documented]

    def complaints(self, exceptions: Collection[str]) -> list[str]:
        """Warnings and errors of the command, and what is wrong with the records; types may differ at `exceptions`."""
        found = (complaints(example, self.output.records(name)) for name, example in self.examples.items())
        return [
            *self.output.logs("WARN"),
            *(f"{error['message']} ({error.get('internal_message')})" for error in self.output.errors),
            *(str(one) for one in chain(*found) if one.place not in exceptions),
        ]


def complaints(example: Example, records: list[Json]) -> list[Difference]:
    """What of an example did not come out whole, and what is in its records that the schema has not."""
    return [*dict.fromkeys(_complaints(example, records))]


def _complaints(example: Example, records: list[Json]) -> Iterator[Difference]:
    stream, came = example.stream, [_plain(example, record) for record in records]
    if not records:
        yield Difference(stream.name, "no records came")
    if missing := example.values - Counter(leaves(records)):
        yield Difference(stream.name, f"values did not come out: {[*missing.elements()]}")
    if not stream.is_reshaped:
        yield from (
            Difference(f"{stream.name}.{name}", "did not come out as sent") for name in _lost(example.rows, came)
        )
        yield from (Difference(f"{stream.name}.{name}", "came out, not sent") for name in _lost(came, example.rows))
    for record in records:
        yield from _misfits(stream, record)


def _lost(rows: list[Json], others: list[Json]) -> Iterator[str]:
    """Columns of the rows that are not among `others`, in which they differ from the nearest one there."""
    for row in (row for row in rows if row not in others):
        differing = ([name for name in row if name not in one or row[name] != one[name]] for one in others)
        yield from min(differing, key=len, default=[])


def _plain(example: Example, record: Json) -> Json:
    """The record without what the connector added: columns that the server did not send, or sent empty."""
    sent = {name for row in example.rows for name, value in row.items() if value is not None}
    return without(record, *(example.stream.added - sent))


def _misfits(stream: Stream, record: Json) -> Iterator[Difference]:
    """What the schema has not, or has otherwise."""
    for name in record:
        if name not in stream.columns:
            yield Difference(f"{stream.name}.{name}", "sent, not in our schema")
    for error in Draft7Validator(stream.schema, format_checker=_DATES).iter_errors(record):
        place = re.sub(r"\[\d+\]", "[]", error.json_path.removeprefix("$"))
        yield Difference(f"{stream.name}{place}", f"sent as {error.instance!r}")


def _read(url: str, streams: Iterable[str]) -> Output:
    """What the installed command prints."""
    config = a_config(hostname=url, start_date=START, include_secrets=True)
    catalog = ConfiguredAirbyteCatalogSerializer.dump(a_catalog(*streams))
    with tempfile.TemporaryDirectory() as folder, time_machine.travel(NOW):
        files = {"--config": Path(folder, "config.json"), "--catalog": Path(folder, "catalog.json")}
        for path, content in zip(files.values(), (config, catalog), strict=True):
            path.write_text(json.dumps(content), encoding="utf-8")
        arguments = [str(part) for option in files.items() for part in option]
        return Output.of(run_installed("source-sentry", "read", *arguments))
