"""`make docs`: write what is derived from the manifests, or with --check say what is stale."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from airbyte_cdk.models import (
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    ConfiguredAirbyteStream,
    ConnectorSpecificationSerializer,
    DestinationSyncMode,
    SyncMode,
)
from airbyte_cdk.models.airbyte_protocol_serializers import AirbyteStreamSerializer
from cogapp import Cog

from sourcewright.prepared import SPEC, STREAMS

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]
import meltano  # noqa: E402 - the documents import them too
import tables  # noqa: E402

from benchmarks.chart import CHART, svg  # noqa: E402
from benchmarks.report import RESULTS  # noqa: E402

DOCUMENTS: Final = (
    "README.md",
    "docs/airbyte/sentry.md",
    "docs/columns.md",
    "docs/performance.md",
    "docs/streams.md",
    "docs/sigma.md",
    "examples/meltano/meltano.yml",
    "metadata.yaml",
)
CATALOGS: Final[Mapping[str, str]] = {
    "source_sentry": "integration_tests/configured_catalog.json",
    "source_sigma": "integration_tests/source_sigma/connector/configured_catalog.json",
}


def catalog(package: str) -> str:
    """Every stream, incremental where that is possible, without its schema: JSON text of a configured catalog."""
    content = ConfiguredAirbyteCatalogSerializer.dump(
        ConfiguredAirbyteCatalog([_configured(stream) for stream in _discover(package)])
    )
    return json.dumps(content, indent=2) + "\n"


def _configured(stream: AirbyteStream) -> ConfiguredAirbyteStream:
    can_change = SyncMode.incremental in (stream.supported_sync_modes or [])
    return ConfiguredAirbyteStream(
        stream=replace(stream, json_schema={}),
        sync_mode=SyncMode.incremental if can_change else SyncMode.full_refresh,
        destination_sync_mode=DestinationSyncMode.append_dedup,
    )


def spec(package: str) -> str:
    """What `spec` prints: JSON text of a connector specification."""
    source = tables.SOURCES[package]()
    return json.dumps(ConnectorSpecificationSerializer.dump(source.spec(source.logger)), indent=2) + "\n"


def streams(package: str) -> str:
    """What `discover` prints, without the schemas: a JSON list with a line for each stream."""
    listed = [
        {name: value for name, value in AirbyteStreamSerializer.dump(stream).items() if name != "json_schema"}
        for stream in _discover(package)
    ]
    return "[\n" + ",\n".join(map(json.dumps, listed)) + "\n]\n"


def _discover(package: str) -> list[AirbyteStream]:
    required = tables.manifest(package)["spec"]["connection_specification"]["required"]
    source = tables.SOURCES[package](config=dict.fromkeys(required, "any"))
    found: list[AirbyteStream] = source.discover(source.logger, {}).streams
    return found


def written() -> dict[str, str]:
    """Text of each file that is made whole, by its path."""
    files = {name: catalog(package) for package, name in CATALOGS.items()}
    files[str(CHART.relative_to(ROOT))] = svg(RESULTS.read_text(encoding="utf-8"))
    files |= {f"{package}/{SPEC}": spec(package) for package in CATALOGS}
    files |= {f"{package}/{STREAMS}": streams(package) for package in CATALOGS}
    return files | {f"examples/meltano/{meltano.TAPS[of].name}.yml": meltano.definition(of) for of in meltano.TAPS}


def main(*, check: bool) -> int:
    """0 when all is written, or with `check` up to date; 1 otherwise, after a line for each stale file."""
    options = ["--check"] if check else ["-r"]
    stale: int = Cog().main(["cog", *options, "-I", str(ROOT / "docs"), *(str(ROOT / name) for name in DOCUMENTS)])
    for name, text in written().items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            sys.stdout.write(f"{name} is stale: run `make docs`.\n")
            stale = 1
        else:
            path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
