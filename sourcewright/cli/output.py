"""Standard output of both protocols: whole lines, buffered, from any thread."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOBase
from logging import StreamHandler, getLogger
from typing import BinaryIO, Final, NoReturn

from typing_extensions import override

_BYTES: Final = 256 * 1024
_SECONDS: Final = 0.1


class LineWriter:
    """Writes whole lines to a binary stream in large pieces, at least ten times a second while lines come in."""

    def __init__(self, binary: BinaryIO) -> None:
        self._binary = binary
        self._lock = threading.Lock()
        self._pieces: list[bytes] = []
        self._size = 0
        self._due = 0.0
        self._exit_code: int | None = None

    def write_line(self, line: bytes) -> None:
        """Write `line`, which has no line end."""
        with self._lock:
            # A copy, because orjson's bytes are cut from larger blocks, and to keep many of them is slow
            self._pieces.append(line + b"\n")
            self._size += len(line) + 1
            if self._size > _BYTES or time.monotonic() > self._due:
                self._flush()
        if self._exit_code is not None:
            self._exit(self._exit_code)

    def flush(self) -> None:
        """Write the whole buffer."""
        with self._lock:
            self._flush()
        if self._exit_code is not None:
            self._exit(self._exit_code)

    def stop(self, exit_code: int) -> None:
        """End the process after the current line; for signal handlers of a process whose main thread alone writes.

        Raises:
            SystemExit: At once, or at the end of the `write_line` or `flush` that the signal interrupted.

        """
        if self._lock.locked():
            self._exit_code = exit_code
        else:
            self._exit(exit_code)

    def end_unread(self) -> NoReturn:
        """End the process, because nobody reads its output any more."""
        sys.stderr.write("Nobody reads standard output any more: stopped.\n")
        os._exit(1)

    def _exit(self, exit_code: int) -> NoReturn:
        self._exit_code = None
        self.flush()
        raise SystemExit(exit_code)

    def _flush(self) -> None:
        pieces, self._pieces, self._size = self._pieces, [], 0
        try:
            rest = memoryview(b"".join(pieces))
            while rest:  # an unbuffered stream may take less than it is given
                rest = rest[self._binary.write(rest) :]
            self._binary.flush()
        except BrokenPipeError:
            # Whichever thread notices it first: no other thread's output can arrive either
            self.end_unread()
        self._due = time.monotonic() + _SECONDS


class PrintedLines(TextIOBase):
    """Replaces sys.stdout; passes each printed line, without its end, to `write_line` once it is complete."""

    def __init__(self, write_line: Callable[[str], None], flush: Callable[[], None] = lambda: None) -> None:
        self._write_line = write_line
        self._flush = flush
        self._unfinished = threading.local()

    @override
    def write(self, text: str) -> int:
        # print() writes a text and its line end one after the other, and other threads write too
        line = self._unfinished.__dict__.pop("line", "") + text
        if line.endswith("\n"):
            self._write_line(line[:-1])
        else:
            self._unfinished.line = line
        return len(text)

    @override
    def flush(self) -> None:
        self._flush()


@contextmanager
def line_output() -> Iterator[LineWriter]:
    """Send all that is printed and logged in the block through one LineWriter."""
    stdout, writer = sys.stdout, LineWriter(sys.stdout.buffer)
    printed = PrintedLines(lambda line: writer.write_line(line.encode()), writer.flush)
    handlers = [handler for handler in getLogger().handlers if isinstance(handler, StreamHandler)]
    streams = [handler.setStream(printed) for handler in handlers]
    sys.stdout = printed
    try:
        yield writer
    finally:
        sys.stdout = stdout
        for handler, stream in zip(handlers, streams, strict=True):
            handler.setStream(stream)
        writer.flush()
