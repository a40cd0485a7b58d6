"""Runs a command and measures it. The units are Linux's."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_LAUNCH: Final = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
_RECORD: Final = b'{"type":"RECORD"'
_PIECE: Final = 1 << 20
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
    """RECORD lines on standard output."""


def run(command: list[str]) -> Usage:
    """Run `command` in a folder of its own; read and count its output, as a destination does, and keep none of it.

    Raises:
        BenchmarkError: It ended with another exit code than 0.

    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        took = Path(folder) / "took"
        launch = [*_LAUNCH, str(took), *command]
        with subprocess.Popen(launch, cwd=folder, stdout=subprocess.PIPE, stderr=errors, bufsize=0) as process:  # noqa: S603
            assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
            records, end = _count(process.stdout)
        errors.seek(0)
        said = (end + errors.read()).decode(errors="replace")[-_ERROR_CHARACTERS:]
        if process.returncode:
            raise BenchmarkError(f"`{' '.join(command)}` could not be run: {said}")
        wall, cpu, rss, code = took.read_text().split()
    if code != "0":
        raise BenchmarkError(f"`{' '.join(command)}` ended with exit code {code}: {said}")
    return Usage(float(wall), float(cpu), int(rss) / 1024, records)


def _count(output: IO[bytes]) -> tuple[int, bytes]:
    """Count the records of an output to its end; return the end of the output too."""
    records, tail = 0, b""
    while piece := output.read(_PIECE):
        records += (tail[1 - len(_RECORD) :] + piece).count(_RECORD)
        tail = (tail + piece)[-_ERROR_CHARACTERS:]
    return records, tail
