"""Runs a command and measures it. The units are Linux's."""

import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

_LAUNCH: Final = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
_RECORD: Final = b'{"type":"RECORD"'
_STATE: Final = b'{"type":"STATE"'
_ERROR_CHARACTERS: Final = 1500


class BenchmarkError(Exception):
    """A measurement that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Usage:
    """What one run of a command took, from its start to its end."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor time, in user and in system mode."""
    rss: float
    """Most memory at a time, in MB."""
    records: int
    """RECORD lines on standard output, or rows that `sync` read."""
    first: float | None
    """Seconds to the first record, if there was any."""
    output: float
    """MB on standard output."""
    states: float
    """MB of them that are states."""


def run(command: list[str]) -> Usage:
    """Run `command` in a folder of its own; read its output, as a destination does, and keep no more than counts.

    Raises:
        BenchmarkError: It ended with another exit code than 0.

    """
    output = _Output()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        took = Path(folder) / "took"
        launch = [*_LAUNCH, str(took), *command]
        with subprocess.Popen(launch, cwd=folder, stdout=subprocess.PIPE, stderr=errors) as process:  # noqa: S603
            assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
            output.read(process.stdout)
        errors.seek(0)
        told = errors.read()
        said = b"".join([*output.end, told]).decode(errors="replace")[-_ERROR_CHARACTERS:]
        if process.returncode:
            raise BenchmarkError(f"`{' '.join(command)}` could not be run: {said}")
        wall, cpu, rss, code = took.read_text().split()
    if code != "0":
        raise BenchmarkError(f"`{' '.join(command)}` ended with exit code {code}: {said}")
    records = output.records or _read_rows(told)
    return Usage(
        float(wall), float(cpu), int(rss) / 1024, records, output.first, output.size / 10**6, output.states / 10**6
    )


@dataclass
class _Output:
    """What the lines of an output were."""

    records: int = 0
    size: int = 0
    states: int = 0
    first: float | None = None
    end: deque[bytes] = field(default_factory=lambda: deque(maxlen=20))
    """The last lines, which may say what went wrong."""

    def read(self, output: IO[bytes]) -> None:
        """Read it to its end."""
        started = time.monotonic()
        for line in output:
            self.size += len(line)
            if line.startswith(_RECORD):
                self.first = self.first or time.monotonic() - started
                self.records += 1
                continue
            if line.startswith(_STATE):
                self.states += len(line)
            self.end.append(line[:_ERROR_CHARACTERS])


def _read_rows(errors: bytes) -> int:
    """Rows that `sync` says it has read: it writes no records to standard output."""
    return sum(
        int(number.replace(b",", b"")) for number in re.findall(rb"^\w+: ([\d,]+) rows read", errors, re.MULTILINE)
    )
