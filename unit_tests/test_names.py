"""One word per thing: a stream has one name in the manifest, the schemas, the docs and the tests."""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver
from jsonschema import Draft7Validator

from unit_tests.source_sentry.builders import STREAMS as SENTRY_STREAMS
from unit_tests.source_sigma.builders import STREAMS as SIGMA_STREAMS

ROOT = Path(__file__).parents[1]


class House(NamedTuple):
    """Where a connector's names stand."""

    package: str
    streams: Sequence[str]
    """As its tests name them."""
    stream_docs: str
    setting_docs: str
    stream_tests: str

    @property
    def manifest(self) -> Mapping[str, Any]:
        return load(self.package)

    @property
    def definitions(self) -> Mapping[str, Any]:
        """With all that they refer to."""
        return resolve(self.package)


HOUSES = [
    House("source_sentry", SENTRY_STREAMS, "docs/streams.md", "README.md", "unit_tests/source_sentry/streams"),
    House("source_sigma", SIGMA_STREAMS, "docs/sigma.md", "docs/sigma.md", "unit_tests/source_sigma"),
]
every_house = pytest.mark.parametrize("house", HOUSES, ids=[house.package for house in HOUSES])
every_stream = pytest.mark.parametrize(
    ("house", "stream"), [(house, stream) for house in HOUSES for stream in house.streams]
)


@cache
def load(package: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((ROOT / package / "manifest.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def resolve(package: str) -> Mapping[str, Any]:
    resolved: Mapping[str, Any] = ManifestReferenceResolver().preprocess_manifest(dict(load(package)))["definitions"]
    return resolved


def first_column(file: str) -> list[str]:
    """Names in backticks at the beginning of the rows of the tables in a Markdown file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return re.findall(r"^\| *`([^`]+)` *\|", text, flags=re.MULTILINE)


def settings_of(house: House) -> set[str]:
    """Settings that a user is shown."""
    settings = house.manifest["spec"]["connection_specification"]["properties"]
    return {name for name, about in settings.items() if not about.get("airbyte_hidden")}


@every_house
def test_given_manifest_when_listed_then_streams_are_those_of_the_tests(house: House) -> None:
    listed = [stream["$ref"].removeprefix("#/definitions/") for stream in house.manifest["streams"]]
    assert sorted(listed) == sorted(house.streams)


@every_stream
def test_given_stream_when_defined_then_its_name_is_the_definitions(house: House, stream: str) -> None:
    definition = house.definitions[stream]
    assert definition["$parameters"]["name"] == stream
    assert definition["primary_key"]


@pytest.mark.parametrize("stream", SENTRY_STREAMS)
def test_given_stream_of_sentry_when_defined_then_with_the_scope_that_it_needs(stream: str) -> None:
    assert load("source_sentry")["definitions"][stream]["$parameters"]["scope"]


@every_house
def test_given_schemas_when_listed_then_one_for_each_stream(house: House) -> None:
    schemas = (ROOT / house.package / "schemas").iterdir()
    assert {path.name for path in schemas} == {f"{stream}.json" for stream in house.streams}


@every_stream
def test_given_schema_when_read_then_it_is_one_and_has_key_and_cursor(house: House, stream: str) -> None:
    schema = json.loads((ROOT / house.package / "schemas" / f"{stream}.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    definition = house.definitions[stream]
    cursor = definition.get("incremental_sync", {}).get("cursor_field")
    assert {*definition["primary_key"], *([cursor] if cursor else [])} <= {*schema["properties"]}
    assert schema["additionalProperties"] is True


@every_house
def test_given_docs_when_listed_then_one_row_for_each_stream(house: House) -> None:
    rows = [name for name in first_column(house.stream_docs) if name not in settings_of(house) - {*house.streams}]
    assert sorted(rows) == sorted(house.streams)


@every_house
def test_given_docs_when_listed_then_one_row_for_each_setting_that_is_not_hidden(house: House) -> None:
    assert settings_of(house) - {*first_column(house.setting_docs)} == set()


@every_house
def test_given_tests_of_streams_when_looked_through_then_each_stream_is_read_in_one(house: House) -> None:
    assert {*house.streams} - texts_of_tests(house) == set()


def texts_of_tests(house: House) -> set[object]:
    """Texts that stand by themselves in the tests of the streams."""
    files = (ROOT / house.stream_tests).glob("test_*.py")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    return {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
