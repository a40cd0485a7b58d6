"""What Airbyte wants beside the code: metadata.yaml, and a page of its own shape; versions that agree everywhere."""

import json
import re
import sys
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from sourcewright.http.retry_after import LONGEST_WAIT
from unit_tests.manifests import resolved, streams

ROOT: Final = Path(__file__).parents[1]
SCHEMA: Final = "metadata/v0/ConnectorMetadataDefinitionV0.json"
CONNECTORS: Final = {
    "source_sentry": ROOT / "metadata.yaml",
    "source_sigma": ROOT / "integration_tests" / "source_sigma" / "connector" / "metadata.yaml",
}
HEADINGS: Final = [
    "# Sentry",
    "## Prerequisites",
    "## Setup guide",
    "## Set up Sentry",
    "### For Airbyte Cloud:",
    "### For Airbyte Open Source:",
    "## Set up the Sentry connector in Airbyte",
    "### For Airbyte Cloud:",
    "### For Airbyte Open Source:",
    "## Supported sync modes",
    "## Supported Streams",
    "## IP allow list",
    "### Performance considerations",
    "## Data type map",
    "## Limitations & Troubleshooting",
    "## Changelog",
]
"""Those of the template of Airbyte's QA checks, in its order. Others may stand between them."""
with_the_schema = pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="airbyte-connector-models, which has Airbyte's schema, ends at Python 3.12"
)
every_metadata = pytest.mark.parametrize("path", CONNECTORS.values(), ids=list(CONNECTORS))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def metadata(path: Path = CONNECTORS["source_sentry"]) -> dict[str, Any]:
    """Its data, with dates as texts."""
    loaded: dict[str, Any] = json.loads(json.dumps(yaml.safe_load(path.read_bytes()), default=date.isoformat))
    return loaded


def without_ids(schema: Any) -> Any:
    """The schema with the references of its parts as they are meant: from its root, whatever `$id` a part has."""
    if isinstance(schema, list):
        return [without_ids(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: without_ids(value) for name, value in schema.items() if name != "$id"}


def errors(data: Any) -> list[str]:
    schema = without_ids(json.loads((files("airbyte_connector_models") / SCHEMA).read_bytes()))
    found = Draft7Validator(schema, format_checker=FormatChecker()).iter_errors(data)
    return [f"{error.json_path}: {error.message}" for error in found]


@with_the_schema
@every_metadata
def test_given_metadata_when_validated_then_it_follows_airbytes_schema(path: Path) -> None:
    assert errors(metadata(path)) == []


@with_the_schema
def test_given_metadata_with_faults_when_validated_then_each_is_found() -> None:
    wrong = metadata()
    wrong["data"]["releases"]["breakingChanges"]["0.1.0"]["upgradeDeadline"] = "soon"
    wrong["data"]["externalDocumentationUrls"][0]["type"] = "book"
    assert [error.split(":")[0] for error in errors(wrong)] == [
        "$.data.externalDocumentationUrls[0].type",
        "$.data.releases.breakingChanges['0.1.0'].upgradeDeadline",
    ]


@every_metadata
def test_given_metadata_when_read_then_streams_that_it_names_exist(path: Path) -> None:
    (package,) = [package for package, file in CONNECTORS.items() if file == path]
    assert {*metadata(path)["data"].get("suggestedStreams", {}).get("streams", [])} <= {*streams(package)}


@pytest.mark.parametrize("package", CONNECTORS)
def test_given_metadata_when_read_then_it_is_for_every_airbyte_and_the_repository_has_an_owner(package: str) -> None:
    data = metadata(CONNECTORS[package])["data"]
    assert all(data["registryOverrides"][registry]["enabled"] for registry in ("cloud", "oss"))
    owner, name = data["dockerRepository"].split("/")
    assert (owner != "airbyte", name) == (True, package.replace("_", "-"))
    assert data["documentationUrl"] == resolved(package)["spec"]["documentation_url"]


def test_given_metadata_when_read_then_the_base_image_has_a_tag() -> None:
    image = metadata()["data"]["connectorBuildOptions"]["baseImage"]
    assert re.fullmatch(r"docker\.io/[\w/-]+:[\d.]+@sha256:[0-9a-f]{64}", image)


@every_metadata
def test_given_metadata_when_read_then_longer_silence_is_allowed_than_one_request_takes(path: Path) -> None:
    for_its_waits, for_its_answer = LONGEST_WAIT, LONGEST_WAIT
    assert metadata(path)["data"]["maxSecondsBetweenMessages"] > for_its_waits + for_its_answer


def test_given_breaking_changes_when_read_then_each_has_its_part_of_the_migration_guide() -> None:
    guide = text("docs/airbyte/sentry-migrations.md")
    versions = re.findall(r"^## Upgrading to (\S+)$", guide, flags=re.MULTILINE)
    assert guide.startswith("# Sentry Migration Guide\n")
    assert versions == sorted(metadata()["data"]["releases"]["breakingChanges"], reverse=True)


def test_given_the_page_when_read_then_its_headings_are_those_of_airbytes_template() -> None:
    found = re.findall(r"^#{1,4} .+$", text("docs/airbyte/sentry.md"), flags=re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == HEADINGS


def test_given_the_page_when_read_then_prerequisites_name_the_required_settings() -> None:
    prerequisites = text("docs/airbyte/sentry.md").split("\n## Prerequisites\n")[1].split("\n## ")[0]
    form = resolved("source_sentry")["spec"]["connection_specification"]
    assert [name for name in form["required"] if form["properties"][name]["title"] not in prerequisites] == []


def test_given_the_page_when_read_then_settings_and_types_are_there() -> None:
    page = text("docs/airbyte/sentry.md")
    assert "| `auth_token` | required |" in page
    kinds = {kind for name in streams("source_sentry") for kind in types_of(name)}
    assert {kind for kind in kinds if f"`{kind}`" not in page.split("## Data type map")[1].split("\n## ")[0]} == set()


def types_of(stream: str) -> set[str]:
    """Airbyte's types of the stream's columns."""
    columns = json.loads(text(f"source_sentry/schemas/{stream}.json"))["properties"].values()
    return {
        column.get("airbyte_type") or ("date" if column.get("format") == "date" else column["type"][-1])
        for column in columns
    }


def test_given_versions_when_compared_then_all_agree() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    in_changelog = re.findall(r"^## \[(\d\S*)\] - (\S+)$", text("CHANGELOG.md"), flags=re.MULTILINE)
    in_page = re.findall(r"^\| ([\d.]+) +\| (\S+) +\|", text("docs/airbyte/sentry.md"), flags=re.MULTILINE)
    assert in_page == in_changelog
    assert {metadata(path)["data"]["dockerImageTag"] for path in CONNECTORS.values()} == {project}
    assert in_changelog[0] == (project, metadata()["data"]["releaseDate"])
    images = re.findall(r"source-sentry:(\d[\w.]*)", text("docs/airbyte/sentry.md") + text("docs/using.md"))
    assert {*images} == {project} == {*re.findall(r"^ARG VERSION=(.+)$", text("Dockerfile"), flags=re.MULTILINE)}
