"""The command, run as a process against a Sigma sandbox, and what it printed."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from integration_tests.commands import run_forked, run_installed
from integration_tests.source_sentry.connector import Output
from saas_sandbox.sigma.server import Sandbox

DERIVED: Final = ("sourceKey", "lineageKey")
"""Parts of keys that the connector makes of the whole row."""
_discovered: Final[list[dict[str, Any]]] = []


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
        return Output.of(run("source-sigma", command, "--config", self.config(), *arguments))

    def config(self) -> str:
        """Path of a file with this connector's config."""
        access = {
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            "api_url": self.sandbox.url,
        }
        return self._write("config.json", {**access, **self.settings})

    def read(self, *streams: str, state: list[dict[str, Any]] | None = None, mode: str = "incremental") -> Output:
        """Read `streams`, or all, from `state`."""
        chosen = [stream for stream in self.discover() if not streams or stream["name"] in streams]
        configured = [
            {
                "stream": stream,
                "sync_mode": mode if mode in stream["supported_sync_modes"] else "full_refresh",
                "destination_sync_mode": "append_dedup",
            }
            for stream in chosen
        ]
        arguments = ["--catalog", self._write("catalog.json", {"streams": configured})]
        if state is not None:
            arguments += ["--state", self._write("state.json", state)]
        return self.run("read", *arguments)

    def discover(self) -> list[dict[str, Any]]:
        """Streams of `discover`, which are the same for every config: asked for once a test run."""
        if not _discovered:
            (catalog,) = (m["catalog"] for m in self.run("discover").messages if m["type"] == "CATALOG")
            _discovered.extend(catalog["streams"])
        return _discovered

    def keys(self, output: Output, stream: str) -> Counter[tuple[Any, ...]]:
        """Primary keys of what was read, and how often each came; without parts that are derived."""
        (about,) = (one for one in self.discover() if one["name"] == stream)
        names = [part for (part,) in about["source_defined_primary_key"] if part not in DERIVED]
        return Counter(tuple(record[name] for name in names) for record in output.records(stream))

    def existing(self, stream: str) -> Counter[tuple[Any, ...]]:
        """The same of what is in the sandbox, whose rows lack what only their path tells."""
        (about,) = (one for one in self.discover() if one["name"] == stream)
        names = [part for (part,) in about["source_defined_primary_key"] if part not in DERIVED]
        return Counter(
            tuple(_value(entry["path"], entry["row"], name) for name in names)
            for entry in self.sandbox.totals()[stream]
        )

    def _write(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(json.dumps(content))
        return str(path)


def _value(path: dict[str, str], row: dict[str, Any] | str, name: str) -> Any:
    """Part of a key: of the row, or of the path, whose ids a `parent…` tells apart from the row's own."""
    if isinstance(row, str):
        row = {"tenantOrganizationId": row}
    own = name.removeprefix("parent")
    if own != name:
        return path[own[0].lower() + own[1:]]
    value = row[name] if name in row else path.get(name)
    return "" if value is None else value
