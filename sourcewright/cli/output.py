"""Standard output of the Airbyte protocol: whole lines from all threads, many at a time."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase
from logging import StreamHandler, getLogger
from typing import BinaryIO, Final

from typing_extensions import override

_BYTES: Final = 256 * 1024
_SECONDS: Final = 0.1


class LineOutput(TextIOBase):
    """Takes the place of sys.stdout and hands lines on in large pieces, at least ten times a second.

    Records come as bytes (`write_line`); the engine's logs and messages as text, from any thread.
    """

    def __init__(self, binary: BinaryIO) -> None:
        self._binary = binary
        self._lock = threading.Lock()
        self._unfinished = threading.local()
        self._pieces: list[bytes] = []
        self._size = 0
        self._due = 0.0

    def write_line(self, line: bytes) -> None:
        """Write one line, given without its end."""
        with self._lock:
            self._pieces += (line, b"\n")
            self._size += len(line) + 1
            if self._size > _BYTES or time.monotonic() > self._due:
                self._flush()

    @override
    def write(self, text: str) -> int:
        # print() writes a text and its line end one after the other, and other threads write too
        line = self._unfinished.__dict__.pop("line", "") + text
        if line.endswith("\n"):
            self.write_line(line[:-1].encode())
        else:
            self._unfinished.line = line
        return len(text)

    @override
    def flush(self) -> None:
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        pieces, self._pieces, self._size = self._pieces, [], 0
        try:
            rest = memoryview(b"".join(pieces))
            while rest:  # an unbuffered stream may take less than it is given
                rest = rest[self._binary.write(rest) :]
            self._binary.flush()
        except BrokenPipeError:
            # Whichever thread finds it out, nothing that any of them does reaches anybody
            sys.stderr.write("Nobody reads standard output any more: stopped.\n")
            os._exit(1)
        self._due = time.monotonic() + _SECONDS


@contextmanager
def line_output() -> Iterator[LineOutput]:
    """Send all that is printed and logged in the block through one LineOutput."""
    output, stdout = LineOutput(sys.stdout.buffer), sys.stdout
    handlers = [handler for handler in getLogger().handlers if isinstance(handler, StreamHandler)]
    streams = [handler.setStream(output) for handler in handlers]
    sys.stdout = output
    try:
        yield output
    finally:
        sys.stdout = stdout
        for handler, stream in zip(handlers, streams, strict=True):
            handler.setStream(stream)
        output.flush()
