"""The JSON files of the command line, checked before the sync starts: one sentence for each mistake."""

import io
import json
import os
import re
from collections.abc import Mapping
from typing import Any

import click
from singer_sdk.singerlib import Catalog
from typing_extensions import override

from sourcewright.inputs import read_json, require_once, wrong_input
from sourcewright.validation import shorten


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


def require_variables(schema: Mapping[str, Any], tap: str) -> None:
    """Refuse text in a variable of a setting that is no text: TAP_SENTRY_NUM_WORKERS=many."""
    for setting, about in schema["properties"].items():
        variable = f"{tap}_{setting}".replace("-", "_").upper()
        text = os.environ.get(variable, "")
        if variable not in os.environ:
            continue
        if about.get("type") == "integer" and not re.fullmatch(r"\s*[+-]?\d{1,18}\s*", text):
            raise wrong_input(f"The variable `{variable}` is `{text}`, but must be an integer.")
        if about.get("type") == "array" and about["items"]["type"] == "object" and not _is_json(text):
            raise wrong_input(f"The variable `{variable}` is `{shorten(text)}`, but must be JSON: a list of objects.")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _require_catalog(content: Any, path: str) -> None:
    try:
        Catalog.from_dict({"streams": content["streams"]})
        names = [stream["tap_stream_id"] for stream in content["streams"]]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise wrong_input(
            f"The catalog file `{path}` is not a Singer catalog: it must hold what --discover prints, "
            '{"streams": [{"tap_stream_id": …, "schema": …, "metadata": […]}]}.'
        ) from error
    require_once(names)


def _require_state(content: Any, path: str) -> None:
    bookmarks = content.get("bookmarks", None if content else {}) if isinstance(content, Mapping) else None
    if not isinstance(bookmarks, Mapping) or not all(isinstance(value, Mapping) for value in bookmarks.values()):
        raise wrong_input(
            f"The state file `{path}` is not a Singer state: it must hold the value of the last STATE message, "
            '{"bookmarks": {"<stream>": {…}}}; to read everything from the start, leave --state out.'
        )
