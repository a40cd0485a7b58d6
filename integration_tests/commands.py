"""Run one of the project's commands to its end, as a process of its own."""

import importlib.metadata
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final

import time_machine

from integration_tests.clock import ahead, environment

_TIMEOUT: Final = 120


@dataclass(frozen=True)
class Ended:
    """What a command wrote, and how it ended."""

    stdout: str
    stderr: str
    exit_code: int


def path_of(name: str) -> str:
    """Path of the installed command `name`."""
    return str(Path(sys.executable).with_name(name))


def run_installed(name: str, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
    """Start the installed command, as a user does."""
    done = subprocess.run(
        [path_of(name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT,
        env=environment(**(env or {})),
    )
    return Ended(done.stdout, done.stderr, done.returncode)


def run_forked(name: str, *arguments: str, stdout: str | None = None) -> Ended:
    """Run the entry point of `name` in the fork of a process that has imported it: a second less than a start.

    Its output goes to a file, or to the device `stdout`.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(stdout or Path(folder, "stdout")), Path(folder, "stderr")
        process = _fork_server().Process(target=_command, args=(name, arguments, str(out), str(err), ahead()))
        process.start()
        process.join(_TIMEOUT)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"`{name}` ran for more than {_TIMEOUT} s: {err.read_text(encoding='utf-8')}")
        text = "" if stdout else out.read_text(encoding="utf-8")
        return Ended(text, err.read_text(encoding="utf-8"), process.exitcode)


@cache
def _fork_server() -> ForkServerContext:
    """The process that is forked, which has no thread and no state of any run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, f"{__package__}.prepared", "source_sentry.tap", "source_sigma.tap"])
    return context


def _command(name: str, arguments: tuple[str, ...], out: str, err: str, clock_ahead: float) -> None:
    """Be the command: its streams, its arguments, its clock, its end."""
    for path, descriptor in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.argv = [name, *arguments]
    time_machine.travel(time.time() + clock_ahead).start()
    (entry_point,) = importlib.metadata.entry_points(group="console_scripts", name=name)
    try:
        sys.exit(entry_point.load()())
    except Exception as error:  # noqa: BLE001 - the interpreter would do so
        sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(1)
