"""The connector, as the installed command and as one long process; each reads on from where it was."""

import json
import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typing_extensions import override

_COMMAND = str(Path(sys.executable).with_name("source-sentry"))


@dataclass(frozen=True)
class Sync:
    """What one sync took, and what it left."""

    seconds: float
    rss: float
    """MB: the most of the command, what the long process has afterwards."""
    threads: int
    sockets: int
    failed: list[str]
    """Streams that were not read to their end."""


@dataclass
class Reader(ABC):
    """Reads the streams of a catalog again and again."""

    name: str
    folder: Path
    """Where config.json and catalog.json are."""
    keys: defaultdict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    """Keys of all records so far, by stream."""
    records: int = 0
    syncs: list[Sync] = field(default_factory=list)

    @abstractmethod
    def sync(self) -> None:
        """Read once."""

    def take(self, stream: str, key: list[Any]) -> None:
        """Note the key of a record."""
        self.records += 1
        self.keys[stream].add(tuple(map(str, key)))


class Command(Reader):
    """`source-sentry read`, a process for each sync."""

    @override
    def sync(self) -> None:
        catalog = json.loads((self.folder / "catalog.json").read_text())["streams"]
        parts = {each["stream"]["name"]: each["stream"]["source_defined_primary_key"] for each in catalog}
        state, began = self.folder / "state.json", time.monotonic()
        saved = json.loads(state.read_text()) if state.exists() else []
        states = {each["stream"]["stream_descriptor"]["name"]: each for each in saved}
        arguments = ["--config", str(self.folder / "config.json"), "--catalog", str(self.folder / "catalog.json")]
        arguments += ["--state", str(state)] if saved else []
        failed = []
        with subprocess.Popen([_COMMAND, "read", *arguments], stdout=subprocess.PIPE) as process:  # noqa: S603
            assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
            for line in process.stdout:
                message = json.loads(line)
                if message["type"] == "RECORD":
                    record = message["record"]
                    self.take(record["stream"], [record["data"][part] for (part,) in parts[record["stream"]]])
                elif message["type"] == "STATE":
                    states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
                elif (status := message.get("trace", {}).get("stream_status")) and status["status"] == "INCOMPLETE":
                    failed.append(status["stream_descriptor"]["name"])
            _, code, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(code)
        state.write_text(json.dumps(list(states.values())))
        failed += ["exit code"] if process.returncode and not failed else []
        self.syncs.append(Sync(time.monotonic() - began, usage.ru_maxrss / 1024, 0, 0, failed))


@dataclass
class LongProcess(Reader):
    """`benchmarks.soak.long_run`, one process for all syncs."""

    process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the process while the block runs."""
        files = [str(self.folder / "config.json"), str(self.folder / "catalog.json")]
        command = [sys.executable, "-m", "benchmarks.soak.long_run", *files]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as self.process:  # noqa: S603
            try:
                yield
            finally:
                self.process.kill()

    @override
    def sync(self) -> None:
        assert self.process is not None  # noqa: S101 - see `running`
        assert self.process.stdin is not None  # noqa: S101
        assert self.process.stdout is not None  # noqa: S101
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            said = json.loads(line)
            if "seconds" in said:
                self.syncs.append(Sync(**said))
                return
            if "stream" in said:
                self.take(said["stream"], said["key"])
        raise RuntimeError("The long process has ended.")
