"""The JSON files of the command line, checked before the sync starts: one sentence for each mistake."""

import io
import json
from collections.abc import Mapping
from typing import Any

import click
from singer_sdk.singerlib import Catalog
from typing_extensions import override

from sourcewright.inputs import read_json, wrong_input


class JsonFile(click.ParamType):  # type: ignore[type-arg]  # not generic in older versions
    """Path -> open file whose JSON is a catalog or a state, as its role requires."""

    name = "path"

    def __init__(self, role: str) -> None:
        self._require = {"catalog": _require_catalog, "state": _require_state}[role]
        self._role = role

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> io.StringIO:
        content = read_json(value, self._role) or {}
        self._require(content, value)
        return io.StringIO(json.dumps(content))


def require_settings(path: str) -> None:
    """Refuse a config file that is not a JSON object."""
    if not isinstance(read_json(path, "config"), Mapping):
        raise wrong_input(f"The config file `{path}` does not hold a JSON object.")


def _require_catalog(content: Any, path: str) -> None:
    try:
        Catalog.from_dict({"streams": content["streams"]})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise wrong_input(
            f"The catalog file `{path}` is not a Singer catalog: it must hold what --discover prints, "
            '{"streams": [{"tap_stream_id": …, "schema": …, "metadata": […]}]}.'
        ) from error


def _require_state(content: Any, path: str) -> None:
    bookmarks = content.get("bookmarks", None if content else {}) if isinstance(content, Mapping) else None
    if not isinstance(bookmarks, Mapping) or not all(isinstance(value, Mapping) for value in bookmarks.values()):
        raise wrong_input(
            f"The state file `{path}` is not a Singer state: it must hold the value of the last STATE message, "
            '{"bookmarks": {"<stream>": {…}}}; to read everything from the start, leave --state out.'
        )
