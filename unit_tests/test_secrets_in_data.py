"""Fields of records whose names look like secrets: the connector leaves them out, or they are known to be none."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from unit_tests.manifests import schemas, streams

LOOKS_LIKE_A_SECRET: Final = re.compile(
    r"secret|token(?!s?Count)|passw|credential|api_?key|(access|private|signing|encryption)_?key|cookie|headers$|^code$|dsn",
    re.IGNORECASE,
)
HARMLESS: Final[Mapping[str, str]] = {
    "apiCredentialId": "the public half of a credential",
    "dataset_materializations.error.code": "the kind of an error",
    "dsn": "what is secret in it is left out by its value",
    "event_attachments.headers": "the type of a file",
    "hasPasswordAuth": "whether there is one",
    "hidden-secret": "says that Sentry left one out",
    "issue_attachments.headers": "the type of a file",
    "project_debug_files.headers": "the type of a file",
    "project_symbol_sources.access_key": "the name that belongs to the secret key",
    "release_files.headers": "the type of a file",
    "securityTokenHeader": "the name of a header",
}


def names(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Path of every property, at any depth."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{path}{name}"
        yield from names(inner, f"{path}{name}.")
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from names(inner, path)


def suspects(source: str) -> list[tuple[str, str]]:
    """Stream and path of each property with such a name."""
    found = {stream: [*names(schema)] for stream, schema in schemas(source).items()}
    return [(stream, path) for stream in found for path in found[stream] if LOOKS_LIKE_A_SECRET.search(_last(path))]


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def left_out(source: str, stream: str) -> tuple[str, ...]:
    """Endings of the names that are left out of the records of `stream`."""
    changes = streams(source)[stream].get("transformations", [])
    chosen = [change for change in changes if str(change.get("class_name")).endswith(".WithoutSecrets")]
    return tuple(ending for change in chosen for ending in change.get("endings", ["secret"]))


@pytest.mark.parametrize("source", ["source_sentry", "source_sigma"])
def test_given_names_of_all_schemas_when_they_look_like_secrets_then_they_are_left_out_or_known(source: str) -> None:
    kept = [
        f"{stream}.{path}"
        for stream, path in suspects(source)
        if not path.lower().endswith(left_out(source, stream))
        and _last(path) not in HARMLESS
        and f"{stream}.{path}" not in HARMLESS
    ]
    assert kept == []


def test_given_the_known_names_when_compared_with_the_schemas_then_each_is_there() -> None:
    found = {name for source in ("source_sentry", "source_sigma") for each in suspects(source) for name in _all(*each)}
    assert set(HARMLESS) <= found


def _all(stream: str, path: str) -> set[str]:
    return {_last(path), f"{stream}.{path}"}
