"""What goes wrong: one clear sentence, a code that is not 0, and nothing on stdout that is not Singer."""

import json
import subprocess
import time
from typing import Any

import pytest

from integration_tests.clock import environment
from integration_tests.commands import run_forked, run_installed
from integration_tests.singer.conftest import Point
from integration_tests.singer.tap import COMMAND, Output
from saas_sandbox.sentry.settings import Token

OTHER = "sntryu_test_fedcba9876543210fedcba9876543210"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param({"api_token": OTHER}, "Sentry does not know the `auth_token`", marks=pytest.mark.installed),
        ({"api_token": ""}, "Setting `auth_token`"),
        ({"organization": "acne"}, "check the slug `acne` in `organization`"),
        ({"projects": ["backnd"]}, "Project `backnd` of setting `projects` does not exist"),
        ({"projects": "backend"}, 'Setting `projects` is "backend", but must be of type array'),
        ({"hostname": "ht tp://x"}, 'Setting `hostname` is "ht tp://x", but must look like "sentry.io"'),
        ({"num_workers": 99}, "Setting `num_workers` is 99"),
        ({"start_date": "yesterday"}, 'Setting `start_date` is "yesterday"'),
    ],
)
def test_given_a_wrong_setting_when_synced_then_one_sentence_names_it(
    point: Point, settings: dict[str, Any], says: str
) -> None:
    tap = point()
    tap.settings = settings

    output = tap.sync("projects", "teams")

    assert output.exit_code == 1
    assert says in output.complaints[0]
    assert "Traceback" not in output.errors
    assert {message["type"] for message in output.messages} <= {"SCHEMA"}
    assert OTHER not in output.errors + output.text


@pytest.mark.parametrize(
    ("role", "content", "says"),
    [
        pytest.param("config", "{", "is not valid JSON", marks=pytest.mark.installed),
        ("config", "[]", "holds a list, but must hold a JSON object"),
        ("catalog", "{", "is not valid JSON"),
        ("catalog", '{"streams": [{"name": "events"}]}', "is not a Singer catalog"),
        ("state", "events", "is not valid JSON"),
        ("state", "[1]", "is not a Singer state"),
        ("state", '{"type": "STATE", "value": {}}', "is not a Singer state"),
        ("state", None, "cannot be read: No such file or directory"),
    ],
)
def test_given_a_bad_file_when_synced_then_one_sentence_names_it(
    point: Point, role: str, content: str | None, says: str
) -> None:
    tap = point()
    path = tap.write("bad.json", content) if content else str(tap.folder / "none.json")

    output = tap.run(f"--{role}", path)

    assert output.exit_code == 1
    (complaint,) = output.complaints
    assert complaint.startswith(f"The {role} file `{path}`")
    assert says in complaint
    assert output.text == ""


@pytest.mark.installed
def test_given_an_unknown_stream_when_synced_then_the_known_ones_are_named(point: Point) -> None:
    tap = point()
    catalog = {"streams": [{"tap_stream_id": "event", "stream": "event", "schema": {"properties": {}}, "metadata": []}]}

    output = tap.run("--catalog", tap.write("other.json", catalog))

    assert (output.exit_code, output.text) == (1, "")
    assert output.complaints[0].startswith("The catalog names streams that do not exist: `event`. There are: organiz")


@pytest.mark.parametrize("bookmark", [{"start": "yesterday"}, {"position": 7}, {"airbyte_state": {"states": [1]}}])
def test_given_a_garbled_bookmark_when_synced_then_it_is_told_not_skipped(
    point: Point, bookmark: dict[str, Any]
) -> None:
    output = point().sync("issues", state={"bookmarks": {"issues": bookmark}})

    assert output.exit_code == 1
    assert "of stream `issues` is not one that this" in output.complaints[0]
    assert {message["type"] for message in output.messages} <= {"SCHEMA"}


def test_given_no_config_when_synced_then_the_first_missing_setting_is_named() -> None:
    output = Output.of(run_installed(COMMAND))

    assert (output.exit_code, output.text) == (1, "")
    assert output.complaints[0].startswith("Setting `auth_token` is missing.")


def test_given_a_stream_without_its_scope_when_synced_then_it_alone_fails(point: Point) -> None:
    tap = point(tokens={OTHER: Token(scopes=("org:read", "project:read"))})

    output = tap.sync("members", "teams", "events")

    assert output.exit_code == 1
    assert "it needs the scope `member:read`" in output.complaints[0]
    assert output.complaints[-1].startswith("Streams that were not read to their end: 1 of 3.")
    assert len(output.keys("teams")) == len(tap.sandbox.totals()["teams"])
    assert len(output.keys("events")) == sum(len(events) for events in tap.sandbox.totals()["events"].values())
    assert set(output.states[-1]["bookmarks"]) == {"events", "teams"}


def test_given_a_full_disk_when_discovered_then_one_sentence_and_exit_code_one(point: Point) -> None:
    output = Output.of(run_forked(COMMAND, *point().arguments("--discover"), stdout="/dev/full"))

    assert output.exit_code == 1
    assert output.complaints == ["Standard output cannot be written (No space left on device): stopped."]


