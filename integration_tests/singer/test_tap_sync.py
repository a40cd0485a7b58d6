"""What the tap reads: everything once, from any state, and nothing that is not selected."""

import json
import subprocess
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from integration_tests.clock import NOW, environment
from integration_tests.singer.conftest import Point
from integration_tests.source_sentry.connector import expected
from unit_tests.manifests import streams

INCREMENTAL = ("issues", "events", "releases")
SOME = (*INCREMENTAL, "monitor_checkins", "release_threshold_statuses", "teams", "users")
SINCE_EVER = {"audit_logs", "feature_flag_logs", "user_feedback"}
"""Streams with rows from before the start date of the tests."""


@pytest.mark.installed
def test_given_the_seeds_settings_when_synced_then_every_record_arrives_once(point: Point) -> None:
    tap = point()

    output = tap.run()

    assert output.exit_code == 0
    wanted = expected(tap.sandbox)
    for stream in (output.streams & {*wanted}) - SINCE_EVER:
        assert Counter(output.keys(stream)) == wanted[stream], stream
    assert {"projects", "issues", "events", "teams", "users", "releases"} <= output.streams
    assert not {"issue_details", "event_details"} & output.streams
    assert tap.sandbox.token not in output.text + output.errors


def test_given_a_sync_when_its_messages_are_ordered_then_schemas_come_first_and_a_state_last(point: Point) -> None:
    kinds = [message["type"] for message in point().sync(*SOME).messages]

    schemas = kinds.count("SCHEMA")
    assert kinds[:schemas] == ["SCHEMA"] * schemas
    assert kinds[-1] == "STATE"


def test_given_discovery_when_read_then_keys_and_methods_are_the_sources(point: Point) -> None:
    catalog = json.loads(point().run("--discover").text)

    entries = {stream["tap_stream_id"]: stream for stream in catalog["streams"]}
    known = streams("source_sentry")
    assert {name: entry["key_properties"] for name, entry in entries.items()} == {
        name: stream["primary_key"] for name, stream in known.items()
    }
    assert {name for name, entry in entries.items() if entry["replication_method"] == "INCREMENTAL"} == {
        name for name, stream in known.items() if "incremental_sync" in stream
    }
    assert entries["issues"]["replication_key"] == "lastSeen"


def test_given_every_state_when_looked_at_then_start_is_the_lowest_cursor(point: Point) -> None:
    for state in point().sync(*SOME).states:
        for bookmark in state["bookmarks"].values():
            blob = bookmark["airbyte_state"]
            if "start" not in bookmark:
                assert {*blob} & {"parent_state", "__ab_no_cursor_state_message"}
                continue
            cursors = [value for part in blob.get("states", [{"cursor": blob}]) for value in part["cursor"].values()]
            assert bookmark["start"] == min(cursors)


