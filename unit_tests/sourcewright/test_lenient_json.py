import json
from typing import Any
from unittest.mock import patch

import orjson
import pytest

from sourcewright import lenient_json

HALF = r"\ud800"
ORDINARY: dict[str, Any] = {
    "a": [1, -2.5, None, True, 'x\\"[{', {"": {}}],
    "ü": "\U0001f600 ]}",
    "n": [-(10**17), 10**18, 1e-9],
}


def nested(levels: int, begin: str = "[", end: str = "]") -> str:
    return begin * levels + "1" + end * levels


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(b"[NaN, Infinity, -Infinity]", ["NaN", "Infinity", "-Infinity"], id="no numbers"),
        pytest.param(b"[1e999, -1e999]", ["1e999", "-1e999"], id="beyond any float"),
        pytest.param(b"[18446744073709551615]", [2**64 - 1], id="64 bits"),
        pytest.param(b"[18446744073709551616]", ["18446744073709551616"], id="beyond 64 bits"),
        pytest.param(b'{"a":-9223372036854775809}', {"a": "-9223372036854775809"}, id="below 64 bits"),
        pytest.param(b"[" + b"1" * 5_000 + b"]", ["1" * 5_000], id="5,000 digits"),
        pytest.param(b"[12345678901234567890.5]", [12345678901234567890.5], id="float with many digits"),
        pytest.param(rf'["a{HALF}b"]'.encode(), [rf"a{HALF}b"], id="half a pair"),
        pytest.param(rf'{{"{HALF}": 1}}'.encode(), {HALF: 1}, id="half a pair in a name"),
        pytest.param(rb'["\ud83d\ude00", NaN]', ["\U0001f600", "NaN"], id="a whole pair"),
        pytest.param(b'["caf\xe9"]', [r"caf\xe9"], id="no UTF-8"),
        pytest.param(b'["a\nb"]', ["a\nb"], id="control character"),
        pytest.param(b'\xef\xbb\xbf["a"]', ["a"], id="byte order mark"),
        pytest.param('["ä"]'.encode("utf-16"), ["ä"], id="UTF-16"),
        pytest.param(b'{"a": 1, "a": 2}', {"a": 2}, id="a name twice"),
    ],
)
def test_given_odd_json_when_read_then_each_odd_value_is_text_that_can_be_written(body: bytes, found: object) -> None:
    content, _ = lenient_json.loads(body)
    assert content == found
    assert orjson.loads(orjson.dumps(content)) == found


@pytest.mark.parametrize("levels", [252, 1_000, 1_024, 1_025, 100_000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
def test_given_a_record_that_is_too_deep_when_written_then_the_depths_are_json_text(
    levels: int, begin: str, end: str, caplog: pytest.LogCaptureFixture
) -> None:
    (record,), is_odd = lenient_json.loads(f'[{{"id": "7", "x": {nested(levels, begin, end)}}}]'.encode())
    odd_records = lenient_json.OddRecords()
    if is_odd:
        odd_records.warn("events", record, ["id"])
    message = {"type": "RECORD", "record": {"data": record}}
    line = odd_records.line(message, "events", record, ["id"])
    value, depth = orjson.loads(line)["record"]["data"]["x"], 0
    while isinstance(value, list | dict):
        (value,) = value if isinstance(value, list) else value.values()
        depth += 1
    assert depth in range(190, 201)
    assert value == nested(levels - depth, begin, end)
    assert "in `x` of the record with id `7` of stream `events`" in caplog.text
    assert len(caplog.records) == 1


def test_given_a_deep_record_that_can_be_written_when_written_then_it_stays(caplog: pytest.LogCaptureFixture) -> None:
    record = {"id": "7", "x": orjson.loads(nested(250))}
    line = lenient_json.OddRecords().line({"record": {"data": record}}, "events", record, ["id"])
    assert orjson.loads(line) == {"record": {"data": record}}
    assert caplog.text == ""


@pytest.mark.parametrize("body", [b"", b" ", b"<html>", b"[1", b"[1][", b"[" * 100_000, b'{"a"', b"nan", b"[1,]"])
def test_given_what_is_not_json_when_read_then_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        lenient_json.loads(body)


def test_given_ordinary_json_when_read_then_strictly_and_leniently_the_same() -> None:
    body = json.dumps(ORDINARY).encode()
    assert lenient_json.loads(body) == (ORDINARY, False)
    with patch.object(orjson, "loads", side_effect=orjson.JSONDecodeError("odd", "", 0)):
        assert lenient_json.loads(body) == (ORDINARY, True)


@pytest.mark.parametrize("option", [None, orjson.OPT_SORT_KEYS])
def test_given_a_value_of_any_depth_when_written_then_it_is(option: int | None) -> None:
    value: Any = orjson.loads(nested(1_000))
    assert lenient_json.dumps(value, option).startswith(b"[[[")
