"""JSON as servers send it: read strictly where that works, and leniently where one odd value would hold up the rest.

orjson refuses a whole body for one NaN, 1e999, half a surrogate pair or byte that is no UTF-8, rounds integers beyond
64 bits, and writes no more than 254 levels.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from math import isinf
from typing import Any, Final

import orjson

from sourcewright.log import logger

DEEPEST: Final = 200
"""Levels of what stays nested where a value is too deep; orjson writes 254, of which messages take some."""
_MOST_TOLD: Final = 10
_INTEGERS: Final = range(-(2**63), 2**64)
_DIGITS: Final = len(str(2**64))
_DEEP: Final = "\udfff"
"""Begins the text that replaces a deep value until it is marked; half a pair, so nothing else in JSON begins so."""
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[][{}]', re.DOTALL)
_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")
_BYTES: Final = range(0xDC80, 0xDD00)
"""What Python decodes bytes to that are no UTF-8."""
_SHAPE: Final = bytes.maketrans(b"123456789,[ \t\r\n", b"000000000::::::")
_HUGE: Final = (b":" + b"0" * 20, b"-" + b"0" * 19)


class Odd(str):
    """Text in place of a value that JSON lacks or orjson cannot write: `NaN`, `1e999`, `18446744073709551616`."""

    __slots__ = ()


class OddNames(dict[str, Any]):
    """An object of which names are such texts; orjson writes no names but those of type str."""


class OddRecords:
    """Writes records, and tells of those that hold an `Odd`: of the first ten of each stream."""

    def __init__(self) -> None:
        self._told: Counter[str] = Counter()

    def warn(self, stream: str, record: Mapping[str, Any], key: Sequence[str] = ()) -> None:
        """Tell which fields of `record` hold an `Odd`, if any; it is known by its `key`, or by its first field."""
        if self._told[stream] >= _MOST_TOLD:
            return
        fields = [name for name, value in record.items() if _holds_odd(value)]
        if not fields:
            return
        self._told[stream] += 1
        logger.warning(
            "Kept as text what JSON cannot hold: in %s of the record with %s of stream `%s`.%s",
            ", ".join(f"`{name}`" for name in fields),
            ", ".join(f"{name} `{record.get(name)}`" for name in key or islice(record, 1)),
            stream,
            " Further ones of the stream are not told." if self._told[stream] == _MOST_TOLD else "",
        )

    def line(
        self,
        message: Mapping[str, Any],
        stream: str,
        record: Mapping[str, Any],
        key: Sequence[str] = (),
        default: Callable[[Any], Any] | None = None,
    ) -> bytes:
        """`message`, which holds `record`, as JSON; a warning names a record that is nested too deep for it."""
        try:
            return orjson.dumps(message, default)
        except TypeError:
            _flatten(record)
            self.warn(stream, record, key)
            return orjson.dumps(message, default)


def loads(body: bytes) -> tuple[Any, bool]:
    r"""Decode `body`; whether it may hold an `Odd`, as only lenient reading makes them.

    b'[NaN, 18446744073709551616, "\ud800", "\xff"]' -> ["NaN", "18446744073709551616", r"\ud800", r"\xff"]

    Values below `DEEPEST` levels become JSON text. Of a name that comes twice in an object the last one counts.

    Raises:
        ValueError: The body is not JSON: HTML, blank, cut short.

    """
    shape = body.translate(_SHAPE)  # a tenth of the time of a regular expression
    if not any(digits in shape for digits in _HUGE):
        with suppress(ValueError):
            return orjson.loads(body), False
    text = body.decode(json.detect_encoding(body), "surrogateescape")
    try:
        found = json.loads(_quote_deep(text), strict=False, parse_constant=Odd, parse_int=_integer, parse_float=_number)
    except RecursionError as error:  # brackets that nothing closes
        raise ValueError("not JSON") from error
    return _mark(found), True


def dumps(value: Any, option: int | None = None) -> bytes:
    """JSON of `value`; if it is too deep for that, what lies below `DEEPEST` levels becomes text, in place."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        _flatten(value)
        return orjson.dumps(value, option=option)


def _holds_odd(value: Any) -> bool:
    values = [value]
    while values:
        value = values.pop()
        if isinstance(value, Odd | OddNames):
            return True
        if isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value
    return False


def _integer(text: str) -> int | Odd:
    return int(text) if len(text) <= _DIGITS and int(text) in _INTEGERS else Odd(text)


def _number(text: str) -> float | Odd:
    return Odd(text) if isinf(number := float(text)) else number


def _quote_deep(text: str) -> str:
    """`text` with JSON strings in place of what lies below `DEEPEST` levels, which no parser reads at any depth."""
    pieces = []
    depth = begin = done = 0
    for token in _TOKEN.finditer(text):
        bracket = text[token.start()]
        if bracket in "[{":
            depth += 1
            begin = token.start() if depth == DEEPEST + 1 else begin
        elif bracket in "]}":
            if depth == DEEPEST + 1:
                pieces += [text[done:begin], json.dumps(_DEEP + text[begin : token.end()])]
                done = token.end()
            depth -= 1
    return "".join([*pieces, text[done:]])


def _mark(value: Any) -> Any:
    """`value` with an `Odd` for each text that was quoted or that no encoding can write."""
    if isinstance(value, dict):
        kind = OddNames if any(map(_HALF_PAIR.search, value)) else dict
        return kind((str(_mark(name)), _mark(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return [_mark(inner) for inner in value]
    if not isinstance(value, str) or not _HALF_PAIR.search(value):
        return value
    return Odd(_HALF_PAIR.sub(_escape, value.removeprefix(_DEEP)))


def _escape(half: re.Match[str]) -> str:
    r"""U+D800 -> `\ud800`, half a pair; U+DCFF -> `\xff`, a byte."""
    number = ord(half[0])
    return f"\\x{number - 0xDC00:02x}" if number in _BYTES else f"\\u{number:04x}"


def _flatten(value: Any) -> None:
    """Replace in place what lies below `DEEPEST` levels by its JSON text.

    From the bottom up, in pieces of `DEEPEST` levels, since nothing writes more at a time.
    """
    levels, containers = [], [value]
    while containers:
        found = [
            (container, name)
            for container in containers
            for name in (container if isinstance(container, dict) else range(len(container)))
            if isinstance(container[name], dict | list)
        ]
        levels.append(found)
        containers = [container[name] for container, name in found]
    for depth in reversed(range(DEEPEST, len(levels), DEEPEST)):
        for container, name in levels[depth - 1]:
            text = orjson.dumps(container[name])
            container[name] = Odd(text.decode()) if depth == DEEPEST else orjson.Fragment(text)
