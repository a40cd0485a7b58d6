"""One odd record, or one without its key, stops nothing, and is told."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from source_sentry.components import MonitorRouter, UserObject, WithoutSecrets
from source_sentry.routers import ProjectRouter
from unit_tests.source_sentry.builders import API, BACKEND, WEB, Json, a_config, a_key, an_event, without
from unit_tests.source_sentry.command import run
from unit_tests.source_sentry.endpoints import events
from unit_tests.source_sentry.handler import a_runtime
from unit_tests.source_sentry.sentry_mock import (
    JSON_HEADERS,
    SentryMock,
    SentryRequest,
    answer,
    link,
    organization_request,
    page,
    project_request,
)
from unit_tests.source_sentry.sync import read

TEAMS = organization_request("teams/", per_page="100")


def odd_page(value: str) -> HttpResponse:
    """A page of two events, of which the second has `value` in it, as it is."""
    text = json.dumps([an_event(1), an_event(2, extra="ODD")]).replace('"ODD"', value)
    return HttpResponse(text.encode("latin-1"), 200, {**JSON_HEADERS, "Link": link(None)})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e999", "1e999"),
        ("123456789012345678901", "123456789012345678901"),
        (r'"\ud83d"', r"\ud83d"),
        ('"\xff"', r"\xff"),
        ("[" * 252 + "]" * 252, None),
        ("[" * 2_000 + "]" * 2_000, None),
    ],
)
def test_given_one_odd_event_when_read_then_all_are_written_and_a_warning_names_it(
    value: str, text: str | None, sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), odd_page(value))
    result = run(tmp_path, "read", a_config(), streams=["events"])
    records = [message["record"]["data"] for message in result.messages if message["type"] == "RECORD"]
    name = "id" if value.count("[") == 252 else "eventID"
    logs = [message["log"] for message in result.messages if message["type"] == "LOG"]
    assert (result.code, [record["eventID"] for record in records]) == (0, [f"{number:032x}" for number in (1, 2)])
    assert records[0] == an_event(1)
    assert text is None or records[1]["extra"] == text
    assert [log["message"] for log in logs if log["level"] == "WARN"] == [
        # Known by its first field where the catalog of the user has no keys, and where only the output sees its depth
        f"Kept as text what JSON cannot hold: in `extra` of the record with {name} `{2:032x}` of stream `events`."
    ]


def test_given_many_odd_events_when_read_then_ten_are_told_and_that_there_are_more(sentry: SentryMock) -> None:
    text = json.dumps([an_event(number, extra="ODD") for number in range(1, 101)]).replace('"ODD"', "NaN")
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), HttpResponse(text, 200, {**JSON_HEADERS, "Link": link(None)}))
    sync = read("events")
    assert [record["extra"] for record in sync.records("events")] == ["NaN"] * 100
    told = sync.warnings()
    assert [warning.partition(":")[0] for warning in told] == ["Kept as text what JSON cannot hold"] * 10
    further = [warning.endswith("of stream `events`. Further ones of the stream are not told.") for warning in told]
    assert further == [False] * 9 + [True]


def test_given_items_that_are_no_records_when_read_then_the_others_come_and_a_warning_counts(
    sentry: SentryMock,
) -> None:
    sentry.answers(TEAMS, page({"id": "1"}, None, {"id": None}, {"slug": "web"}, 7, {"id": "2"}))
    sync = read("teams")
    assert (sync.keys("teams"), sync.status("teams")) == ([("1",), ("2",)], "COMPLETE")
    assert sync.warnings() == [
        f"Left out: 4 of 6 records of stream `teams` from {TEAMS.exact[0]}, which have no `id` to tell them apart by."
    ]


def test_given_a_page_without_a_single_key_when_read_then_the_stream_fails(sentry: SentryMock) -> None:
    sentry.answers(TEAMS, page({"name": "web"}, {"name": "backend"}))
    sync = read("teams", fails=True)
    ((message, kind),) = sync.errors("teams")
    assert (sync.status("teams"), sync.records("teams"), kind) == ("INCOMPLETE", [], "transient_error")
    assert message.startswith(f"What {TEAMS.exact[0]} sent for stream `teams` has no `id`")


@pytest.mark.parametrize("body", [{}, {"detail": "Internal Error"}])
def test_given_an_object_that_is_none_when_read_then_it_is_asked_again(body: Json, sentry: SentryMock) -> None:
    sentry.answers(organization_request(""), answer(body), answer({"id": "1"}))
    assert read("organization").records("organization") == [{"id": "1"}]


@pytest.mark.parametrize(
    ("stream", "endpoint"), [("project_details", ""), ("project_ownership", "ownership/")]
)  # the key of one comes from the server, that of the other from the partition
def test_given_another_object_when_read_then_the_stream_fails(stream: str, endpoint: str, sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(project_request("backend", endpoint), answer({"error": "x", "code": 7}))
    sync = read(stream, fails=True)
    ((message, _),) = sync.errors(stream)
    assert sync.records(stream) == []
    assert f"sent for stream `{stream}` has no field of it, but `error`, `code`" in message


@pytest.mark.parametrize("lacking", ["id", "slug"])
def test_given_a_project_without_id_or_slug_when_its_children_are_read_then_the_others_are(
    lacking: str, sentry: SentryMock
) -> None:
    sentry.answers(organization_request("projects/", per_page="100"), page(without(WEB, lacking), BACKEND))
    sentry.answers(project_request("backend", "keys/", per_page="100"), page(a_key("a")))
    sync = read("project_keys")
    assert (sync.keys("project_keys"), sync.status("project_keys")) == ([("a",)], "COMPLETE")
    (warning,) = sync.warnings()
    assert "Left out: 1 of 2 records of stream `project_list`" in warning
    assert "have no `id` and `slug`" in warning


def test_given_parents_without_what_the_path_names_when_children_are_read_then_a_warning_counts_them(
    sentry: SentryMock,
) -> None:
    sentry.answers(TEAMS, page({"id": "1", "slug": "web"}, {"id": "2"}, {"id": "3", "slug": None}))
    sentry.answers(
        SentryRequest(f"{API}/teams/acme/web/members/", {"per_page": "100"}),
        page({"id": "7"}),
    )
    sync = read("team_members")
    assert sync.keys("team_members") == [("1", "7")]
    assert sync.warnings() == ["Left out: stream `team_members` below 2 of stream `teams`, which lack `slug`."]


@pytest.mark.parametrize(
    ("key", "left"),
    [
        pytest.param({"secret": "fedcba9876543210"}, {}, id="by its name"),
        pytest.param({"dsn": "http://0123:fedcba98@sentry.test/1"}, {}, id="DSN as text"),
        pytest.param({"dsn": "http://0123@sentry.test/1"}, {"dsn": "http://0123@sentry.test/1"}, id="public DSN"),
        pytest.param({"dsn": None}, {"dsn": None}, id="no DSN"),
        pytest.param({"dsn": 7}, {"dsn": 7}, id="DSN as number"),
        pytest.param(
            {"secret": "fedcba9876543210", "dsn": {"csp": "http://h/?k=fedcba9876543210", "cdn": "http://h"}},
            {"dsn": {"cdn": "http://h"}},
            id="in another value",
        ),
        pytest.param({"secret": "fedcba9876543210", "x": [["fedcba9876543210"], 1]}, {"x": [[], 1]}, id="in lists"),
        pytest.param({"secret": "a", "label": "banana"}, {"label": "banana"}, id="too short to stand elsewhere"),
        pytest.param({"secret": {"a": "banana"}, "label": "banana"}, {"label": "banana"}, id="no text"),
        pytest.param({"deep": {"deep": {"SECRET": 1, "b": 2}}}, {"deep": {"deep": {"b": 2}}}, id="at any depth"),
        pytest.param({"secret": {"hidden-secret": True}}, {"secret": {"hidden-secret": True}}, id="left out by Sentry"),
    ],
)
def test_given_secrets_anywhere_when_a_key_is_changed_then_none_is_left_unless_wanted(key: Json, left: Json) -> None:
    kept = deepcopy(key)
    WithoutSecrets(config={"include_secrets": False}, parameters={}).transform(key)
    assert key == left
    wanted = deepcopy(kept)
    WithoutSecrets(config={"include_secrets": True}, parameters={}).transform(wanted)
    assert wanted == kept


def test_given_the_security_token_in_two_places_when_read_then_in_none(sentry: SentryMock) -> None:
    token = "0123456789abcdef"
    options = {"sentry:token": token, "sentry:x": 1}
    project = {"id": "1", "securityToken": token, "options": options, "old": f"t={token}"}
    sentry.answers_projects(BACKEND)
    sentry.answers(project_request("backend", ""), answer(project))
    assert read("project_details").records("project_details") == [{"id": "1", "options": {"sentry:x": 1}}]


@pytest.mark.parametrize("element", [None, "a", [1], {"component_name": None}, 7])
def test_given_a_selector_with_an_odd_element_when_read_then_no_component(element: Any, sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    request = organization_request(
        "replay-selectors/", project="1", start="2026-08-24T10:00:00Z", end="2026-11-22T10:00:00Z", per_page="100"
    )
    sentry.answers(request, answer({"data": [{"dom_element": "a", "element": element}]}))
    assert read("replay_selectors").keys("replay_selectors") == [("1", "(none)", "a")]


@pytest.mark.parametrize("odd", [None, 7, "x", ["a"], {"a": 1}, True])
def test_given_values_of_any_type_when_parents_and_records_are_judged_then_none_fails(odd: Any) -> None:
    record = {"targetUser": odd}
    UserObject(config={}, parameters={}, field="targetUser").transform(record)
    config = a_config(projects=[], lookback_hours=1, last_second="2026-11-22T09:59:59Z")
    monitors = [
        {"id": "1", "config": odd, "environments": odd},
        {"id": "2", "config": {"max_runtime": odd}, "environments": [odd]},
        {"id": "3", "environments": [{"status": "ok", "lastCheckIn": odd}]},
    ]
    router = MonitorRouter(config=config, parameters={}, parent="monitors", endpoint="m/{id}/")
    router.wire(a_runtime())
    router.parents = lambda: monitors  # type: ignore[method-assign]
    (batch,) = router.batches({"dateCreated": "2026-11-22T08:00:00Z"})
    assert {row["id"] for row in batch.rows} >= {"1"}
    project = ProjectRouter(config=config, parameters={}, endpoint="p/{project}/", with_events="issues")
    project.wire(a_runtime())
    assert list(project.slices([{"id": 1, "slug": "web", "firstEvent": odd, "hasReplays": odd}])) is not None
