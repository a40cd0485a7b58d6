"""`make docs`: write what is derived from the manifests, or with --check say what is stale."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from airbyte_cdk.models import AirbyteStreamSerializer
from cogapp import Cog

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))
import tables  # noqa: E402 - the documents import it too

DOCUMENTS: Final = ("README.md", "docs/streams.md", "docs/sigma.md")
CATALOGS: Final[Mapping[str, str]] = {
    "source_sentry": "integration_tests/configured_catalog.json",
    "source_sigma": "integration_tests/source_sigma/connector/configured_catalog.json",
}


def catalog(package: str) -> str:
    """Every stream, incremental where that is possible, without its schema: JSON text of a configured catalog."""
    source = tables.SOURCES[package]()
    streams = [AirbyteStreamSerializer.dump(each) for each in source.discover(source.logger, {}).streams]
    configured = [_configured(stream) for stream in streams]
    return json.dumps({"streams": configured}, indent=2) + "\n"


def _configured(stream: dict[str, Any]) -> dict[str, Any]:
    mode = "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh"
    short = {name: value for name, value in stream.items() if value is not None}
    return {"stream": {**short, "json_schema": {}}, "sync_mode": mode, "destination_sync_mode": "append_dedup"}


def main(*, check: bool) -> int:
    """0 when all is written, or with `check` up to date; 1 otherwise, after a line for each stale file."""
    options = ["--check"] if check else ["-r"]
    stale = Cog().main(["cog", *options, "-I", str(ROOT / "docs"), *(str(ROOT / name) for name in DOCUMENTS)])
    for package, name in CATALOGS.items():
        path, text = ROOT / name, catalog(package)
        if path.read_text(encoding="utf-8") == text:
            continue
        if check:
            sys.stdout.write(f"{name} is stale: run `make docs`.\n")
            stale = 1
        else:
            path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