@pytest.mark.parametrize("busy_with", ["writing", "waiting"])
def test_given_a_reader_that_dies_when_synced_then_the_tap_ends_at_once(point: Point, busy_with: str) -> None:
    # Either there is always more to write, or the next answer takes longer than the test
    tap = point(events_per_project=4000) if busy_with == "writing" else point(latency_ms=60_000)
    with subprocess.Popen(tap.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        closed = time.monotonic()
        exit_code = process.wait(timeout=20)

    assert exit_code == 1
    assert time.monotonic() - closed < 5


def test_given_a_stopped_sync_when_it_ends_then_its_last_line_is_whole(point: Point) -> None:
    tap = point(events_per_project=4000)
    lines: list[bytes] = []
    with subprocess.Popen(
        tap.command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if len(lines) == 500:
                process.terminate()

    assert process.returncode == 143
    assert all(json.loads(line)["type"] for line in lines)


def test_given_debug_logs_when_synced_then_neither_token_nor_protocol_of_the_engine_shows(point: Point) -> None:
    tap = point(faults=("429:2",))
    tap.sandbox.configure(fault_repeats=1)

    arguments, env = tap.arguments("--catalog", tap.catalog("teams")), {"TAP_SENTRY_LOGLEVEL": "DEBUG"}

    output = Output.of(run_installed(COMMAND, *arguments, env=env))

    assert output.exit_code == 0
    assert "| DEBUG " in output.errors
    assert tap.sandbox.token not in output.errors
    assert {message["type"] for message in output.messages} == {"SCHEMA", "RECORD", "STATE"}


def test_given_settings_in_the_environment_when_synced_then_they_are_used(point: Point) -> None:
    tap = point()
    half = tap.write("half.json", {"organization": tap.sandbox.organization})
    env = {"TAP_SENTRY_AUTH_TOKEN": tap.sandbox.token, "TAP_SENTRY_HOSTNAME": tap.sandbox.url}
    env["TAP_SENTRY_PROJECTS"] = '["backend"]'

    arguments = ["--config", half, "--config", "ENV", "--catalog", tap.catalog("projects")]

    output = Output.of(run_installed(COMMAND, *arguments, env=env))

    assert output.exit_code == 0
    assert [project["slug"] for project in output.records("projects")] == ["backend"]


def test_given_a_config_file_and_the_environment_when_synced_then_it_fills_in_what_the_file_lacks(point: Point) -> None:
    tap = point()
    file = {"api_token": tap.sandbox.token, "hostname": tap.sandbox.url, "projects": ["backend"]}
    env = {"TAP_SENTRY_ORGANIZATION": tap.sandbox.organization, "TAP_SENTRY_PROJECTS": '["web"]'}
    env["TAP_SENTRY_START_DATE"] = ""

    arguments = ["--config", tap.write("file.json", file), "--catalog", tap.catalog("projects")]

    output = Output.of(run_installed(COMMAND, *arguments, env=env))

    assert output.exit_code == 0
    assert [project["slug"] for project in output.records("projects")] == ["backend"]


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_given_about_when_asked_then_settings_and_capabilities_are_told(form: str) -> None:
    output = Output.of(run_forked(COMMAND, "--about", *(["--format", form] if form != "text" else [])))

    assert output.exit_code == 0
    assert "lookback_hours" in output.text
    if form == "json":
        about = json.loads(output.text)
        assert about["settings"]["properties"]["auth_token"]["secret"] is True
        assert about["capabilities"] == [
            "about",
            "catalog",
            "discover",
            "state",
            "stream-maps",
            "schema-flattening",
            "structured-logging",
        ]


def test_given_a_logging_config_when_synced_then_every_log_line_is_structured(point: Point) -> None:
    tap = point()
    config = """
version: 1
disable_existing_loggers: false
formatters: {structured: {"()": singer_sdk.logging.StructuredFormatter}}
handlers: {default: {class: logging.StreamHandler, formatter: structured, stream: ext://sys.stderr}}
root: {level: INFO, handlers: [default]}
"""
    arguments, env = tap.arguments("--catalog", tap.catalog("teams")), {}
    env["SINGER_SDK_LOG_CONFIG"] = tap.write("log.yaml", config)

    output = Output.of(run_installed(COMMAND, *arguments, env=env))

    assert output.exit_code == 0
    assert all(json.loads(line)["level"] for line in output.errors.splitlines())


def test_given_test_when_asked_then_a_record_of_each_stream_that_has_any_is_written(point: Point) -> None:
    tap = point()
    tap.settings["start_date"] = "2026-11-20T00:00:00Z"

    output = tap.run("--test")

    assert output.exit_code == 0
    assert output.complaints == []
    found = {stream: len(output.records(stream)) for stream in output.streams}
    assert set(found.values()) <= {0, 1}
    assert {"detectors", "events", "monitors", "release_health", "teams"} <= {name for name in found if found[name]}
