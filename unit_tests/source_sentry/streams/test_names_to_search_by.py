"""Attributes of trace items and clicked elements: lists by type of item and by project."""

from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import BACKEND, NOW, RETENTION_START, WEB, Json, a_project
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import read

ITEM_TYPES = ("spans", "logs", "tracemetrics", "processing_errors", "preprod")


def attributes(item_type: str, **more: str) -> SentryRequest:
    return organization_request("trace-items/attributes/", project="-1", dataset=item_type, itemType=item_type, **more)


def selectors(project: str) -> SentryRequest:
    return organization_request("replay-selectors/", project=project, start=RETENTION_START, end=NOW, per_page="100")


def key(stream: str, record: Json) -> tuple[str, ...]:
    return tuple(record[name] for name in streams("source_sentry")[stream]["primary_key"])


def test_given_types_that_share_attributes_when_read_then_type_of_item_and_value_are_in_the_key(
    sentry: SentryMock,
) -> None:
    text, number = ({"key": "duration", "attributeType": kind} for kind in ("string", "number"))
    sentry.answers(attributes("spans"), page(text, next_cursor="4712:1000:0"))
    sentry.answers(attributes("spans", cursor="4712:1000:0"), page(number))
    for item_type in ITEM_TYPES[1:]:
        sentry.answers(attributes(item_type), page(text))

    records = read("trace_item_attributes").records("trace_item_attributes")

    keys = {key("trace_item_attributes", record) for record in records}
    assert keys == {("spans", "number", "duration"), *((name, "string", "duration") for name in ITEM_TYPES)}


def test_given_projects_and_components_with_equal_elements_when_read_then_keys_differ(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, {**WEB, "hasReplays": True}, a_project(3, "jobs", hasReplays=False))
    button, link = ({"dom_element": "a.buy", "element": {"component_name": name}} for name in ("Button", "12"))
    old: Json = {"dom_element": "a.buy", "element": {"id": ""}, "component_name": "Old"}
    nameless: Json = {"dom_element": "a.buy", "element": {"id": ""}}
    sentry.answers(selectors("1"), answer({"data": [button, link]}))
    sentry.answers(selectors("2"), answer({"data": [button, old, nameless]}))

    records = read("replay_selectors").records("replay_selectors")

    assert {key("replay_selectors", record) for record in records} == {
        *(("1", name, "a.buy") for name in ("Button", "12")),
        *(("2", name, "a.buy") for name in ("Button", "Old", "(none)")),
    }
