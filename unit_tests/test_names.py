"""One word per thing: a stream has one name in the manifest, the schemas, the docs and the tests."""

import ast
import json
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from unit_tests.builders import STREAMS

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "source_sentry" / "schemas"


@cache
def manifest() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(pkgutil.get_data("source_sentry", "manifest.yaml") or b"")
    return loaded


def streams_of_the_manifest() -> list[str]:
    return [stream["$ref"].removeprefix("#/definitions/") for stream in manifest()["streams"]]


def first_column(path: Path) -> list[str]:
    """Names in backticks at the beginning of the rows of the tables in a Markdown file."""
    return re.findall(r"^\| *`([^`]+)` *\|", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_given_manifest_when_listed_then_streams_are_those_of_the_tests() -> None:
    assert streams_of_the_manifest() == list(STREAMS)


@pytest.mark.parametrize("stream", STREAMS)
def test_given_stream_when_defined_then_its_name_is_the_definitions(stream: str) -> None:
    definition = manifest()["definitions"][stream]
    assert (definition["name"], definition["$parameters"]["name"]) == (stream, stream)
    assert definition["primary_key"]
    assert definition["$parameters"]["scope"]


def test_given_schemas_when_listed_then_one_for_each_stream() -> None:
    assert {path.name for path in SCHEMAS.iterdir()} == {f"{stream}.json" for stream in STREAMS}


@pytest.mark.parametrize("stream", STREAMS)
def test_given_schema_when_read_then_it_is_one_and_has_key_and_cursor(stream: str) -> None:
    schema = json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    definition = manifest()["definitions"][stream]
    cursor = definition.get("incremental_sync", {}).get("cursor_field")
    assert {*definition["primary_key"], *([cursor] if cursor else [])} <= {*schema["properties"]}
    assert schema["additionalProperties"] is True


def test_given_docs_when_listed_then_one_row_for_each_stream() -> None:
    assert sorted(first_column(ROOT / "docs" / "streams.md")) == sorted(STREAMS)


def test_given_readme_when_listed_then_one_row_for_each_setting_that_is_not_hidden() -> None:
    settings = manifest()["spec"]["connection_specification"]["properties"]
    shown = {name for name, about in settings.items() if not about.get("airbyte_hidden")}
    assert shown - {*first_column(ROOT / "README.md")} == set()


def test_given_tests_of_streams_when_looked_through_then_each_stream_is_read_in_one() -> None:
    assert streams_read_by_tests() == {*STREAMS}


def streams_read_by_tests() -> set[str]:
    """Names of streams that stand as a text of their own in the tests of streams."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "unit_tests" / "streams").glob("test_*.py")
    ]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {stream for stream in streams_of_the_manifest() if stream in texts}
