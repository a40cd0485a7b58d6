"""Streams to write into a target, and what its tables hold then."""

from collections.abc import Mapping
from typing import Any, Final

from airbyte_cdk.models import AirbyteStream, SyncMode

from sourcewright.warehouse.target import Target

ACCOUNT: Final = "source-test (organization acme)"
TEXT: Final = {"type": ["null", "string"]}
WHOLE: Final = {"type": ["null", "integer"]}
DATE: Final = {"type": ["null", "string"], "format": "date-time"}


def a_stream(name: str = "issues", key: tuple[str, ...] = ("id",), **fields: Mapping[str, Any]) -> AirbyteStream:
    """A stream whose schema has an `id` and `fields`."""
    return AirbyteStream(
        name=name,
        json_schema={"properties": {"id": TEXT, **fields}},
        supported_sync_modes=[SyncMode.full_refresh],
        source_defined_primary_key=[[part] for part in key],
    )


def a_state(name: str, cursor: str) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": {"cursor": cursor}}}


def write(target: Target, name: str, *records: Mapping[str, Any], cursor: str = "") -> None:
    """Write `records` of the stream `name`, and a state where `cursor` is one."""
    for record in records:
        target.batches[name].add(record, 1_795_000_000_000)
    target.write({name: a_state(name, cursor)} if cursor else {})


def cursors(states: list[dict[str, Any]]) -> dict[str, str]:
    """{"issues": "monday"} of states."""
    streams = [state["stream"] for state in states]
    return {stream["stream_descriptor"]["name"]: stream["stream_state"]["cursor"] for stream in streams}
