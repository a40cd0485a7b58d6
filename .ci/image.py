"""`make test-image`: builds the images and runs every command in them, read-only and as a user that they do not know.

ENGINE names the container engine (docker by default), BUILD_OPTIONS and RUN_OPTIONS are passed on to it.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from saas_sandbox.sentry.server import serve as serve_sentry
from saas_sandbox.sentry.settings import Settings as SentrySettings
from saas_sandbox.sigma.server import serve as serve_sigma
from saas_sandbox.sigma.settings import Settings as SigmaSettings

ROOT: Final = Path(__file__).resolve().parents[1]
ENGINE: Final = os.environ.get("ENGINE", "docker")
BUILD: Final = shlex.split(os.environ.get("BUILD_OPTIONS", ""))
RUN: Final = ["--rm", "--network", "host", *shlex.split(os.environ.get("RUN_OPTIONS", ""))]
UNKNOWN: Final = ["--read-only", "--user", "12345:12345"]


def main() -> int:
    """0 when each command did what it should.

    Raises:
        SystemExit: One did not, with a sentence.

    """
    for name in ("source-sentry", "source-sigma"):
        subprocess.run([ENGINE, "build", *BUILD, "--target", name, "--tag", name, str(ROOT)], check=True)  # noqa: S603
    with serve_sentry(SentrySettings(size="tiny")) as sentry, serve_sigma(SigmaSettings()) as sigma:
        access = {"auth_token": sentry.token, "organization": sentry.organization, "hostname": sentry.url}
        _commands("source-sentry", access, ("issues", "teams"))
        _commands("source-sigma", {**sigma.access(), "api_url": sigma.url}, ("members", "workbooks"))
        for options in ([], UNKNOWN):
            _tap("source-sentry", "tap-sentry", access, options)
            _tap("source-sigma", "tap-sigma", {**sigma.access(), "api_url": sigma.url}, options)
    sys.stdout.write("All commands run in both images, read-only and as another user too.\n")
    return 0


def _commands(image: str, config: Mapping[str, Any], streams: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "config.json").write_text(json.dumps(config))
        for options in ([], UNKNOWN):
            _require(_types(_run(image, folder, options, "spec"))["SPEC"], f"{image}: no spec")
            status = _run(image, folder, options, "check", "--config", "/files/config.json")
            is_good = any(line.get("connectionStatus", {}).get("status") == "SUCCEEDED" for line in status)
            _require(is_good, f"{image}: check failed")
            found = _run(image, folder, options, "discover", "--config", "/files/config.json")
            (catalog,) = [line["catalog"]["streams"] for line in found if line["type"] == "CATALOG"]
            chosen = [_configured(stream) for stream in catalog if stream["name"] in streams]
            (folder / "catalog.json").write_text(json.dumps({"streams": chosen}))
            files = ("--config", "/files/config.json", "--catalog", "/files/catalog.json")
            messages = _run(image, folder, options, "read", *files)
            rows = Counter(line["record"]["stream"] for line in messages if line["type"] == "RECORD")
            _require(set(rows) == set(streams), f"{image}: read {dict(rows)}")


def _configured(stream: Mapping[str, Any]) -> dict[str, Any]:
    return {"stream": stream, "sync_mode": stream["supported_sync_modes"][-1], "destination_sync_mode": "append"}


def _tap(image: str, command: str, config: Mapping[str, Any], options: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "config.json").write_text(json.dumps(config))
        catalog = json.loads(
            _output(image, folder, [*options, "--entrypoint", command], "--config", "/files/config.json", "--discover")
        )
        _require(catalog["streams"], f"{command}: an empty catalog")


def _run(image: str, folder: Path, options: list[str], *arguments: str) -> list[dict[str, Any]]:
    """Lines of standard output, each of which is a message."""
    return [json.loads(line) for line in _output(image, folder, options, *arguments).splitlines()]


def _output(image: str, folder: Path, options: list[str], *arguments: str) -> str:
    command = [ENGINE, "run", *RUN, *options, "--volume", f"{folder}:/files:ro", image, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own command


def _require(holds: object, sentence: str) -> None:
    if not holds:
        raise SystemExit(sentence)


def _types(messages: list[dict[str, Any]]) -> Counter[str]:
    return Counter(message["type"] for message in messages)


if __name__ == "__main__":
    sys.exit(main())
