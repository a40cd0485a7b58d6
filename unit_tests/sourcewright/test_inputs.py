"""The command line and its files: each mistake ends with one sentence and exit code 1."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import BACKEND, TOKEN, Json, a_config
from unit_tests.source_sentry.command import Result, run, run_arguments
from unit_tests.source_sentry.endpoints import events, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, page
from unit_tests.source_sentry.sync import INCREMENTAL, project_states

pytestmark = pytest.mark.usefixtures("frozen")

CATALOG: Json = {
    "streams": [
        {
            "stream": {"name": "events", "json_schema": {}, "supported_sync_modes": ["incremental"]},
            "sync_mode": "incremental",
            "destination_sync_mode": "append",
        }
    ]
}


def file_of(folder: Path, name: str, content: Any) -> str:
    path = folder / f"{name}.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def read_with(folder: Path, **files: Any) -> Result:
    """Read with `config`, `catalog`, `state` of `files`; None leaves out the file, though the command names it."""
    arguments = ["read"]
    for name, content in {"config": a_config(), "catalog": CATALOG, **files}.items():
        path = str(folder / f"{name}.json") if content is None else file_of(folder, name, content)
        arguments += [f"--{name}", path]
    return run_arguments(*arguments)


@pytest.mark.parametrize("role", ["config", "catalog", "state"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file or directory."),
        ("", "is not valid JSON"),
        ("{'a': 1}", "is not valid JSON"),
        ('{"a": 1', "is not valid JSON"),
    ],
)
def test_given_broken_file_when_read_then_one_sentence_with_its_path(
    role: str, content: str | None, words: str, tmp_path: Path
) -> None:
    result = read_with(tmp_path, **{role: content})
    assert result.code == 1
    (error,) = result.errors
    assert error["failure_type"] == "config_error"
    assert error["message"].startswith(f"The {role} file `{tmp_path / role}.json` ")
    assert words in error["message"]


@pytest.mark.parametrize(
    ("role", "content", "words"),
    [
        ("config", [], "holds a list, but must hold a JSON object"),
        ("config", "null", "holds null, but must hold a JSON object"),
        ("config", '"text"', "holds a string, but must hold a JSON object"),
        ("catalog", {}, "is not a configured catalog"),
        ("catalog", [], "is not a configured catalog"),
        ("catalog", {"streams": [{"name": "events"}]}, "is not a configured catalog"),
        ("catalog", {"streams": "events"}, "is not a configured catalog"),
        ("state", "7", "is not the state of an earlier sync"),
        ("state", '"text"', "is not the state of an earlier sync"),
        ("state", [7], "is not the state of an earlier sync"),
        ("state", [{"type": "STREAM", "stream": {"stream_state": {}}}], "is not the state of an earlier sync"),
    ],
)
def test_given_file_with_something_else_when_read_then_one_sentence_says_what_it_must_hold(
    role: str, content: Any, words: str, tmp_path: Path
) -> None:
    result = read_with(tmp_path, **{role: content})
    assert result.code == 1
    (error,) = result.errors
    assert error["failure_type"] == "config_error"
    assert words in error["message"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_given_byte_order_marks_when_read_then_the_files_are_understood(
    encoding: str, sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-22T08:00:00Z"), page())
    files = {"config": a_config(projects=["backend"]), "catalog": CATALOG, "state": [stream_message(TODAY)]}
    arguments = ["read"]
    for name, content in files.items():
        path = tmp_path / f"{name}.json"
        path.write_bytes(json.dumps(content).encode(encoding))
        arguments += [f"--{name}", str(path)]
    assert run_arguments(*arguments).code == 0


def test_given_pipes_instead_of_files_when_read_then_each_is_read_once(sentry: SentryMock) -> None:
    """As of `--config <(echo …)`, which a second reading would find empty."""
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-22T08:00:00Z"), page())
    files = {"config": a_config(projects=["backend"]), "catalog": CATALOG, "state": [stream_message(TODAY)]}
    arguments, ends = ["read"], []
    for name, content in files.items():
        reader, writer = os.pipe()
        os.write(writer, json.dumps(content).encode())
        os.close(writer)
        ends.append(reader)
        arguments += [f"--{name}", f"/dev/fd/{reader}"]
    assert run_arguments(*arguments).code == 0
    for end in ends:
        os.close(end)


def stream_message(state: Any) -> Json:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": "events"}, "stream_state": state}}


TODAY = project_states("dateCreated", {"1": "2026-11-22T09:00:00Z"})


@pytest.mark.parametrize(
    ("state", "start"),
    [
        pytest.param([stream_message(TODAY)], "2026-11-22T08:00:00Z", id="list"),
        pytest.param(stream_message(TODAY), "2026-11-22T08:00:00Z", id="one message"),
        pytest.param({"events": TODAY}, "2026-11-22T08:00:00Z", id="by stream name"),
        pytest.param({"events": {"dateCreated": "2026-11-22T09:00:00Z"}}, "2026-11-22T08:00:00Z", id="published"),
        pytest.param([stream_message(None)], "2026-11-01T00:00:00Z", id="null in a message"),
        pytest.param({"events": None}, "2026-11-01T00:00:00Z", id="null by stream name"),
        pytest.param([stream_message({})], "2026-11-01T00:00:00Z", id="empty in a message"),
        pytest.param([stream_message({"dateCreated": None})], "2026-11-01T00:00:00Z", id="null cursor"),
        pytest.param("null", "2026-11-01T00:00:00Z", id="null"),
        pytest.param([], "2026-11-01T00:00:00Z", id="empty list"),
        pytest.param({}, "2026-11-01T00:00:00Z", id="empty object"),
    ],
)
def test_given_state_of_any_form_when_read_then_from_there(
    state: Any, start: str, sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", start), page())
    result = read_with(tmp_path, config=a_config(projects=["backend"]), state=state)
    assert result.code == 0


@pytest.mark.parametrize(
    "message",
    [
        {"type": "LEGACY", "data": {"events": {"dateCreated": "2026-11-22T09:00:00Z"}}},
        {"type": "STATE", "state": stream_message(TODAY)},
        {"type": "STREAM"},
    ],
)
def test_given_message_that_holds_no_streams_state_when_read_then_an_error_instead_of_a_silent_restart(
    message: Json, sentry: SentryMock, tmp_path: Path
) -> None:
    result = read_with(tmp_path, config=a_config(projects=["backend"]), state=[message])
    assert (result.code, sentry.requested) == (1, [])
    assert "is not the state of an earlier sync" in result.errors[0]["message"]


@pytest.mark.parametrize(
    "state", [{"garbage": 1}, {"dateCreated": "yesterday"}, {"states": [{"cursor": {}}]}, {"dateCreated": 5}]
)
def test_given_state_that_cannot_be_continued_when_read_then_an_error_and_no_request(
    state: Json, sentry: SentryMock, tmp_path: Path
) -> None:
    result = read_with(tmp_path, state=[stream_message(state)])
    assert (result.code, sentry.requested) == (1, [])
    assert {error["failure_type"] for error in result.errors} == {"config_error"}
    assert result.errors[0]["message"].startswith("The saved state of stream `events` is not one that")


def test_given_stream_that_does_not_exist_when_read_then_one_sentence_with_those_that_do(
    sentry: SentryMock, tmp_path: Path
) -> None:
    catalog = json.loads(json.dumps(CATALOG).replace('"events"', '"project_detail"'))
    result = read_with(tmp_path, catalog=catalog)
    assert (result.code, sentry.requested) == (1, [])
    (error,) = result.errors
    assert error["failure_type"] == "config_error"
    known = ", ".join(streams("source_sentry"))
    assert error["message"] == f"The catalog names streams that do not exist: `project_detail`. There are: {known}."


@pytest.mark.parametrize("command", ["read", "discover"])
def test_given_wrong_setting_when_run_then_the_same_sentence_as_in_check(
    command: str, sentry: SentryMock, tmp_path: Path
) -> None:
    result = run(tmp_path, command, a_config(num_workers=99), streams=["events"])
    assert (result.code, sentry.requested) == (1, [])
    (error,) = result.errors
    assert error["failure_type"] == "config_error"
    assert error["message"].startswith("Setting `num_workers` is 99, but 99 is greater than the maximum of 40.")
    assert TOKEN not in result.stdout


def test_given_spec_when_asked_for_then_it_needs_no_config() -> None:
    result = run_arguments("spec")
    (spec,) = [message["spec"] for message in result.messages if message["type"] == "SPEC"]
    assert result.code == 0
    assert spec["connectionSpecification"]["required"] == ["auth_token", "organization"]


def test_given_config_when_discovered_then_every_stream_with_its_key_and_no_request(
    sentry: SentryMock, tmp_path: Path
) -> None:
    result = run(tmp_path, "discover", a_config())
    (catalog,) = [message["catalog"] for message in result.messages if message["type"] == "CATALOG"]
    assert sentry.requested == []
    assert [stream["name"] for stream in catalog["streams"]] == list(streams("source_sentry"))
    incremental = [one["name"] for one in catalog["streams"] if "incremental" in one["supported_sync_modes"]]
    assert set(incremental) == INCREMENTAL
    assert all(
        stream["source_defined_primary_key"] and stream["json_schema"]["properties"] for stream in catalog["streams"]
    )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_given_server_that_repeats_the_token_when_read_then_exit_code_one_and_no_token_anywhere(
    status: int, sentry: SentryMock, tmp_path: Path
) -> None:
    refused = answer({"detail": f"No such token {TOKEN}"}, status)
    sentry.answers(projects(), *[refused] * (9 if status == 500 else 1))
    result = run(tmp_path, "read", a_config(), streams=["project_keys"])
    assert result.code == 1
    assert "project_keys" in result.stdout
    assert TOKEN not in result.stdout


def test_given_manifest_in_the_working_directory_when_run_as_a_process_then_the_packaged_one_counts(
    tmp_path: Path,
) -> None:
    (tmp_path / "manifest.yaml").write_text("version: 0.0.0\n", encoding="utf-8")
    code = "from source_sentry.run import main; main(['spec'])"
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert '"title":"Sentry"' in result.stdout


def test_given_no_command_when_run_as_a_process_then_a_trace_and_exit_code_one(tmp_path: Path) -> None:
    code = "from source_sentry.run import main; main([])"
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "No command was given: use spec, check, discover, read, catalog or sync" in result.stdout
