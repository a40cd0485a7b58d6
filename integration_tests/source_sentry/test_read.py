"""Every record arrives once: full refresh, incremental, on both generations of servers."""

import logging
import os
import pty
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Generator
from datetime import datetime, timedelta

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.clock import NOW, environment
from integration_tests.commands import Ended, path_of
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import COMMAND, Connector, Output, expected
from source_sentry import SourceSentry


@pytest.mark.parametrize("generation", [pytest.param("today", marks=pytest.mark.installed), "9.1.2"])
def test_given_a_whole_organization_when_read_then_each_record_arrives_once(connect: Connect, generation: str) -> None:
    connector = connect(generation=generation)

    output = connector.read(mode="full_refresh")

    assert output.exit_code == 0
    for stream, keys in expected(connector.sandbox).items():
        assert Counter(output.keys(stream)) == keys, stream
    assert set(output.statuses.values()) == {"COMPLETE"}


@pytest.mark.parametrize("generation", ["today", "9.1.2"])
def test_given_a_state_when_new_data_came_then_only_that_is_read(connect: Connect, generation: str) -> None:
    late = timedelta(hours=30)
    connector = connect(generation=generation, now=(datetime.fromisoformat(NOW) - late).isoformat())
    connector.settings["lookback_hours"] = 31
    connector.settings["start_date"] = "2025-01-01T00:00:00Z"  # old servers keep everything
    first = connector.read("issues", "events", "releases")
    connector.sandbox.advance(late.total_seconds())

    second = connector.read("issues", "events", "releases", state=first.last_states)

    for stream in ("issues", "events", "releases"):
        assert set(first.keys(stream)) | set(second.keys(stream)) >= set(expected(connector.sandbox)[stream])
    new = set(expected(connector.sandbox)["events"]) - set(first.keys("events"))
    assert new
    assert new <= set(second.keys("events"))
    assert len(second.keys("events")) < len(first.keys("events")) / 10


def test_given_full_events_when_read_then_pages_of_ten_lose_none(connect: Connect) -> None:
    connector = connect(events_per_project=35)
    connector.settings["full_events"] = True

    output = connector.read("events")

    assert Counter(output.keys("events")) == expected(connector.sandbox)["events"]
    assert all("entries" in event for event in output.records("events"))


def test_given_short_and_empty_pages_when_read_then_reading_goes_on(connect: Connect) -> None:
    connector = connect(ghost_rows=230)

    output = connector.read("events", "issues")

    assert Counter(output.keys("events")) == expected(connector.sandbox)["events"]
    assert Counter(output.keys("issues")) == expected(connector.sandbox)["issues"]


def test_given_small_windows_when_read_then_no_second_is_lost_between_them(connect: Connect) -> None:
    connector = connect()
    connector.settings["events_window_days"] = 1

    output = connector.read("events")

    assert Counter(output.keys("events")) == expected(connector.sandbox)["events"]


def test_given_configured_projects_when_read_then_only_those_are_asked(connect: Connect) -> None:
    connector = connect()
    connector.settings["projects"] = ["backend"]

    output = connector.read()

    assert [project["slug"] for project in output.records("projects")] == ["backend"]
    assert set(output.keys("events")) == set(connector.sandbox.totals()["events"]["backend"])
    asked = {r.path for r in connector.sandbox.requests() if "/projects/acme/" in r.path}
    assert "/api/0/projects/acme/backend/keys/" in asked
    assert {path.split("/")[5] for path in asked} == {"backend"}


def test_given_a_first_sync_when_its_requests_are_counted_then_the_project_list_is_read_once_for_all_children(
    connect: Connect,
) -> None:
    connector = connect()

    connector.read("project_details", "project_keys", "issues", "events")

    assert [r.path for r in connector.sandbox.requests()].count("/api/0/organizations/acme/projects/") == 1


def test_given_nothing_new_when_read_again_then_a_project_costs_a_request_a_stream(connect: Connect) -> None:
    connector = connect()
    first = connector.read("issues", "events")
    connector.sandbox.reset()

    connector.read("issues", "events", state=first.last_states)

    requests = [r.path for r in connector.sandbox.requests()]
    with_events = [slug for slug, events in connector.sandbox.totals()["events"].items() if events]
    assert requests.count("/api/0/organizations/acme/issues/") == len(with_events)
    assert sum(path.endswith("/events/") for path in requests) == len(with_events)
    assert len(requests) == len(["projects", "age of the server"]) + 2 * len(with_events)


def test_given_a_reading_that_was_left_when_the_same_process_reads_again_then_it_is_not_held_up(
    connect: Connect,
) -> None:
    connector = connect(size="small")
    sandbox, streams = connector.sandbox, [s for s in connector.discover() if s["name"] == "events"]
    config = {"auth_token": sandbox.token, "organization": "acme", "hostname": sandbox.url, "events_window_days": 3}
    configured = {"streams": [Connector.configured(stream, "full_refresh") for stream in streams]}
    catalog = ConfiguredAirbyteCatalogSerializer.load(configured)
    before = set(threading.enumerate())
    for _ in range(3):
        source = SourceSentry(catalog=catalog, config=config)
        messages = source.read(logging.getLogger("airbyte"), config, catalog)
        assert isinstance(messages, Generator)
        next(message for message in messages if message.record)
        messages.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()

    source = SourceSentry(catalog=catalog, config=config)
    records = [m.record for m in source.read(logging.getLogger("airbyte"), config, catalog) if m.record]

    assert Counter(record.data["eventID"] for record in records) == expected(sandbox)["events"]


def test_given_a_terminal_for_errors_when_read_then_the_output_is_the_same_and_the_display_is_there(
    connect: Connect,
) -> None:
    connector = connect(latency_ms=100)
    command = [path_of(COMMAND), "read", "--config", connector.config(), "--catalog", connector.catalog("teams")]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment(TERM="xterm")) as process:
        os.close(theirs)
        assert process.stdout is not None
        output = Output.of(Ended(process.stdout.read().decode(), "", process.wait(20)))
    terminal = re.sub(r"\x1b\[[0-9;?]*\w", "", os.read(ours, 1_000_000).decode())
    os.close(ours)

    assert output.exit_code == 0
    assert Counter(output.keys("teams")) == expected(connector.sandbox)["teams"]
    assert "of 1 streams done" in terminal
