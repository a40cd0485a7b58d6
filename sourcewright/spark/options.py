"""Options of a DataFrame reader, all of them texts, and what they stand for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from sourcewright import secrets
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Entrypoint, wrong_input
from sourcewright.validation import shorten

_NESTED: Final = ("json", "struct")
_TASKS: Final = 4


@dataclass(frozen=True)
class Options:
    """What the options of one DataFrame say."""

    stream: str
    settings: Mapping[str, Any]
    """The source's config."""
    structs: bool
    """Whether nested fields are STRUCT and ARRAY, instead of JSON texts."""
    tasks: int
    """Tasks at most."""

    @classmethod
    def of(cls, source_class: type[ManifestSource], given: Mapping[str, str]) -> Self:
        """Check all options, whose names Spark gives in lower case.

        Raises:
            AirbyteTracedException: One is unknown, missing or wrong: which, and what it may be.

        """
        left = {name.lower(): text for name, text in given.items()}
        stream, nested, tasks = left.pop("stream", ""), left.pop("nested", "json"), left.pop("numpartitions", "")
        if not stream:
            raise wrong_input('Option `stream` is missing: .option("stream", "projects").')
        if nested not in _NESTED:
            raise wrong_input(f"Option `nested` is {shorten(nested)!r}, but must be `json` or `struct`.")
        if tasks and not (tasks.isdecimal() and int(tasks)):
            raise wrong_input(f"Option `numPartitions` is {shorten(tasks)!r}, but must be a number from 1 on.")
        return cls(stream, _settings(source_class, left), nested == "struct", int(tasks or _TASKS))


def _settings(source_class: type[ManifestSource], texts: Mapping[str, str]) -> Mapping[str, Any]:
    bare = source_class()
    specification = bare.spec(bare.logger)
    about = specification.connectionSpecification["properties"]
    if unknown := [name for name in texts if name not in about]:
        known = ", ".join(f"`{name}`" for name in ("stream", "nested", "numPartitions", *about))
        raise wrong_input(f"There is no option `{unknown[0]}`. There are: {known}.")
    settings = {name: _value(name, text, about[name]) for name, text in texts.items()}
    secrets.know_settings(settings, specification.connectionSpecification)
    # The engine treats an empty config as none
    source = source_class(config=settings or dict.fromkeys(about, ""))
    Entrypoint.validate_connection(specification, source.settings)
    return settings


def _value(name: str, text: str, about: Mapping[str, Any]) -> Any:
    """A setting's value: a text stays one, all else is JSON, `["web"]`, `30`, `true`."""
    if about["type"] == "string":
        return text
    try:
        return json.loads(text.lower() if about["type"] == "boolean" else text)
    except ValueError as error:
        raise wrong_input(
            f"Option `{name}` is {shorten(text)!r}, but must be JSON of type {about['type']}. {about['description']}"
        ) from error
