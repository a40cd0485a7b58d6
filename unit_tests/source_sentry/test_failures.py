"""What `read` says when streams fail: one sentence for each reason, one summary, no state of what was not read."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from sourcewright.components.handler import JsonErrorHandler
from unit_tests.source_sentry.builders import BACKEND, NOW, WEB, Json, a_config, an_event
from unit_tests.source_sentry.command import Result, run
from unit_tests.source_sentry.endpoints import events, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, organization_request, page

FORBIDDEN = answer({"detail": "You do not have permission."}, HTTPStatus.FORBIDDEN, X_Planted="header_0123456789")
INVALID = answer({"detail": "Invalid token"}, HTTPStatus.UNAUTHORIZED)
BROKEN = answer({"detail": "Internal Error"}, HTTPStatus.INTERNAL_SERVER_ERROR)
LACKS_SCOPE = (
    "The `auth_token` may not read stream `events`: it needs the scope `project:read` and membership or access to the "
    "project or organization. Sentry says: You do not have permission."
)
RAW = (
    "Traceback",
    "Exhausted available",
    "Something went wrong",
    "header_0123456789",
    "During the sync",
    "stack_trace",
)


def read(folder: Path, *streams: str, **settings: Any) -> Result:
    """Read one request at a time; whatever happens, nothing raw is in the output."""
    result = run(folder, "read", a_config(num_workers=1, **settings), streams=streams)
    text = result.stdout.replace('"stack_trace":null', "")
    assert [words for words in RAW if words in text] == []
    return result


def told(result: Result) -> list[tuple[str, str, str]]:
    """(stream, failure type, sentence) of each error."""
    return [(e["stream_descriptor"]["name"], e["failure_type"], e["message"]) for e in result.errors]


def logged(result: Result, level: str = "ERROR") -> list[str]:
    logs = [message["log"] for message in result.messages if message["type"] == "LOG"]
    return [log["message"] for log in logs if log["level"] == level]


def statuses(result: Result) -> list[tuple[str, str]]:
    traces = [message["trace"] for message in result.messages if message["type"] == "TRACE"]
    found = [trace["stream_status"] for trace in traces if trace.get("stream_status")]
    return [(status["stream_descriptor"]["name"], status["status"]) for status in found]


def states(result: Result) -> list[Json]:
    return [message["state"]["stream"] for message in result.messages if message["type"] == "STATE"]


def test_given_token_without_the_scope_when_read_then_one_request_one_sentence_and_no_state(
    sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(projects(), page(BACKEND, WEB))
    sentry.answers(events("backend", end="2026-11-11T00:00:00Z"), FORBIDDEN)  # of the first of six windows
    sentry.answers_scopes("org:read")
    result = read(tmp_path, "events", events_window_days=10)
    assert result.code == 1
    assert told(result) == [("events", "config_error", LACKS_SCOPE)]
    assert logged(result) == ["Streams that were not read to their end: 1 of 1."]
    assert statuses(result)[-1] == ("events", "INCOMPLETE")
    assert states(result) == []


def test_given_a_window_that_fails_for_good_when_read_then_it_is_told_once_and_what_is_before_it_is_kept(
    sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(projects(), page(BACKEND, WEB))
    sentry.answers(organization_request("teams/", per_page="100"), page({"id": "1"}))
    sentry.answers(events("backend", end="2026-11-11T00:00:00Z"), page(an_event(1, "2026-11-05T08:00:00Z")))
    sentry.answers(events("backend", "2026-11-11T00:00:00Z", "2026-11-21T00:00:00Z"), *[BROKEN] * 9)
    sentry.answers(events("web", end="2026-11-11T00:00:00Z"), page())
    sentry.answers(events("web", "2026-11-11T00:00:00Z", "2026-11-21T00:00:00Z"), page())
    sentry.answers(events("web", "2026-11-21T00:00:00Z"), page())
    result = read(tmp_path, "events", "teams", events_window_days=10)
    url = "http://sentry.test:9000/api/0/projects/acme/backend/events/"
    sentence = f"{url} answered stream `events` with HTTP 500: Internal Error"
    assert told(result) == [("events", "transient_error", sentence)]
    assert logged(result) == [f"Streams that were not read to their end: 1 of 2.\n`events`: {sentence}"]
    assert dict(statuses(result)) == {"events": "INCOMPLETE", "teams": "COMPLETE"}
    saved = [state["stream_state"] for state in states(result) if state["stream_descriptor"]["name"] == "events"][-1]
    cursors = {entry["partition"]["project"]: entry["cursor"]["dateCreated"] for entry in saved["states"]}
    assert cursors == {"1": "2026-11-11T00:00:00Z", "2": NOW}


def test_given_parent_list_that_fails_when_read_then_each_child_names_itself_and_it_is_asked_for_once(
    sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers(projects(), FORBIDDEN)
    result = read(tmp_path, "project_keys", "events")
    reason = "The `auth_token` may not read stream `projects`: it needs the scope `org:read`"
    for stream, kind, sentence in told(result):
        assert kind == "config_error"
        assert sentence.startswith(f"Stream `{stream}` is read below `project_list`, which failed: {reason}")
    assert {stream for stream, _, _ in told(result)} == {"project_keys", "events"}
    (summary,) = logged(result)
    assert [line.partition(":")[0] for line in summary.splitlines()[1:]] == [f"`{name}`" for name, _, _ in told(result)]


def test_given_token_that_is_unknown_when_read_then_one_sentence_for_all_streams(
    sentry: SentryMock, tmp_path: Path
) -> None:
    for endpoint in ("projects/", "teams/", "members/"):
        sentry.answers(organization_request(endpoint, per_page="100"), INVALID)
    result = read(tmp_path, "teams", "members", "project_keys", "events")
    ((_, kind, sentence),) = told(result)
    assert (kind, sentence.partition(":")[0]) == ("config_error", "Sentry does not know the `auth_token`")
    assert logged(result) == ["Streams that were not read to their end: 4 of 4."]
    assert states(result) == []


def test_given_parent_list_that_is_rate_limited_when_read_then_no_status_of_a_stream_that_was_not_chosen(
    sentry: SentryMock, tmp_path: Path
) -> None:
    limited = answer({"detail": "too many"}, HTTPStatus.TOO_MANY_REQUESTS)
    sentry.answers(projects(), limited, page())
    sentry.answers(organization_request("teams/", per_page="100"), limited, page({"id": "1"}))
    result = read(tmp_path, "project_keys", "teams")
    assert result.code == 0
    assert {stream for stream, _ in statuses(result)} == {"project_keys", "teams"}
    assert '"reasons":[{"type":"RATE_LIMITED"' in result.stdout


def test_given_defect_when_read_then_it_says_so_once_with_its_stack_trace(
    sentry: SentryMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("rows")

    sentry.answers(organization_request("teams/", per_page="100"), page({"id": "1"}))
    monkeypatch.setattr(JsonErrorHandler, "judge_page", fail)
    monkeypatch.setattr("source_sentry.handler.SentryErrorHandler.judge_page", fail)
    result = run(tmp_path, "read", a_config(), streams=["teams"])
    (error,) = result.errors
    assert error["message"] == (
        "Stream `teams` failed because of a defect of this connector (KeyError: 'rows'): please report it."
    )
    assert "raise KeyError" in error["stack_trace"]
    assert result.stdout.count("Traceback") == 1
