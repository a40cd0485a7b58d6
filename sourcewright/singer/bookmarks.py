"""Bookmarks of Singer <-> stream states of Airbyte.

{"start": "2026-01-31T00:00:00Z", "airbyte_state": {…}}: every partition of the stream was read up to `start`;
`airbyte_state` is the source's own state, from which the next sync continues exactly. It stands alone where the state
has no cursor of the stream: {"parent_state": {…}} of a child of what changed, or the mark of a full refresh.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)
from airbyte_cdk.sources.streams.core import NO_CURSOR_STATE_KEY

from sourcewright.inputs import wrong_input
from sourcewright.validation import shorten

START: Final = "start"
AIRBYTE_STATE: Final = "airbyte_state"
_SDK_NAME: Final = "replication_key_value"
_WITHOUT_CURSOR: Final = frozenset({"parent_state", NO_CURSOR_STATE_KEY})


def to_bookmark(stream_state: Mapping[str, Any], cursor_field: str) -> dict[str, Any]:
    """Stream state -> bookmark; {} if the state is empty, or one of partitions without any."""
    start = lowest_cursor(stream_state, cursor_field)
    if start is not None:
        return {START: start, AIRBYTE_STATE: dict(stream_state)}
    return {AIRBYTE_STATE: dict(stream_state)} if stream_state.keys() & _WITHOUT_CURSOR else {}


def to_airbyte(stream: str, bookmark: Mapping[str, Any], cursor_field: str) -> AirbyteStateMessage | None:
    """Bookmark -> state message; None if the bookmark is empty.

    A user may edit `start`: if it differs from the lowest cursor of `airbyte_state`, it applies to the whole stream.
    So does a `start` on its own, a value under the name of the cursor field, and the SDK's `replication_key_value`.
    """
    saved, start = bookmark.get(AIRBYTE_STATE), _start(bookmark, cursor_field)
    if isinstance(saved, Mapping) and start in (None, lowest_cursor(saved, cursor_field)):
        return _message(stream, saved)
    if start is not None:
        # `state` holds a cursor for all partitions; a stream without partitions has its cursor at the top level
        return _message(stream, {"state": {cursor_field: start}, cursor_field: start})
    if any(value is not None for value in bookmark.values()):
        found, example = shorten(json.dumps(dict(bookmark), default=str)), json.dumps({START: "2026-01-31T00:00:00Z"})
        raise wrong_input(
            f"The saved bookmark of stream `{stream}` is not one that this tap can go on from: {found}. Expected "
            f"{example} or the bookmark of an earlier sync; to read the stream from its start, leave its bookmark out."
        )
    return None


def lowest_cursor(stream_state: Mapping[str, Any], cursor_field: str) -> Any:
    """Lowest cursor of all partitions, or the cursor of a stream without partitions; None if there is none.

    {"states": [{"cursor": {"lastSeen": "…02Z"}}, {"cursor": {"lastSeen": "…01Z"}}]} -> "…01Z"
    """
    partitions = stream_state.get("states")
    partitions = partitions if isinstance(partitions, list) else []
    cursors = [each.get("cursor") if isinstance(each, Mapping) else None for each in partitions] or [stream_state]
    found = [cursor.get(cursor_field) for cursor in cursors if isinstance(cursor, Mapping)]
    # Others than texts are garbage, which the source refuses
    return min((value for value in found if isinstance(value, str)), default=None)


def _start(bookmark: Mapping[str, Any], cursor_field: str) -> Any:
    names = (START, cursor_field, _SDK_NAME)
    return next((bookmark[name] for name in names if bookmark.get(name) is not None), None)


def _message(stream: str, state: Mapping[str, Any]) -> AirbyteStateMessage:
    descriptor = StreamDescriptor(name=stream)
    blob = AirbyteStateBlob(dict(state))
    return AirbyteStateMessage(
        type=AirbyteStateType.STREAM, stream=AirbyteStreamState(stream_descriptor=descriptor, stream_state=blob)
    )
