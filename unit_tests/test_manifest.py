from pathlib import Path

import pytest
import yaml
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    get_declarative_component_schema,
    validate_manifest,
)

from unit_tests import strict_manifest
from unit_tests.manifests import resolved

ROOT = Path(__file__).parents[1]
CONNECTORS = ["source_sentry", "source_sigma"]

GOOD = """
definitions:
  requester:
    type: HttpRequester
    url: '{{ "a" if config["b"] else parameters["endpoint"] }}'

  # https://docs.sentry.io/api/teams/
  teams:
    type: DeclarativeStream
    name: teams
    $parameters:
      endpoint: teams/
      newest_first: [dateCreated]
    retriever:
      type: SimpleRetriever
      requester:
        $ref: '#/definitions/requester'
      record_selector:
        type: RecordSelector
        extractor:
          type: CustomRecordExtractor
          class_name: source_sentry.components.PageExtractor
        record_filter:
          type: CustomRecordFilter
          class_name: source_sentry.components.WindowFilter
          by_environment: true

  organization:
    type: DeclarativeStream

  # https://docs.sentry.io/api/members/
  members:
    type: DeclarativeStream
    $parameters:
      name: members
      parent: teams
    retriever:
      {
        "type": "SimpleRetriever",
        "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
        "requester": {"$ref": "#/definitions/requester"},
        "partition_router": {
          "type": "CustomPartitionRouter",
          "class_name": "sourcewright.components.parents.ParentRouter",
        },
      }

streams:
  - $ref: '#/definitions/teams'
  - $ref: '#/definitions/members'

spec:
  type: Spec
  connection_specification:
    type: object
    anything: goes
"""


@pytest.mark.parametrize("connector", CONNECTORS)
def test_given_manifest_of_a_connector_when_checked_then_no_complaint(connector: str) -> None:
    text = (ROOT / connector / "manifest.yaml").read_text(encoding="utf-8")
    assert strict_manifest.complaints(text, connector) == []


@pytest.mark.parametrize("connector", CONNECTORS)
def test_given_manifest_of_a_connector_when_the_engine_compares_it_with_its_schema_then_it_is_valid(
    connector: str,
) -> None:
    validate_manifest(resolved(connector), get_declarative_component_schema())


@pytest.mark.parametrize("connector", CONNECTORS)
def test_given_manifest_of_a_connector_when_read_then_no_key_stands_twice(connector: str) -> None:
    text = (ROOT / connector / "manifest.yaml").read_text(encoding="utf-8")
    keys = [(node.start_mark.line + 1, [key.value for key, _ in node.value]) for node in _mappings(yaml.compose(text))]
    assert [(line, names) for line, names in keys if len(set(names)) < len(names)] == []


def test_given_good_manifest_when_checked_then_no_complaint() -> None:
    assert strict_manifest.complaints(GOOD, "source_sentry") == []


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        pytest.param(
            "    name: teams",
            "    nmae: teams",
            "definitions.teams: DeclarativeStream has no field `nmae`",
            id="misspelt field",
        ),
        pytest.param(
            "    url:", "    url_base:", "field `url_base` of HttpRequester is deprecated", id="deprecated url_base"
        ),
        pytest.param(
            "    url:",
            "    path: teams/\n    url:",
            "field `path` of HttpRequester is deprecated",
            id="deprecated path",
        ),
        pytest.param(
            "by_environment: true",
            "by_enviroment: true",
            "CustomRecordFilter has no field `by_enviroment`",
            id="misspelt field of a custom component",
        ),
        pytest.param(
            "type: SimpleRetriever",
            "type: SimpelRetriever",
            "the engine has no component `SimpelRetriever`",
            id="misspelt component",
        ),
        pytest.param(
            "        type: RecordSelector\n",
            "",
            "field `record_selector` of SimpleRetriever does not say its type",
            id="no type",
        ),
        pytest.param(
            "newest_first:", "newst_first:", "nothing reads the parameter `newst_first`", id="misspelt parameter"
        ),
        pytest.param(
            "  organization:\n    type: DeclarativeStream\n",
            "  organization:\n    type: DeclarativeStream\n  spare:\n    type: NoPagination\n",
            "definitions.spare: nothing uses it",
            id="unused definition",
        ),
        pytest.param(
            "  organization:\n    type: DeclarativeStream\n",
            "  a:\n    $ref: '#/definitions/b'\n  b:\n    type: DeclarativeStream\n",
            "definitions.b: nothing uses it",
            id="definition that only an unused one uses",
        ),
        pytest.param(
            "      requester:\n        $ref: '#/definitions/requester'",
            "      requester: '#/definitions/requester'",
            "bare reference `#/definitions/requester`",
            id="bare reference",
        ),
        pytest.param(
            "- $ref: '#/definitions/teams'", "- '#/definitions/teams'", "bare reference", id="bare reference in a list"
        ),
        pytest.param(
            "$ref: '#/definitions/requester'",
            "$ref: '#/definitions/teams/retriever/requester'",
            "is not the whole of a definition",
            id="reference into a definition",
        ),
        pytest.param(
            "$ref: '#/definitions/requester'",
            "$ref: '#/definitions/reqester'",
            "is not the whole of a definition",
            id="reference to nothing",
        ),
        pytest.param("parent: teams", "parent: teems", "its parent `teems` is no stream", id="misspelt parent"),
        pytest.param("parent: teams", "parent: requester", "its parent `requester` is no stream", id="odd parent"),
        pytest.param(
            "      name: members\n",
            "      name: members\n      newest_first: [a]\n",
            "definitions.members: nothing reads the parameter `newest_first`",
            id="parameter that only another stream reads",
        ),
        pytest.param(
            "      name: members\n",
            "      name: members\n      path: a\n",
            "call no parameter `path`",
            id="parameter path",
        ),
        pytest.param("    name: teams", "    name: &name teams", "YAML anchor or alias `name`", id="anchor"),
        pytest.param(
            "  # https://docs.sentry.io/api/teams/\n",
            "",
            "definitions.teams: no comment with the https://",
            id="no URL",
        ),
        pytest.param(
            "# https://docs.sentry.io/api/teams/",
            "# The teams",
            "definitions.teams: no comment with the https://",
            id="comment without a URL",
        ),
        pytest.param(
            "# https://docs.sentry.io/api/teams/\n",
            "# https://docs.sentry.io/api/teams/\n\n",
            "definitions.teams: no comment with the https://",
            id="comment not right above",
        ),
        pytest.param(
            'else parameters["endpoint"]',
            'else "c" if config["d"] else parameters["endpoint"]',
            "more than one `if`",
            id="two ifs",
        ),
    ],
)
def test_given_broken_manifest_when_checked_then_complaint(right: str, wrong: str, complaint: str) -> None:
    assert GOOD.count(right) == 1
    found = strict_manifest.complaints(GOOD.replace(right, wrong), "source_sentry")
    assert any(complaint in one for one in found), found


def _mappings(node: yaml.Node | None) -> list[yaml.MappingNode]:
    if isinstance(node, yaml.SequenceNode):
        return [found for child in node.value for found in _mappings(child)]
    if isinstance(node, yaml.MappingNode):
        return [node, *(found for _, child in node.value for found in _mappings(child))]
    return []
