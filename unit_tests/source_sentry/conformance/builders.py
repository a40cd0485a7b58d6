"""A small description and a stream that conforms to it: all invented."""

from typing import Any

from unit_tests.source_sentry.builders import Json
from unit_tests.source_sentry.conformance.checks import Conformance
from unit_tests.source_sentry.conformance.connector import Stream
from unit_tests.source_sentry.conformance.description import Description
from unit_tests.source_sentry.conformance.reasons import Reasons

PLACE = "organizations/{}/teams/"
PATH = "/api/0/organizations/{organization_id_or_slug}/teams/"
TEXT = {"type": "string"}
DATE = {"type": "string", "format": "date-time"}
OUR_TEXT = {"type": ["null", "string"]}
OUR_DATE = {"type": ["null", "string"], "format": "date-time"}
ROW = {
    "id": "1",
    "name": "A",
    "manager": None,
    "dateCreated": "2026-01-01T00:00:00Z",
    "avatar": {"url": None},
    "tags": [{"key": "a"}],
}


def a_schema(**changed: Any) -> Json:
    """Schema of the described team; None takes a property out of it."""
    properties = {
        "id": OUR_TEXT,
        "name": OUR_TEXT,
        "manager": OUR_TEXT,
        "dateCreated": OUR_DATE,
        "avatar": {"type": ["null", "object"], "properties": {"url": OUR_TEXT}},
        "tags": {"type": ["null", "array"], "items": {"type": ["null", "object"], "properties": {"key": OUR_TEXT}}},
        **changed,
    }
    return {"type": "object", "properties": {name: value for name, value in properties.items() if value}}


def a_stream(schema: Json | None = None, **parameters: Any) -> Stream:
    endpoint = {"endpoint": "organizations/{organization}/teams/", **parameters}
    extractor = {"class_name": "source_sentry.components.PageExtractor"}
    retriever = {"requester": {}, "record_selector": {"extractor": extractor}}
    return Stream("teams", {"$parameters": endpoint, "retriever": retriever}, schema or a_schema())


def a_get(schema: Json, *examples: Any) -> Json:
    content = {"schema": schema, "examples": {str(number): {"value": one} for number, one in enumerate(examples)}}
    return {"get": {"responses": {"200": {"content": {"application/json": content}}}}}


def a_description(**more: Json) -> Description:
    team = {
        "type": "object",
        "properties": {
            "id": TEXT,
            "name": TEXT,
            "manager": {**TEXT, "nullable": True},
            "dateCreated": DATE,
            "avatar": {"type": "object", "properties": {"url": TEXT}},
            "tags": {"type": "array", "items": {"type": "object", "properties": {"key": TEXT}}},
        },
    }
    paths = {PATH: a_get({"type": "array", "items": {"$ref": "#/components/schemas/Team"}}, [ROW]), **more}
    return Description({"paths": paths, "components": {"schemas": {"Team": team}}})


def a_conformance(stream: Stream | None = None, description: Description | None = None, **reasons: Json) -> Conformance:
    teams = stream or a_stream()
    return Conformance({teams.name: teams}, description or a_description(), Reasons(**reasons))
