"""Records that stay the bytes they came as, because nothing looks at more than a few of their fields.

To decode and encode a record takes five times as long as to cut it out of its page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import orjson
import simdjson
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type

RAW: Final = "\0raw"
"""Field of a row: its record as JSON. Field of the one record that stands for a page: those of all of its rows."""
_PLACE: Final = b"\0"
PLACE: Final = orjson.Fragment(_PLACE)
"""Stands in a message for a record; JSON has no such character."""
_cut: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_DEEP: Final = tuple(100 * brackets for brackets in (b"]]", b"}}", b"]}", b"}]"))
"""What a value ends with whose nesting is far beyond what is ever sent."""


def split(body: bytes, fields: Iterable[str]) -> list[dict[str, Any]] | None:
    """b'[{"id": 1, "tags": []}]' with `fields` ["id"] -> [{RAW: b'{"id":1,"tags":[]}', "id": 1}].

    None if the rows have to be decoded, as `lenient_json` does it: no list of objects, odd numbers, broken text, a name
    that comes twice in a row, deep nesting.
    """
    try:
        page = simdjson.Parser().parse(body)  # as strict as orjson, and also with integers that it would round
        if not isinstance(page, simdjson.Array) or any(deep in body for deep in _DEEP):
            return None
        rows: list[Any] = list(page)
        records: Sequence[Any] = [row.mini for row in rows] if b"\n" in body or b"\r" in body else _cut(body)
        return [_row(row, record, fields) for row, record in zip(rows, records, strict=True)]
    except (ValueError, RuntimeError):
        return None


def _row(row: Any, record: bytes, fields: Iterable[str]) -> dict[str, Any]:
    if not isinstance(row, simdjson.Object) or len(names := list(row)) != len(set(names)):
        raise ValueError("not a plain object")
    found = {name: _plain(row.get(name)) for name in fields}
    found[RAW] = record
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, simdjson.Object):
        return value.as_dict()
    return value.as_list() if isinstance(value, simdjson.Array) else value


def count(data: Mapping[str, Any]) -> int:
    """Number of records that the data of one record stands for."""
    return len(data[RAW]) if RAW in data else 1


def lines(message: Mapping[str, Any], records: Sequence[bytes]) -> list[bytes]:
    """Pieces of one line for each of `records`, which stands in it where `message` has `PLACE`."""
    head, tail = orjson.dumps(message).split(_PLACE)
    between = tail + b"\n" + head
    pieces: list[bytes] = [between] * (2 * len(records) + 1)
    pieces[0], pieces[-1] = head, tail + b"\n"
    pieces[1::2] = records
    return pieces


def records(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The data of one record, or of each of those that it stands for."""
    return (orjson.loads(bytes(raw)) for raw in data[RAW]) if RAW in data else iter((data,))


def decode(record: AirbyteRecordMessage) -> Iterator[AirbyteRecordMessage]:
    """The record, or each of those that it stands for."""
    if RAW not in record.data:
        yield record
        return
    for data in records(record.data):
        yield AirbyteRecordMessage(stream=record.stream, data=dict(data), emitted_at=record.emitted_at)


def decode_message(message: AirbyteMessage) -> Iterator[AirbyteMessage]:
    """The message, or one for each record that it stands for."""
    if message.record and RAW in message.record.data:
        yield from (AirbyteMessage(type=Type.RECORD, record=record) for record in decode(message.record))
    else:
        yield message
