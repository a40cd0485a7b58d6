"""Streams and schemas held against the names and types of Sigma's GETs, both ways; each difference has a reason.

`conformance/fields.json` is {path: {field: type}} of the API description of mid 2026.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from source_sigma import SourceSigma
from unit_tests.manifests import streams
from unit_tests.source_sigma.builders import STREAMS

FOLDER: Final = Path(__file__).with_name("conformance")
FIELDS: Final[dict[str, dict[str, str]]] = json.loads((FOLDER / "fields.json").read_text(encoding="utf-8"))
NO_STREAM: Final[dict[str, str]] = yaml.safe_load((FOLDER / "no_stream.yaml").read_text(encoding="utf-8"))
UNDESCRIBED: Final[dict[str, str]] = yaml.safe_load((FOLDER / "undescribed.yaml").read_text(encoding="utf-8"))
OF_AN_ERROR: Final = {"code", "message", "requestId"}
"""Fields of the errors that stand in lists of files, and are no records."""
DERIVED: Final = {"sourceKey", "lineageKey"}


def nameless(path: str) -> str:
    """`/v2/teams/{teamId}/members` -> `/v2/teams/{}/members`."""
    return re.sub(r"{\w*}", "{}", path)


def path_of(stream: str) -> str:
    endpoint: str = streams("source_sigma")[stream]["$parameters"]["endpoint"]
    return nameless("/" + endpoint.partition("?")[0])


DESCRIBED: Final = {nameless(path): fields for path, fields in FIELDS.items()}


def added(stream: str) -> set[str]:
    """Fields that the connector adds to records: the ids of parents, and keys that it makes."""
    definition = streams("source_sigma")[stream]
    if "parent" not in definition["$parameters"]:
        return set()
    ids = set(definition["primary_key"]) - DESCRIBED.get(path_of(stream), {}).keys()
    return ids | DERIVED | {f"parent{name[0].upper()}{name[1:]}" for name in ids} | parent_key(stream)


def parent_key(stream: str) -> set[str]:
    parameters = streams("source_sigma")[stream]["$parameters"]
    key: set[str] = set(streams("source_sigma")[parameters["parent"]]["primary_key"])
    return {parameters["key_name"]} if "key_name" in parameters else key


def properties(stream: str) -> dict[str, Any]:
    path = SourceSigma.manifest.with_name("schemas") / f"{stream}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["properties"]
    return found


def type_of(schema: dict[str, Any]) -> str:
    """{"type": ["null", "string"], "format": "date-time"} -> `date-time`; `number|string` of a union."""
    kinds = sorted({*schema["type"]} - {"null"})
    return "date-time" if schema.get("format") == "date-time" else "|".join(kinds)


def test_given_the_description_when_streams_are_compared_then_each_get_is_read_or_has_a_reason() -> None:
    read = {path_of(stream) for stream in STREAMS}
    unread = {path for path in FIELDS if nameless(path) not in read}
    assert len(FIELDS) == 113
    assert unread == NO_STREAM.keys()


def test_given_streams_when_compared_then_each_is_described_or_says_where_it_is_known_from() -> None:
    undescribed = {stream for stream in STREAMS if path_of(stream) not in DESCRIBED}
    assert undescribed == {name for name in UNDESCRIBED if "." not in name}


@pytest.mark.parametrize("stream", [stream for stream in STREAMS if path_of(stream) in DESCRIBED])
def test_given_a_stream_when_its_schema_is_compared_then_names_and_types_are_those_of_the_description(
    stream: str,
) -> None:
    described, ours = DESCRIBED[path_of(stream)], properties(stream)
    reasons = {name.partition(".")[2] for name in UNDESCRIBED if name.startswith(f"{stream}.")}
    assert described.keys() - ours.keys() <= OF_AN_ERROR
    assert ours.keys() - described.keys() - added(stream) == reasons
    assert {name: type_of(ours[name]) for name in ours.keys() & described.keys()} == {
        name: described[name] for name in ours.keys() & described.keys()
    }
