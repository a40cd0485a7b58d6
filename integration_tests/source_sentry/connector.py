"""The command, run as a process, and what it printed."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final

from integration_tests.clock import environment
from integration_tests.commands import Ended, path_of, run_forked, run_installed
from saas_sandbox.sentry.server import Sandbox
from unit_tests.manifests import streams

COMMAND: Final = "source-sentry"
KEYS: Final = {
    **{name: stream["primary_key"][-1] for name, stream in streams("source_sentry").items()},
    "replay_clicks": "node_id",
}
"""Last part of each key, where that is a field of the API: what the sandbox counts rows by."""
_discovered: Final[list[dict[str, Any]]] = []


@dataclass
class Output:
    """Messages of one run, in order, and its exit code."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    exit_code: int = 0
    text: str = ""

    @classmethod
    def of(cls, ended: Ended) -> "Output":
        """Output of a command of the Airbyte protocol, whose standard output is messages alone."""
        messages = [json.loads(line) for line in ended.stdout.splitlines()]
        return cls(messages, ended.exit_code, ended.stdout + ended.stderr)

    def records(self, stream: str) -> list[dict[str, Any]]:
        """Records of one stream."""
        found = (m["record"] for m in self.messages if m["type"] == "RECORD")
        return [record["data"] for record in found if record["stream"] == stream]

    def keys(self, stream: str) -> list[str]:
        """Primary keys of one stream's records, repeats included."""
        return [str(record[KEYS[stream]]) for record in self.records(stream)]

    @property
    def states(self) -> list[dict[str, Any]]:
        """STATE messages, in order."""
        return [m["state"] for m in self.messages if m["type"] == "STATE"]

    @property
    def last_states(self) -> list[dict[str, Any]]:
        """What a platform saves: the last state of each stream."""
        return list({state["stream"]["stream_descriptor"]["name"]: state for state in self.states}.values())

    @property
    def connection(self) -> tuple[str, str]:
        """Status and message of `check`."""
        (status,) = (m["connectionStatus"] for m in self.messages if m["type"] == "CONNECTION_STATUS")
        return status["status"], status.get("message", "")

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Errors of TRACE messages."""
        return [m["trace"]["error"] for m in self.messages if m["type"] == "TRACE" and m["trace"].get("error")]

    def logs(self, level: str) -> list[str]:
        """Log lines of one level."""
        return [m["log"]["message"] for m in self.messages if m["type"] == "LOG" and m["log"]["level"] == level]

    @property
    def statuses(self) -> Mapping[str, str]:
        """Last status of each stream: {"events": "COMPLETE"}."""
        found = (m["trace"].get("stream_status") for m in self.messages if m["type"] == "TRACE")
        return {status["stream_descriptor"]["name"]: status["status"] for status in found if status}


@dataclass
class Connector:
    """The command, pointed at a sandbox."""

    sandbox: Sandbox
    folder: Path
    installed: bool = False
    """Whether the installed command is started, instead of a fork of its entry point."""
    settings: dict[str, Any] = field(default_factory=dict)

    def run(self, command: str, *arguments: str) -> Output:
        """Run a command with this connector's config."""
        run = run_installed if self.installed else run_forked
        return Output.of(run(COMMAND, command, "--config", self.config(), *arguments))

    def config(self) -> str:
        """Path of a file with this connector's config."""
        access = {
            "auth_token": self.sandbox.token,
            "organization": self.sandbox.organization,
            "hostname": self.sandbox.url,
        }
        return self._write("config.json", {**access, **self.settings})

    def check(self) -> tuple[str, str]:
        """Status and message of `check`."""
        return self.run("check").connection

    def read(
        self,
        *streams: str,
        state: list[dict[str, Any]] | None = None,
        mode: str = "incremental",
    ) -> Output:
        """Read `streams`, or all, from `state`."""
        arguments = ["--catalog", self.catalog(*streams, mode=mode)]
        if state is not None:
            arguments += ["--state", self._write("state.json", state)]
        return self.run("read", *arguments)

    def read_until(self, reached: Callable[[dict[str, Any]], bool], *streams: str) -> Output:
        """Read `streams`, and kill -9 the command at the message for which `reached` is true."""
        output = Output()
        command = [path_of(COMMAND), "read", "--config", self.config(), "--catalog", self.catalog(*streams)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()) as process:
            assert process.stdout is not None
            for line in process.stdout:
                output.messages.append(json.loads(line))
                if reached(output.messages[-1]):
                    process.kill()
                    break
        output.exit_code = process.returncode
        return output

    def catalog(self, *streams: str, mode: str = "incremental") -> str:
        """Path of a configured catalog of `streams`, or of all."""
        chosen = [stream for stream in self.discover() if not streams or stream["name"] in streams]
        configured = [self.configured(stream, mode) for stream in chosen]
        return self._write("catalog.json", {"streams": configured})

    def discover(self) -> list[dict[str, Any]]:
        """Streams of `discover`, which are the same for every config: asked for once a test run."""
        if not _discovered:
            (catalog,) = (m["catalog"] for m in self.run("discover").messages if m["type"] == "CATALOG")
            _discovered.extend(catalog["streams"])
        return _discovered

    @staticmethod
    def configured(stream: Mapping[str, Any], mode: str) -> dict[str, Any]:
        mode = mode if mode in stream["supported_sync_modes"] else "full_refresh"
        return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append_dedup"}

    def _write(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(json.dumps(content))
        return str(path)


def expected(sandbox: Sandbox) -> dict[str, Counter[str]]:
    """Keys that exist in the sandbox, each once, by stream of the connector."""
    totals = {stream: keys for stream, keys in sandbox.totals().items() if stream in streams("source_sentry")}
    flat = {stream: chain(*keys.values()) if isinstance(keys, dict) else keys for stream, keys in totals.items()}
    return {stream: Counter(keys) for stream, keys in flat.items()}
