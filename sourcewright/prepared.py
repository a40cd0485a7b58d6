"""What a source says of itself in files that `make docs` writes: its spec and its streams, without the engine."""

from collections.abc import Mapping
from importlib import import_module, resources
from pathlib import Path
from typing import Any, Final

import orjson

from sourcewright.validation import problem_of

SPEC: Final = "spec.json"
"""What `spec` prints, in the folder of the package."""
STREAMS: Final = "streams.json"
"""What `discover` prints, without the schemas, which are files of their own."""


def specification(package: str) -> dict[str, Any]:
    """Connection specification of the source in `package`."""
    found: dict[str, Any] = _read(package, SPEC)["connectionSpecification"]
    return found


def spec_line(package: str) -> bytes:
    """The message that `spec` prints."""
    return orjson.dumps({"type": "SPEC", "spec": _read(package, SPEC)})


def catalog_line(package: str, config_path: str) -> bytes | None:
    """The message that `discover` prints with this config.

    None where the engine has to say it, or what is wrong: the config is not valid, says something of streams, or is a
    pipe, which can be read only once.
    """
    config = _settings(package, config_path)
    if config is None or problem_of(config, specification(package)):
        return None
    streams = [
        {"name": stream["name"], "json_schema": _read(package, f"schemas/{stream['name']}.json"), **stream}
        for stream in _read(package, STREAMS)
    ]
    return orjson.dumps({"type": "CATALOG", "catalog": {"streams": streams}})


def _settings(package: str, config_path: str) -> Mapping[str, Any] | None:
    """Normalized settings of a file that says nothing of streams."""
    path = Path(config_path)
    try:
        config = orjson.loads(path.read_bytes()) if path.is_file() else None
    except (OSError, ValueError):
        return None
    normalization = import_module(f"{package}.config").NormalizeConfig
    if not isinstance(config, dict) or any(config.get(name) for name in normalization.engine_settings):
        return None
    normalization().transform(config)
    return config


def _read(package: str, name: str) -> Any:
    return orjson.loads(resources.files(package).joinpath(name).read_bytes())
