"""A source with a manifest of a few lines, for stream shapes that neither connector has yet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from source_sentry import SourceSentry

CURSOR = {
    "type": "DatetimeBasedCursor",
    "start_datetime": "2026-11-01T00:00:00Z",
    "end_datetime": "2026-11-22T09:59:59Z",
    "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
    "cursor_granularity": "PT1S",
    "step": "P30D",
}


def a_source_class(folder: Path, **definitions: Any) -> type[SourceSentry]:
    """Sentry's manifest with `definitions` instead of its streams; those with a cursor field or a key are streams."""
    manifest = yaml.safe_load(SourceSentry.manifest.read_text(encoding="utf-8"))
    dynamic = definitions.pop("dynamic_streams", [])
    manifest["definitions"] |= definitions
    manifest["streams"] = [{"$ref": f"#/definitions/{name}"} for name in definitions]
    manifest["dynamic_streams"] = dynamic
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    return type("SmallSource", (SourceSentry,), {"manifest": path})


def a_list(name: str, endpoint: str, **fields: Any) -> Mapping[str, Any]:
    """Definition of a list stream without a schema file."""
    parameters = {"name": name, "scope": "org:read", "endpoint": endpoint, **fields.pop("parameters", {})}
    schema = {"type": "InlineSchemaLoader", "schema": {"type": "object"}}
    return {"$ref": "#/definitions/list_stream", "$parameters": parameters, "schema_loader": schema, **fields}
