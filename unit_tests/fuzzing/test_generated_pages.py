"""Records that stay the bytes they came as are, once parsed, the records that decoding gives."""

import json
import re
from typing import Any

import orjson
import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type
from hypothesis import assume, given
from hypothesis import strategies as st

from sourcewright import lenient_json, raw_records
from sourcewright.raw_records import PLACE, RAW
from unit_tests.fuzzing.junk import BODIES, JSON, near

FIELDS = ["id", "dateCreated", "tags"]
ODD = [
    "NaN",
    "-Infinity",
    "1e999",
    "-1E+400",
    "0e400",
    "1e-999",
    "-0",
    "5e-324",
    "1.7976931348623157e308",
    "123456789012345678901234567890.5",
    "9223372036854775807",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "01",
    "1.",
    r'"\ud800"',
    r'"\ud83d\ude00"',
    r'"\u0000"',
    r'"\q"',
    '"a\nb"',
    '"a\u2028b"',
    '"\xff"',
    '{"id": 1, "id": 2}',
    "[" * 252 + "]" * 252,
    '{"a":' * 1500 + "1" + "}" * 1500,
]
ROWS = st.lists(near(id=JSON, dateCreated=JSON, tags=JSON), max_size=4)


def a_body(rows: list[Any], odd: str, indent: int | None, encoding: str) -> bytes:
    """`rows` as JSON, in which each text "odd" becomes `odd`."""
    return json.dumps(rows, indent=indent, ensure_ascii=False).replace('"odd"', odd).encode(encoding, "surrogatepass")


BODY = st.builds(
    a_body,
    st.lists(near(id=JSON | st.just("odd"), odd=JSON, context=JSON | st.just("odd")), max_size=4),
    st.sampled_from(ODD),
    st.sampled_from([None, 1]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)


def through_lines(records: list[bytes]) -> list[Any]:
    """Data of the records of the lines that are written for `records`."""
    message = {"type": "RECORD", "record": {"stream": "e\n", "data": PLACE, "emitted_at": 7}}
    text = b"".join(raw_records.lines(message, records))
    assert text.endswith(b"\n") or not records
    lines = text[:-1].split(b"\n") if records else []
    assert len(lines) == len(records)
    parsed = [orjson.loads(line) for line in lines]
    assert all({**line["record"], "data": 0} == {"stream": "e\n", "data": 0, "emitted_at": 7} for line in parsed)
    return [line["record"]["data"] for line in parsed]


@given(BODY | BODIES | ROWS.map(lambda rows: json.dumps(rows).encode()))
def test_given_any_body_when_its_rows_are_cut_out_then_they_are_those_that_decoding_gives(body: bytes) -> None:
    rows = raw_records.split(body, FIELDS)
    if rows is None:
        return
    decoded, _ = lenient_json.loads(body)
    written = [orjson.loads(lenient_json.OddRecords().line({"data": row}, "e", row))["data"] for row in decoded]
    assert orjson.dumps(through_lines([row[RAW] for row in rows])) == orjson.dumps(written)
    watched = [{name: row.get(name) for name in FIELDS} for row in decoded]
    assert [{name: value for name, value in row.items() if name != RAW} for row in rows] == watched


@given(ROWS, st.sampled_from([None, 1]), st.booleans())
def test_given_a_list_of_ordinary_objects_when_split_then_none_is_decoded(
    rows: list[Any],
    indent: int | None,
    escape: bool,  # noqa: FBT001
) -> None:
    text = json.dumps(rows, indent=indent, ensure_ascii=escape)
    assume("Infinity" not in text)
    assume(all(int(digits) < 2**63 for digits in re.findall(r"\d+", text)))
    assert raw_records.split(text.encode(), FIELDS) is not None


@pytest.mark.parametrize("body", [b"{}", b'{"id": 1}', b"[1]", b"[null]", b'[[], {"id": 1}]', b'[{"id": 1}, "x"]', b""])
def test_given_what_is_no_list_of_objects_when_split_then_it_is_decoded(body: bytes) -> None:
    assert raw_records.split(body, FIELDS) is None


def test_given_a_message_for_a_page_when_decoded_then_there_is_one_for_each_record() -> None:
    page = AirbyteRecordMessage(stream="events", data={RAW: [b'{"id":1}', b'{"id":2}']}, emitted_at=7)
    (first, second) = raw_records.decode_message(AirbyteMessage(type=Type.RECORD, record=page))
    assert first.record == AirbyteRecordMessage(stream="events", data={"id": 1}, emitted_at=7)
    assert second.record == AirbyteRecordMessage(stream="events", data={"id": 2}, emitted_at=7)
    assert [raw_records.count(page.data), raw_records.count({"id": 1})] == [2, 1]
