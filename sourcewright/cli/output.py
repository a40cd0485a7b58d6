"""Standard output of both protocols: whole lines, buffered, from any thread."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOBase
from logging import StreamHandler, getLogger
from typing import BinaryIO, Final, NoReturn

from typing_extensions import override

from sourcewright.log import is_first_telling

_BYTES: Final = 256 * 1024
_SECONDS: Final = 0.1
UNREAD: Final = "Nobody reads standard output any more: stopped."
ending: Final = threading.Lock()
"""Taken by the thread that ends the process, so that one alone says why."""


class LineWriter:
    """Writes whole lines to a binary stream in large pieces, at least ten times a second while lines come in."""

    def __init__(self, binary: BinaryIO) -> None:
        self._binary = binary
        self._lock = threading.Lock()
        self._pieces: list[bytes | memoryview] = []
        """What is not written yet."""
        self._size = 0
        self._due = 0.0
        self._exit_code: int | None = None

    def write_line(self, line: bytes) -> None:
        """Write `line`, which has no line end."""
        # A copy, because orjson's bytes are cut from larger blocks, and to keep many of them is slow
        self.write([line + b"\n"])

    def write(self, pieces: Sequence[bytes]) -> None:
        """Write `pieces` of whole lines, with their ends."""
        with self._lock:
            self._pieces += pieces
            self._size += sum(map(len, pieces))
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

    def end(self, reason: str) -> NoReturn:
        """End the process, because what it writes does not arrive."""
        ending.acquire()
        with suppress(OSError, AttributeError):  # standard error may be closed too
            sys.stderr.write(f"{reason}\n")
        os._exit(1)

    def _exit(self, exit_code: int) -> NoReturn:
        self._exit_code = None
        self.flush()
        raise SystemExit(exit_code)

    def _flush(self) -> None:
        rest = memoryview(b"".join(self._pieces))
        try:
            while rest:  # an unbuffered stream may take less than it is given
                rest = rest[self._binary.write(rest) :]
                self._pieces = [rest]
            self._binary.flush()
        except (OSError, ValueError) as error:
            # Here, in whichever thread: a logging handler would swallow the error, and later states would go out
            self.end(explain_write_error(error))
        self._pieces, self._size = [], 0
        self._due = time.monotonic() + _SECONDS


def explain_write_error(error: OSError | ValueError) -> str:
    """Why standard output cannot be written; Python tells of a closed stream by a ValueError."""
    if isinstance(error, BrokenPipeError):
        return UNREAD
    reason = error.strerror if isinstance(error, OSError) else None
    return f"Standard output cannot be written ({reason or error}): stopped."


def require_stdout() -> None:
    """End the command if it was started with standard output closed, as by `>&-`.

    Raises:
        SystemExit: Python has no `sys.stdout` then.

    """
    if sys.stdout is None:
        raise SystemExit("Standard output is closed, so there is nowhere to write to: stopped.")


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
    require_stdout()
    stdout, writer = sys.stdout, LineWriter(sys.stdout.buffer)
    printed = PrintedLines(lambda line: writer.write_line(line.encode()), writer.flush)
    handlers = [handler for handler in getLogger().handlers if isinstance(handler, StreamHandler)]
    try:
        streams = [handler.setStream(printed) for handler in handlers]
    except (OSError, ValueError) as error:  # it flushes, which unbuffered output notices even with nothing to write
        writer.end(explain_write_error(error))
    for handler in handlers:
        handler.addFilter(is_first_telling)
    sys.stdout = printed
    try:
        yield writer
    finally:
        sys.stdout = stdout
        for handler, stream in zip(handlers, streams, strict=True):
            handler.setStream(stream)
            handler.removeFilter(is_first_telling)
        writer.flush()