def test_given_the_seeds_state_when_synced_then_every_project_is_read_from_there(point: Point) -> None:
    tap = point()
    start = datetime.fromisoformat(NOW) - timedelta(days=3)
    whole = tap.sync("events")

    output = tap.sync("events", state={"bookmarks": {"events": {"start": start.isoformat()}}})

    since = (start - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")  # the lookback
    wanted = {event["eventID"] for event in whole.records("events") if event["dateCreated"] >= since}
    assert set(output.keys("events")) == wanted
    assert 0 < len(wanted) < len(whole.keys("events"))


@pytest.mark.installed
def test_given_the_taps_own_state_when_new_data_came_then_exactly_that_is_read(point: Point) -> None:
    late = timedelta(hours=30)
    tap = point(now=(datetime.fromisoformat(NOW) - late).isoformat())
    tap.settings["lookback_hours"] = 31
    first = tap.sync(*INCREMENTAL)
    tap.sandbox.advance(late.total_seconds())

    second = tap.sync(*INCREMENTAL, state=first.states[-1])

    for stream in INCREMENTAL:
        assert {*first.keys(stream), *second.keys(stream)} >= {*expected(tap.sandbox)[stream]}
        assert len(second.keys(stream)) == len({*second.keys(stream)})
    assert 0 < len(second.keys("events")) < len(first.keys("events")) / 10


def test_given_a_killed_sync_when_resumed_from_its_last_state_then_no_record_is_lost(point: Point) -> None:
    # So slow that the sync outlasts the pace of the connector's states
    tap = point(latency_ms=250)
    tap.settings |= {"events_window_days": 2, "num_workers": 2}
    tap.settings["start_date"] = (datetime.fromisoformat(NOW) - timedelta(days=90)).isoformat()
    lines: list[dict[str, Any]] = []
    command = tap.command("--catalog", tap.catalog("events"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(json.loads(line))
            if sum(message["type"] == "STATE" for message in lines) == 2:
                process.kill()
                break
    tap.sandbox.configure(latency_ms=0)

    resumed = tap.sync("events", state=lines[-1]["value"])

    killed = {message["record"]["eventID"] for message in lines if message["type"] == "RECORD"}
    assert killed | {*resumed.keys("events")} == {*expected(tap.sandbox)["events"]}
    assert len(resumed.keys("events")) < len(expected(tap.sandbox)["events"])


def test_given_an_edited_start_when_synced_then_it_counts(point: Point) -> None:
    tap = point()
    first = tap.sync("events")
    state = first.states[-1]
    state["bookmarks"]["events"]["start"] = "2020-01-01T00:00:00Z"

    again = tap.sync("events", state=state)

    assert Counter(again.keys("events")) == Counter(first.keys("events"))


def test_given_some_streams_selected_when_synced_then_no_other_is_asked_for(point: Point) -> None:
    tap = point()

    output = tap.sync("teams", "project_keys")

    assert output.streams == {"teams", "project_keys"}
    asked = {request.path.rstrip("/").rsplit("/", 1)[-1] for request in tap.sandbox.requests()}
    assert asked == {"teams", "keys", "projects"}  # the project list is the parent of the keys


def test_given_fields_left_out_when_synced_then_neither_schema_nor_records_have_them(point: Point) -> None:
    tap = point()

    output = tap.run("--catalog", tap.catalog("events", "teams", without=("message", "eventID", "slug")))

    (schema,) = (m["schema"] for m in output.messages if m["type"] == "SCHEMA" and m["stream"] == "events")
    assert "message" not in schema["properties"]
    assert not any("message" in event for event in output.records("events"))
    assert all(event["eventID"] for event in output.records("events")), "a key cannot be left out"
    assert output.records("teams")
    assert not any("slug" in team for team in output.records("teams"))


def test_given_full_table_in_the_catalog_when_synced_then_the_state_is_neither_used_nor_changed(point: Point) -> None:
    tap = point()
    first = tap.sync("releases")
    path = tap.catalog("releases")
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        catalog = json.load(file)
    next(s for s in catalog["streams"] if s["tap_stream_id"] == "releases")["replication_method"] = "FULL_TABLE"

    output = tap.run("--catalog", tap.write("full.json", catalog), "--state", tap.write("state.json", first.states[-1]))

    assert Counter(output.keys("releases")) == Counter(first.keys("releases"))
    assert output.states == [first.states[-1]]


def test_given_stream_maps_and_flattening_when_synced_then_they_apply(point: Point) -> None:
    tap = point()
    tap.settings["stream_maps"] = {
        "teams": {"__alias__": "groups", "shout": "slug.upper()"},
        "users": None,
        "project_keys": {"__filter__": "bool(False)"},
    }
    tap.settings |= {"flattening_enabled": True, "flattening_max_depth": 1}

    output = tap.sync("teams", "users", "project_keys", "organization")

    assert output.exit_code == 0
    assert output.streams == {"groups", "project_keys", "organization"}
    assert all(team["shout"] == team["slug"].upper() for team in output.records("groups"))
    assert not output.records("project_keys")
    assert "status__id" in output.records("organization")[0]
    assert not any(request.path.endswith("/users/") for request in tap.sandbox.requests())
