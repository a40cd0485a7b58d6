"""The tap, run as a process, and what it wrote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from integration_tests.commands import Ended, path_of, run_forked, run_installed
from integration_tests.source_sentry.connector import KEYS
from saas_sandbox.sentry.server import Sandbox

COMMAND: Final = "tap-sentry"


@dataclass
class Output:
    """What one run wrote, and how it ended."""

    text: str
    errors: str
    exit_code: int

    @classmethod
    def of(cls, ended: Ended) -> "Output":
        """Output of a command of the Singer protocol."""
        return cls(ended.stdout, ended.stderr, ended.exit_code)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """All Singer messages, in order."""
        return [json.loads(line) for line in self.text.splitlines()]

    def records(self, stream: str) -> list[dict[str, Any]]:
        """Records of one stream."""
        return [m["record"] for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream]

    def keys(self, stream: str) -> list[str]:
        """Keys of one stream's records, repeats included."""
        return [str(record[KEYS[stream]]) for record in self.records(stream)]

    @property
    def streams(self) -> set[str]:
        """Streams that have a SCHEMA."""
        return {m["stream"] for m in self.messages if m["type"] == "SCHEMA"}

    @property
    def states(self) -> list[dict[str, Any]]:
        """Values of the STATE messages, in order."""
        return [m["value"] for m in self.messages if m["type"] == "STATE"]

    @property
    def complaints(self) -> list[str]:
        """Texts of what was logged as an error."""
        lines = [line.split(" | ", maxsplit=3) for line in self.errors.splitlines() if "| ERROR " in line]
        return [parts[3].strip() for parts in lines]


@dataclass
class Tap:
    """tap-sentry, pointed at a sandbox."""

    sandbox: Sandbox
    folder: Path
    installed: bool = False
    """Whether the installed command is started, instead of a fork of its entry point."""
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def config(self) -> dict[str, Any]:
        """Settings in the form of the first tap-sentry."""
        access = {"api_token": self.sandbox.token, "start_date": "2026-08-01T00:00:00Z"}
        return {**access, "organization": self.sandbox.organization, "hostname": self.sandbox.url, **self.settings}

    def command(self, *arguments: str) -> list[str]:
        """The command line of the installed tap, with this tap's config."""
        return [path_of(COMMAND), *self.arguments(*arguments)]

    def run(self, *arguments: str) -> Output:
        """Run the tap to its end."""
        run = run_installed if self.installed else run_forked
        return Output.of(run(COMMAND, *self.arguments(*arguments)))

    def arguments(self, *arguments: str) -> tuple[str, ...]:
        """`arguments` behind this tap's config."""
        return ("--config", self.write("config.json", self.config), *arguments)

    def sync(self, *streams: str, state: Mapping[str, Any] | None = None) -> Output:
        """Read `streams`, or all, from `state`."""
        arguments = ["--catalog", self.catalog(*streams)] if streams else []
        if state is not None:
            arguments += ["--state", self.write("state.json", state)]
        return self.run(*arguments)

    def catalog(self, *streams: str, without: tuple[str, ...] = ()) -> str:
        """Path of a catalog in which `streams` are selected, without the fields `without`."""
        catalog = json.loads(_discovered())
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = stream["tap_stream_id"] in streams
                elif entry["breadcrumb"][-1] in without:
                    entry["metadata"]["selected"] = False
        return self.write("catalog.json", catalog)

    def write(self, name: str, content: object) -> str:
        """Path of a JSON file with `content`."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)


@cache
def _discovered() -> str:
    """What --discover prints, which is the same for every config."""
    return run_forked(COMMAND, "--discover").stdout
