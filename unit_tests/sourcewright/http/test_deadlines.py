"""Answers that come too slowly, by a clock that reading advances."""

import io
import socket
from collections.abc import Callable
from typing import cast

import pytest
from typing_extensions import Buffer, override

from sourcewright.http import deadlines
from sourcewright.http.deadlines import DeadlineReader


class Wire(io.RawIOBase):
    """A socket and its bytes: each read takes a second, and gets as many of them as there are of `rate`."""

    def __init__(self, rate: float, seconds: int) -> None:
        self.now = 0.0
        self.timeouts: list[float] = []
        self._rate = rate
        self._end = seconds
        self._timeout = 90.0

    def gettimeout(self) -> float:
        return self._timeout

    def settimeout(self, seconds: float) -> None:
        self._timeout = seconds
        self.timeouts.append(seconds)

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        if self.now >= self._end:
            return 0
        self.now += 1
        count = min(int(self._rate), len(memoryview(buffer)))
        memoryview(buffer)[:count] = b"x" * count
        return count


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[Wire], int]:
    """Read a wire to its end, and count its bytes."""

    def whole(wire: Wire) -> int:
        monkeypatch.setattr(deadlines, "clock", lambda: wire.now)
        reader = DeadlineReader(cast("socket.socket", wire), wire)
        buffered = io.BufferedReader(reader, 2**16)
        return sum(map(len, iter(lambda: buffered.read(2**16), b"")))

    return whole


def test_given_one_byte_a_second_without_end_when_read_then_it_ends_half_a_minute_after_the_timeout(
    read: Callable[[Wire], int],
) -> None:
    wire = Wire(1, 10_000)
    with pytest.raises(TimeoutError, match="121 bytes in 121 s"):
        read(wire)
    assert wire.timeouts[::2] == sorted(wire.timeouts[::2], reverse=True)
    assert set(wire.timeouts[1::2]) == {90.0}


def test_given_slow_but_steady_answer_when_read_then_it_has_the_time_that_it_needs(
    read: Callable[[Wire], int],
) -> None:
    wire = Wire(20_000, 1_000)
    read(wire)
    assert wire.now == 1_000


def test_given_answer_that_never_ends_when_read_then_it_ends_after_an_hour(read: Callable[[Wire], int]) -> None:
    wire = Wire(20_000, 1_000_000)
    with pytest.raises(TimeoutError, match="in 3600 s"):
        read(wire)


def test_given_silence_when_read_then_the_bytes_before_it_are_told(
    read: Callable[[Wire], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire(5, 10)

    def silent(_: Buffer, /) -> int:
        wire.now += 90
        raise TimeoutError("timed out")

    monkeypatch.setattr(wire, "readinto", silent)
    with pytest.raises(TimeoutError, match=r"^0 bytes in 90 s$"):
        read(wire)
