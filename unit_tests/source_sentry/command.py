"""Run a command as `source_sentry.run` does, in this process, and inspect its output."""

import contextlib
import gc
import io
import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from source_sentry.run import main
from unit_tests.source_sentry.builders import Json
from unit_tests.source_sentry.sync import a_catalog


@dataclass
class Result:
    """Exit code and standard output of a command."""

    code: int
    stdout: str

    @property
    def messages(self) -> list[Json]:
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def status(self) -> str:
        return str(self._connection["status"])

    @property
    def message(self) -> str:
        """What the check says."""
        return str(self._connection["message"])

    @property
    def errors(self) -> list[Json]:
        traces = [message["trace"] for message in self.messages if message["type"] == "TRACE"]
        return [trace["error"] for trace in traces if trace["type"] == "ERROR"]

    @property
    def _connection(self) -> Json:
        (status,) = [one["connectionStatus"] for one in self.messages if one["type"] == "CONNECTION_STATUS"]
        return dict(status)


def run(
    folder: Path,
    command: str,
    config: Mapping[str, Any],
    *,
    streams: Sequence[str] = (),
    state: object = None,
) -> Result:
    """Run `command` with files in `folder`; `streams` are read, where it reads."""
    arguments = [command, "--config", _file(folder, "config", config)]
    if command == "read":
        arguments += [
            "--catalog",
            _file(folder, "catalog", ConfiguredAirbyteCatalogSerializer.dump(a_catalog(*streams))),
        ]
    if state is not None:
        arguments += ["--state", _file(folder, "state", state)]
    return run_arguments(*arguments)


def run_arguments(*arguments: str) -> Result:
    """What the interpreter would do with an uncaught exception is done here too."""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with a_process(), contextlib.redirect_stdout(stdout), patch.object(sys, "__stdout__", stdout):
        code = _exit_code(list(arguments))
    stdout.seek(0)
    return Result(code, stdout.read())


def _exit_code(arguments: list[str]) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    except Exception as error:  # noqa: BLE001 - any
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


@contextlib.contextmanager
def a_process() -> Iterator[None]:
    """Undo what a command changes for its whole process."""
    hook, thresholds, root, own = sys.excepthook, gc.get_threshold(), logging.getLogger(), logging.getLogger("airbyte")
    handlers, levels = list(root.handlers), (root.level, own.level)
    try:
        yield
    finally:
        sys.excepthook = hook
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        root.handlers[:] = handlers
        for logger, level in zip((root, own), levels, strict=True):
            logger.setLevel(level)


def _file(folder: Path, name: str, content: object) -> str:
    path = folder / f"{name}.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)
