"""Run any of the four commands in this process, and collect what it says to the user."""

import contextlib
import io
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from source_sentry.run import main as source_sentry
from source_sentry.tap import TapSentry
from source_sigma.run import main as source_sigma
from source_sigma.tap import TapSigma
from sourcewright.singer import command
from sourcewright.singer.tap import SourceTap
from unit_tests.source_sentry import command as any_command

SOURCES: Final[dict[str, Callable[[list[str]], None]]] = {"sentry": source_sentry, "sigma": source_sigma}
TAPS: Final[dict[str, type[SourceTap]]] = {"sentry": TapSentry, "sigma": TapSigma}
_PROBLEMS: Final = ("| ERROR ", "| CRITICAL ", "Error: ")


@dataclass
class Said:
    """Exit code, all sentences that complain, and all output."""

    code: int
    sentences: list[str]
    text: str


def run_source(api: str, *arguments: str) -> Said:
    """Run `source-<api>`; a sentence is an error, what `check` failed with, or a line of the log that is an error."""
    errors = io.StringIO()
    with patch.object(any_command, "main", SOURCES[api]), contextlib.redirect_stderr(errors):
        result = any_command.run_arguments(*arguments)
    complaints = [complaint for message in result.messages for complaint in _complaints(message)]
    lines = errors.getvalue().splitlines()
    usage = [
        line.partition("error: ")[2] or line.partition("ERROR: ")[2] for line in lines if "error: " in line.lower()
    ]
    return Said(result.code, complaints + usage, result.stdout + errors.getvalue())


def _complaints(message: dict[str, Any]) -> Iterator[str]:
    if message["type"] == "CONNECTION_STATUS" and message["connectionStatus"]["status"] == "FAILED":
        yield message["connectionStatus"]["message"]
    if message["type"] == "TRACE" and message["trace"].get("error"):
        yield message["trace"]["error"]["message"]
    if message["type"] == "LOG" and message["log"]["level"] in ("ERROR", "FATAL"):
        yield message["log"]["message"]


def run_tap(api: str, *arguments: str) -> Said:
    """Run `tap-<api>`; a sentence is a line of the log that is an error."""
    output, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    hook, handlers = sys.excepthook, {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with (
        any_command.a_process(),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        patch.object(command, "end_with_reader", lambda: None),  # there is no other end of this output
    ):
        code = TAPS[api].exit_code(list(arguments))
    sys.excepthook = hook
    for number, handler in handlers.items():
        signal.signal(number, handler)
    output.seek(0)
    sentences = [_sentence(line) for line in errors.getvalue().splitlines() if any(mark in line for mark in _PROBLEMS)]
    return Said(code, sentences, output.read() + errors.getvalue())


def _sentence(line: str) -> str:
    """`2026-11-22 10:00:00,000 | ERROR    | tap-sentry     | Setting …` -> `Setting …`."""
    return line.split("|", 3)[3].strip() if "| ERROR " in line else line.removeprefix("Error: ")
