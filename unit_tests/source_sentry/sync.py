"""Run the connector in this process and inspect its messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    ConfiguredAirbyteCatalog,
    Level,
    StreamDescriptor,
    SyncMode,
)
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput
from airbyte_cdk.test.entrypoint_wrapper import read as run_read

from source_sentry import SourceSentry
from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import Json, a_config

INCREMENTAL = {name for name, stream in streams("source_sentry").items() if "incremental_sync" in stream}


@dataclass
class Sync:
    """All messages of a sync."""

    output: EntrypointOutput

    def records(self, stream: str) -> list[Json]:
        messages = [message.record for message in self.output.records]
        return [dict(record.data) for record in messages if record and record.stream == stream]

    def keys(self, stream: str) -> list[tuple[Any, ...]]:
        """Primary key of each record."""
        parts = streams("source_sentry")[stream]["primary_key"]
        return [tuple(record.get(part) for part in parts) for record in self.records(stream)]

    def states(self, stream: str) -> list[Json]:
        """Every state of `stream`, oldest first."""
        messages = [message.state.stream for message in self.output.state_messages if message.state]
        return [
            dict(message.stream_state.__dict__)
            for message in messages
            if message and message.stream_state and message.stream_descriptor.name == stream
        ]

    def state(self, stream: str) -> Json:
        return self.states(stream)[-1]

    def cursors(self, stream: str) -> dict[str, str]:
        """Cursor of each project: {"1": "2026-11-22T10:00:00Z"}."""
        return {
            entry["partition"]["project"]: next(iter(entry["cursor"].values()))
            for entry in self.state(stream)["states"]
        }

    def status(self, stream: str) -> str:
        return str(self.output.get_stream_statuses(stream)[-1].value)

    def errors(self, stream: str) -> list[tuple[str, str]]:
        """(message, failure type) of each error of `stream`."""
        errors = [message.trace.error for message in self.output.errors if message.trace]
        return [
            (str(error.message), str(error.failure_type.value if error.failure_type else None))
            for error in errors
            if error and error.stream_descriptor and error.stream_descriptor.name == stream
        ]

    def warnings(self) -> list[str]:
        logs = [message.log for message in self.output.logs]
        return [log.message for log in logs if log and log.level is Level.WARN]

    def text(self) -> str:
        """All messages, as one text."""
        return "\n".join(map(str, self.output.get_message_iterator()))


def read(
    *names: str,
    config: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
    fails: bool = False,
    repeats: bool = False,
) -> Sync:
    """Sync the streams `names`; `state` is that of each stream by name. No key comes twice unless `repeats` says so."""
    sync = read_source(SourceSentry, *names, config=config, state=state, fails=fails)
    for name in () if repeats else names:
        keys = [key for key in sync.keys(name) if None not in key]
        assert len(keys) == len(set(keys)), name
    return sync


def read_source(
    source_class: type[SourceSentry],
    *names: str,
    config: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
    incremental: bool = False,
    fails: bool = False,
) -> Sync:
    """The same with a source of another manifest."""
    settings = dict(a_config() if config is None else config)
    catalog, states = a_catalog(*names, incremental=incremental), a_state(state or {})
    source = source_class(catalog=catalog, config=settings, state=states)
    sync = Sync(run_read(source, settings, catalog, states, expecting_exception=fails))
    failed = [message.trace.error.message for message in sync.output.errors if message.trace and message.trace.error]
    assert bool(failed) == fails, f"errors: {failed}"
    return sync


def a_catalog(*names: str, incremental: bool = False) -> ConfiguredAirbyteCatalog:
    """Each stream incremental where it can be; streams of other manifests where `incremental` says so."""
    builder = CatalogBuilder()
    for stream in names:
        changes = incremental or stream in INCREMENTAL
        builder = builder.with_stream(stream, SyncMode.incremental if changes else SyncMode.full_refresh)
    return builder.build()


def a_state(saved: Mapping[str, Any]) -> list[AirbyteStateMessage]:
    return [
        AirbyteStateMessage(
            type=AirbyteStateType.STREAM,
            stream=AirbyteStreamState(
                stream_descriptor=StreamDescriptor(name=name), stream_state=AirbyteStateBlob(state)
            ),
        )
        for name, state in saved.items()
    ]


def project_states(cursor_field: str, cursors: Mapping[str, str]) -> Json:
    """State of this version: {"1": "2026-11-22T10:00:00Z"} is the cursor of project 1."""
    states: Sequence[Json] = [
        {"partition": {"project": project}, "cursor": {cursor_field: cursor}} for project, cursor in cursors.items()
    ]
    return {"use_global_cursor": False, "states": list(states)}
