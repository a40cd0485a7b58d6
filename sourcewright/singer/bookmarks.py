"""Bookmarks of Singer <-> stream states of Airbyte.

{"start": "2026-01-31T00:00:00Z", "airbyte_state": {…}}: all before `start` was read, of whatever part of the stream;
`airbyte_state` is the source's own state, from which a sync goes on exactly.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)

from sourcewright.inputs import wrong_input

START: Final = "start"
AIRBYTE_STATE: Final = "airbyte_state"
_OF_THE_SDK: Final = "replication_key_value"


def to_bookmark(stream_state: Mapping[str, Any], cursor_field: str) -> dict[str, Any]:
    """Stream state -> bookmark; {} where the state holds no cursor, so that there is nothing to go on from."""
    start = lowest_cursor(stream_state, cursor_field)
    return {} if start is None else {START: start, AIRBYTE_STATE: deepcopy(dict(stream_state))}


def to_airbyte(stream: str, bookmark: Mapping[str, Any], cursor_field: str) -> AirbyteStateMessage | None:
    """Bookmark -> state message; None where the bookmark holds nothing.

    A `start` that is not the one that was written beside `airbyte_state` was set by the user, and counts for the whole
    stream. So does one that stands alone, under the name of the cursor field, or as the SDK's `replication_key_value`.
    """
    saved, start = bookmark.get(AIRBYTE_STATE), _start(bookmark, cursor_field)
    if isinstance(saved, Mapping) and start in (None, lowest_cursor(saved, cursor_field)):
        return _message(stream, saved)
    if start is not None:
        # A cursor for all partitions stands in `state`, that of a stream without partitions beside it
        return _message(stream, {"state": {cursor_field: start}, cursor_field: start})
    if any(value is not None for value in bookmark.values()):
        raise wrong_input(
            f"The saved bookmark of stream `{stream}` is not one that this tap can go on from: {dict(bookmark)!r}. "
            f'Expected {{"{START}": "2026-01-31T00:00:00Z"}} or the bookmark of an earlier sync; to read the stream '
            "from its start, leave its bookmark out."
        )
    return None


def lowest_cursor(stream_state: Mapping[str, Any], cursor_field: str) -> Any:
    """Cursor of the partition that was read least far, or of a stream without partitions; None where there is none.

    {"states": [{"cursor": {"lastSeen": "…02Z"}}, {"cursor": {"lastSeen": "…01Z"}}]} -> "…01Z"
    """
    partitions = stream_state.get("states") or []
    cursors = [each.get("cursor") if isinstance(each, Mapping) else None for each in partitions] or [stream_state]
    found = [cursor.get(cursor_field) for cursor in cursors if isinstance(cursor, Mapping)]
    return min((value for value in found if value is not None), default=None)


def _start(bookmark: Mapping[str, Any], cursor_field: str) -> Any:
    names = (START, cursor_field, _OF_THE_SDK)
    return next((bookmark[name] for name in names if bookmark.get(name) is not None), None)


def _message(stream: str, state: Mapping[str, Any]) -> AirbyteStateMessage:
    descriptor = StreamDescriptor(name=stream)
    blob = AirbyteStateBlob(deepcopy(dict(state)))
    return AirbyteStateMessage(
        type=AirbyteStateType.STREAM, stream=AirbyteStreamState(stream_descriptor=descriptor, stream_state=blob)
    )
