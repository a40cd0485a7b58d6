"""Streams of the setting `explore_queries`."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from source_sentry import SourceSentry
from unit_tests.source_sentry.builders import API, BACKEND, WEB, Json, a_config
from unit_tests.source_sentry.command import Result, run
from unit_tests.source_sentry.rows import RowsServer, rows, serving_rows
from unit_tests.source_sentry.sync import Sync, read_source

pytestmark = pytest.mark.usefixtures("frozen", "waits")

SLOW: Json = {"name": "slow", "dataset": "spans", "fields": ["span.op", "tags[cart.items,number]", "paid"]}
DATE = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}


def a_query(**more: Any) -> Json:
    return a_config(start_date="2026-11-21T00:00:00Z", explore_queries=[SLOW | more])


def attributes(*found: Json) -> list[Json]:
    return [{"name": row["key"], "attributeType": "string", **row} for row in found]


def lists(mock: requests_mock.Mocker, attributes: list[Json], tags: list[Json] = []) -> None:  # noqa: B006 - not changed
    """What Sentry lists of spans, and of errors."""
    mock.get(f"{API}/organizations/acme/trace-items/attributes/", json=[])
    mock.get(f"{API}/organizations/acme/trace-items/attributes/?itemType=spans", json=attributes)
    mock.get(f"{API}/organizations/acme/issues/0/", status_code=404, json={"detail": "Not found."})
    mock.get(f"{API}/organizations/acme/tags/", json=tags)


def read_query(server: RowsServer, state: Json | None = None, **more: Any) -> Sync:
    with serving_rows(server) as mock:
        lists(mock, attributes({"key": "tags[cart.items,number]"}, {"key": "paid"}))
        saved = {"slow": state} if state else None
        return read_source(SourceSentry, "slow", config=a_query(**more), state=saved, incremental=True)


def discover(server: RowsServer, folder: Path, *listed: Json, **more: Any) -> Result:
    with serving_rows(server) as mock:
        lists(mock, attributes(*listed), [{"key": "tier"}])
        return run(folder, "discover", a_query(**more))


def stream(result: Result) -> Json:
    (catalog,) = [message["catalog"] for message in result.messages if message["type"] == "CATALOG"]
    (found,) = [one for one in catalog["streams"] if one["name"] == "slow"]
    return dict(found)


def warnings(result: Result) -> list[str]:
    logs = [message["log"] for message in result.messages if message["type"] == "LOG"]
    return [log["message"] for log in logs if log["level"] == "WARN"]


def test_given_a_query_when_discovered_then_its_types_are_those_of_the_server(tmp_path: Path) -> None:
    server = RowsServer([], kinds={"tags[cart.items,number]": "number", "paid": "boolean", "span.op": "integer"})
    result = discover(server, tmp_path, {"key": "tags[cart.items,number]"}, {"key": "paid"})
    found = stream(result)
    assert found["json_schema"]["properties"] == {
        "timestamp": DATE,
        "id": {"type": ["null", "string"]},
        "projectId": {"type": ["null", "string"]},
        "spanOp": {"type": ["null", "string"]},  # as in the stream `spans`
        "cartItems": {"type": ["null", "number"]},
        "paid": {"type": ["null", "boolean"]},
    }
    assert found["source_defined_primary_key"] == [["projectId"], ["id"]]
    assert found["default_cursor_field"] == ["timestamp"]
    assert warnings(result) == []


def test_given_a_query_with_a_key_when_discovered_then_it_is_the_streams_key(tmp_path: Path) -> None:
    found = stream(discover(RowsServer([]), tmp_path, {"key": "paid"}, key=["trace", "span.op"], fields=["paid"]))
    assert found["source_defined_primary_key"] == [["trace"], ["spanOp"]]
    assert {"trace", "spanOp", "paid"} < found["json_schema"]["properties"].keys()


def test_given_a_query_when_read_then_its_rows_with_its_columns() -> None:
    found = rows(1_500, every=60, fields={"span.op": "db", "tags[cart.items,number]": 2.0, "paid": True})
    server = RowsServer(found)
    sync = read_query(server, query='transaction:/checkout "not found"')
    assert sorted(row["id"] for row in sync.records("slow")) == sorted(row["id"] for row in found)
    assert {(row["spanOp"], row["cartItems"], row["paid"]) for row in sync.records("slow")} == {("db", 2.0, True)}
    assert {asked["query"][0] for asked in server.pages} == {'transaction:/checkout "not found"'}
    assert sync.cursors("slow") == {"-1": "2026-11-22T09:50:00Z"}
    assert sync.warnings() == []


def test_given_a_query_that_is_one_quotation_when_read_then_it_stays_one() -> None:
    server = RowsServer(rows(3))
    assert len(read_query(server, query='"not found"').records("slow")) == 3
    assert {asked["query"][0] for asked in server.asked if "query" in asked} == {'"not found"'}


def test_given_a_saved_state_when_read_then_only_rows_since_then() -> None:
    server = RowsServer(rows(500))
    state = read_query(server).state("slow")
    server.asked.clear()
    assert len(read_query(server, state).records("slow")) < 100
    assert {asked["start"][0] for asked in server.pages} == {"2026-11-22T08:50:00Z"}  # the lookback of an hour


def test_given_rows_with_one_key_of_the_users_when_read_then_all_of_them() -> None:
    server = RowsServer(rows(150, fields={"trace": "t"}))
    assert len(read_query(server, key=["trace"]).records("slow")) == 150


def test_given_a_query_of_nothing_but_the_id_when_read_then_its_rows() -> None:
    server = RowsServer(rows(5))
    assert len(read_query(server, fields=["id"]).records("slow")) == 5


def test_given_many_fields_when_discovered_then_no_request_names_more_than_old_servers_take(tmp_path: Path) -> None:
    names = [f"field{place}" for place in range(45)]
    server = RowsServer([], kinds={"field44": "duration"})
    found = stream(discover(server, tmp_path, *[{"key": name} for name in names], fields=names))
    assert found["json_schema"]["properties"]["field44"] == {"type": ["null", "number"]}
    assert [len(asked["field"]) for asked in server.questions] == [20, 20, 8]


def test_given_a_field_that_is_none_when_checked_discovered_or_read_then_one_sentence(tmp_path: Path) -> None:
    server = RowsServer([], wrong="paid")
    sentence = (
        "Query `slow` of setting `explore_queries` is wrong: Sentry says of its `fields` or its `query`: Invalid "
        "characters in field paid."
    )
    with serving_rows(server):
        assert run(tmp_path, "check", a_query()).message == sentence
    assert [error["message"] for error in discover(server, tmp_path).errors] == [sentence]
    with serving_rows(server):
        sync = read_source(SourceSentry, "slow", config=a_query(), incremental=True, fails=True)
    assert sentence in sync.text()


def test_given_fields_that_the_server_does_not_list_when_discovered_then_a_warning_each(tmp_path: Path) -> None:
    number = {"key": "tags[paid,number]", "name": "paid", "attributeType": "number"}
    result = discover(RowsServer([]), tmp_path, number, fields=["paid", "payed", "span.op"])
    assert [re.sub(r"^.*Sentry lists", "", text) for text in warnings(result)] == [
        " no field `paid` in spans, so its column may stay empty: it is a number, so call it `tags[paid,number]`.",
        " no field `payed` in spans, so its column may stay empty: correct or remove it.",
    ]


def test_given_tags_of_errors_when_discovered_then_only_unknown_ones_are_told(tmp_path: Path) -> None:
    result = discover(RowsServer([]), tmp_path, dataset="errors", fields=["title", "tags[tier]", "tier2"])
    (warning,) = warnings(result)
    assert "no field `tier2` in errors" in warning


def test_given_lists_that_the_token_may_not_read_when_discovered_then_no_warning(tmp_path: Path) -> None:
    with serving_rows(RowsServer([])) as mock:
        mock.get(re.compile(f"{API}/organizations/acme/trace-items/"), status_code=403, json={"detail": "No."})
        result = run(tmp_path, "discover", a_query())
    assert stream(result)["name"] == "slow"
    assert not [text for text in warnings(result) if "lists no field" in text]


def test_given_a_plan_without_the_dataset_when_discovered_and_read_then_texts_and_a_warning(tmp_path: Path) -> None:
    with serving_rows(RowsServer([])) as mock:
        lists(mock, [])
        mock.get(f"{API}/organizations/acme/events/", status_code=404, text="")
        found = stream(run(tmp_path, "discover", a_query(fields=["paid"])))
        sync = read_source(SourceSentry, "slow", config=a_query(), incremental=True)
    assert found["json_schema"]["properties"]["paid"] == {"type": ["null", "string"]}
    assert "Skipped: stream `slow`" in sync.warnings()[-1]


def test_given_no_views_across_projects_when_discovered_then_one_project_is_asked(tmp_path: Path) -> None:
    server = RowsServer([], projects=[BACKEND, WEB], is_across=False)
    assert stream(discover(server, tmp_path, {"key": "paid"}))
    assert {asked["project"][0] for asked in server.questions} == {"1"}
