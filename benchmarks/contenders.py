"""The commands that are measured: this connector, the published one, the bare loop."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks.service import Service
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, ORGANIZATION
from saas_sandbox.sigma.settings import CLIENT_ID, CLIENT_SECRET

OURS: Final = "connector"
PEER: Final = "published"
TAP: Final = "connector, as tap"
SYNC: Final = "connector, sync into DuckDB"
FLOOR: Final = "floor"
NOTHING: Final = "read of nothing"
_BIN: Final = Path(sys.executable).parent
_ROOT: Final = Path(__file__).parents[1]
PEER_BIN: Final = _ROOT / ".venv-peer" / "bin"


@dataclass(frozen=True)
class Job:
    """A command of one contender."""

    name: str
    command: list[str]
    records: int | None = None
    """How many it must read; None where contenders read different things."""


@dataclass(frozen=True)
class Contenders:
    """Makes the commands for one sandbox; their files stand in `folder`."""

    service: Service
    folder: Path

    def ours(self, *streams: str, name: str = OURS, records: int | None = None, **settings: Any) -> Job:
        """Read with this connector: full events, as the published one always reads them, unless `settings` differ."""
        command = ["read", "--config", self.config(**settings), "--catalog", self._catalog(*streams)]
        return Job(name, [str(_BIN / f"source-{self.service.name}"), *command], records)

    def again(self, *streams: str, name: str) -> Job:
        """Read from the states that a first sync ended with: no more than what is newer than the lookback."""
        read = self.ours(*streams, full_events=False)
        states: dict[str, Any] = {}
        with subprocess.Popen(read.command, stdout=PIPE) as process:  # noqa: S603
            assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
            for line in process.stdout:
                if line.startswith(b'{"type":"STATE"'):
                    state = json.loads(line)["state"]
                    states[state["stream"]["stream_descriptor"]["name"]] = state
        return Job(name, [*read.command, "--state", self._write("state.json", list(states.values()))])

    def sync(self, stream: str, records: int) -> Job:
        """Read one stream into a DuckDB file, which stands in the folder of the run, and so is new each time."""
        options = ["--config", self.config(), "--into", "bench.duckdb", "--streams", stream]
        return Job(SYNC, [str(_BIN / f"source-{self.service.name}"), "sync", *options], records)

    def peer(self, *streams: str, name: str = PEER, records: int | None = None) -> Job:
        """Read with the published connector the one project that it can read: the first one listed."""
        command = ["read", "--config", self.peer_config(), "--catalog", self._catalog(*streams)]
        return Job(name, [str(PEER_BIN / "source-sentry"), *command], records)

    def tap(self, *streams: str, name: str = TAP, records: int | None = None) -> Job:
        """Read with this connector as a Singer tap."""
        command, config = [str(_BIN / f"tap-{self.service.name}"), "--config"], self.config()
        catalog = json.loads(subprocess.run([*command, config, "--discover"], check=True, stdout=PIPE).stdout)  # noqa: S603
        for entry in catalog["streams"]:
            whole = next(part["metadata"] for part in entry["metadata"] if not part["breadcrumb"])
            whole["selected"] = entry["tap_stream_id"] in streams
        return Job(name, [*command, config, "--catalog", self._write(f"tap.{self._files}.json", catalog)], records)

    def floor(self, stream: str, path: str, records: int, **params: str) -> Job:
        """Read the list at `path` below /api/0 with the bare loop."""
        url = f"{self.service.api}{path}?{urlencode(params)}"
        return Job(FLOOR, [*bare_import().command, url, stream, DEFAULT_TOKEN], records)

    def commands(self) -> list[Job]:
        """What either connector does besides reading, and a read of nothing."""
        sides = (
            (OURS, _BIN, self.config(), self.ours()),
            (PEER, PEER_BIN, self.peer_config(), self.peer()),
        )
        own = [
            Job(f"{OURS}: --version", [str(_BIN / "source-sentry"), "--version"]),
            self.tap(name=f"{TAP}: {NOTHING}", records=0),
        ]
        return own + [
            job
            for name, folder, config, nothing in sides
            for job in (
                Job(f"{name}: spec", [str(folder / "source-sentry"), "spec"]),
                Job(f"{name}: check", [str(folder / "source-sentry"), "check", "--config", config]),
                Job(f"{name}: discover", [str(folder / "source-sentry"), "discover", "--config", config]),
                Job(f"{name}: {NOTHING}", nothing.command, 0),
            )
        ]

    def config(self, **settings: Any) -> str:
        """Write a config of this connector; return its path."""
        if self.service.name == "sigma":
            content = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "api_url": self.service.url, **settings}
        else:
            access = {"auth_token": DEFAULT_TOKEN, "organization": ORGANIZATION, "hostname": self.service.url}
            content = {**access, "full_events": True, **settings}
        return self._write(f"connector.{self._files}.json", content)

    def peer_config(self) -> str:
        """Write the config of the published connector; return its path."""
        host = self.service.url.removeprefix("http://")
        access = {"auth_token": DEFAULT_TOKEN, "organization": ORGANIZATION, "hostname": host}
        return self._write("published.json", {**access, "project": self.project["slug"]})

    @property
    def project(self) -> dict[str, Any]:
        """The project that all can read."""
        return self.service.projects[0]

    @property
    def _files(self) -> int:
        """How many there are, for the name of the next."""
        return len(list(self.folder.iterdir()))

    def _catalog(self, *streams: str) -> str:
        configured = [
            {
                "stream": {"name": stream, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                "sync_mode": "full_refresh",
                "destination_sync_mode": "append",
            }
            for stream in streams
        ]
        return self._write(f"catalog.{self._files}.json", {"streams": configured})

    def _write(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(json.dumps(content))
        return str(path)


def bare_import() -> Job:
    """The bare loop without anything to read."""
    return Job(f"{FLOOR}: imports", [sys.executable, str(Path(__file__).with_name("floor.py"))], 0)
