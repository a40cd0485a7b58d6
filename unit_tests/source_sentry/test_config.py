import io
import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import time_machine

from source_sentry import SourceSentry
from source_sentry.config import DEFAULTS, NormalizeConfig
from unit_tests.source_sentry.builders import BACKEND, HOST, NOW, RETENTION_START, START, TOKEN, Json, a_config, without
from unit_tests.source_sentry.command import run
from unit_tests.source_sentry.endpoints import issue_page, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import read

pytestmark = pytest.mark.usefixtures("frozen")

MINIMAL = {"auth_token": TOKEN, "organization": "acme"}
PUBLISHED = {
    "auth_token": TOKEN,
    "hostname": "sentry.test:9000",
    "organization": "acme",
    "project": "backend",
    "discover_fields": ["message", "timestamp"],
}


def settings(config: Mapping[str, Any]) -> Json:
    """`config` in this version's form."""
    normalised = dict(config)
    NormalizeConfig().transform(normalised)
    return normalised


def test_given_connector_when_built_then_its_settings_are_normalised_and_the_given_ones_stay() -> None:
    given = {"api_token": TOKEN, "organization": "acme", "project": "web"}
    assert without(dict(SourceSentry(config=given).settings), "server", "roll", "datasets") == settings(given)
    assert given == {"api_token": TOKEN, "organization": "acme", "project": "web"}


def test_given_only_what_is_required_when_normalised_then_every_default() -> None:
    assert settings(MINIMAL) == {
        **MINIMAL,
        "hostname": "sentry.io",
        "base_url": "https://sentry.io",
        "control_url": "https://sentry.io",
        "projects": [],
        "start_date": RETENTION_START,
        "full_events": False,
        "include_secrets": False,
        "redact": [],
        "redaction": [],
        "issue_query": "",
        "issue_reconcile": "daily",
        "environments": [],
        "lookback_hours": 1,
        "events_window_days": 30,
        "rows_lag_minutes": 10,
        "rows_retention_days": 30,
        "explore_queries": [],
        "is_start_chosen": False,
        "rows_since": {
            "errors": "2026-08-24T10:00:00Z",
            "logs": "2026-10-23T10:00:00Z",
            "spans": "2026-10-23T10:00:00Z",
            "tracemetrics": "2026-10-23T10:00:00Z",
            "uptime_results": "2026-08-24T10:00:00Z",
        },
        "rows_until": "2026-11-22T09:49:59Z",
        "num_workers": 10,
        "workers": 10,
        "max_answer_mb": 256,
        "legacy_server": False,
        "max_retries": 8,
        "sync_start": NOW,
        "last_second": "2026-11-22T09:59:59Z",
        "issues_since": RETENTION_START,
        "releases_since": "1970-01-01T00:00:00Z",
        "days_since": RETENTION_START,
    }


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize("setting", [*DEFAULTS, "start_date"])
def test_given_empty_setting_when_normalised_then_its_default(setting: str, nothing: str | None) -> None:
    assert settings({**MINIMAL, setting: nothing}) == settings(MINIMAL)


@pytest.mark.parametrize(
    ("hostname", "url"),
    [
        ("sentry.io", "https://sentry.io"),
        ("de.sentry.io", "https://de.sentry.io"),
        (" sentry.io ", "https://sentry.io"),
        ("sentry.io/", "https://sentry.io"),
        ("host:9000", "https://host:9000"),
        ("host:9000//", "https://host:9000"),
        ("http://host:9000", "http://host:9000"),
        ("http://host:9000/", "http://host:9000"),
        ("https://host", "https://host"),
        ("https://host/subpath", "https://host/subpath"),
        ("https://host/subpath/", "https://host/subpath"),
        ("host/subpath", "https://host/subpath"),
        ("https://sentry.io/api/0", "https://sentry.io"),
        ("https://sentry.io/api/0/", "https://sentry.io"),
        ("https://host/subpath/api/0/", "https://host/subpath"),
        ("HTTP://Host:9000", "HTTP://Host:9000"),
        ("192.168.0.7:9000", "https://192.168.0.7:9000"),
        ("[::1]:9000", "https://[::1]:9000"),
        ("http://[fe80::1]/sentry/", "http://[fe80::1]/sentry"),
    ],
)
def test_given_hostname_of_any_form_when_normalised_then_its_url(hostname: str, url: str) -> None:
    assert settings({**MINIMAL, "hostname": hostname})["base_url"] == url


@pytest.mark.parametrize(
    ("given", "projects"),
    [
        ({}, []),
        ({"project": "web"}, ["web"]),
        ({"project": ""}, []),
        ({"project": None}, []),
        ({"project": "web", "projects": []}, ["web"]),
        ({"project": "web", "projects": None}, ["web"]),
        ({"project": "web", "projects": ["backend"]}, ["backend"]),
        ({"projects": ["42"]}, ["42"]),
    ],
)
def test_given_old_and_new_name_of_projects_when_normalised_then_the_new_one_wins(
    given: Json, projects: list[str]
) -> None:
    assert settings({**MINIMAL, **given})["projects"] == projects


@pytest.mark.parametrize(
    ("given", "token"),
    [
        ({"api_token": TOKEN}, TOKEN),
        ({"auth_token": f"  {TOKEN}\n"}, TOKEN),
        ({"auth_token": TOKEN, "api_token": "sntryu_test_fedcba9876543210"}, TOKEN),
        ({"auth_token": "", "api_token": TOKEN}, TOKEN),
        ({"auth_token": None, "api_token": TOKEN}, TOKEN),
    ],
)
def test_given_old_and_new_name_of_the_token_when_normalised_then_the_new_one_where_it_says_something(
    given: Json, token: str
) -> None:
    normalised = settings({"organization": "acme", **given})
    assert normalised["auth_token"] == token
    assert "api_token" not in normalised


@pytest.mark.parametrize(
    ("start_date", "start"),
    [
        ("2026-11-01", "2026-11-01T00:00:00Z"),
        ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("2026-11-01T00:00:00", "2026-11-01T00:00:00Z"),
        ("2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00Z"),
        ("2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00Z"),
        (" 2026-11-01T00:00:00Z ", "2026-11-01T00:00:00Z"),
    ],
)
def test_given_start_date_of_any_form_when_normalised_then_utc_for_every_stream(start_date: str, start: str) -> None:
    normalised = settings({**MINIMAL, "start_date": start_date})
    assert (normalised["start_date"], normalised["releases_since"]) == (start, start)
    assert normalised["issues_since"] == RETENTION_START


def test_given_start_date_before_retention_when_normalised_then_issues_count_from_it() -> None:
    assert settings({**MINIMAL, "start_date": "2026-01-01"})["issues_since"] == "2026-01-01T00:00:00Z"


def test_given_fraction_of_a_second_when_normalised_then_the_sync_starts_with_it(
    frozen: time_machine.Traveller,
) -> None:
    frozen.move_to("2026-11-22T10:00:00.9Z", tick=False)
    assert settings(MINIMAL)["sync_start"] == NOW


def test_given_published_connectors_config_when_read_then_it_runs_unchanged(sentry: SentryMock) -> None:
    sentry.answers(projects(), page(BACKEND), page(BACKEND))
    config = {**PUBLISHED, "hostname": HOST}
    assert read("projects", config=config).records("projects") == [BACKEND]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"auth_token": ""}, ["`auth_token`", "empty"]),
        ({"auth_token": "   "}, ["`auth_token`", "empty"]),
        ({"auth_token": 5}, ["`auth_token`", "not a string"]),
        ({"organization": ""}, ["`organization`", '""', '"acme"']),
        ({"organization": "a/b"}, ["`organization`", '"a/b"', '"acme"']),
        ({"organization": "my org"}, ["`organization`", '"my org"']),
        ({"hostname": "ht!tp://x y"}, ["`hostname`", '"ht!tp://x y"', '"sentry.io"']),
        ({"hostname": "ftp://host"}, ["`hostname`", '"ftp://host"']),
        ({"hostname": "https://"}, ["`hostname`", '"https:']),
        ({"hostname": "host:port"}, ["`hostname`", '"host:port"']),
        ({"hostname": 9000}, ["`hostname`", "9000", "string"]),
        ({"projects": "web"}, ["`projects`", '"web"', "array"]),
        ({"projects": [7]}, ["`projects.0`", "7", "string"]),
        ({"projects": [""]}, ["`projects.0`", '""', "empty"]),
        ({"start_date": "yesterday"}, ["`start_date`", '"yesterday"', "2026-01-01T00:00:00Z"]),
        ({"start_date": "2026-13-01T00:00:00Z"}, ["`start_date`", "2026-13-01T00:00:00Z"]),
        ({"start_date": "2027-01-01T00:00:00Z"}, ["`start_date`", "2027-01-01T00:00:00Z"]),
        ({"start_date": 20260101}, ["`start_date`", "20260101"]),
        ({"full_events": "yes"}, ["`full_events`", '"yes"', "boolean"]),
        ({"issue_query": ["is:unresolved"]}, ["`issue_query`", "string"]),
        ({"environments": "production"}, ["`environments`", '"production"', "array"]),
        ({"lookback_hours": -1}, ["`lookback_hours`", "-1", "minimum"]),
        ({"lookback_hours": "1"}, ["`lookback_hours`", '"1"', "integer"]),
        ({"events_window_days": 0}, ["`events_window_days`", "0", "minimum"]),
        ({"num_workers": 0}, ["`num_workers`", "0", "minimum"]),
        ({"num_workers": 99}, ["`num_workers`", "99", "40"]),
        ({"num_workers": "many"}, ["`num_workers`", '"many"', "integer"]),
        ({"max_answer_mb": 0}, ["`max_answer_mb`", "0", "minimum"]),
        ({"max_answer_mb": "much"}, ["`max_answer_mb`", '"much"', "integer"]),
    ],
)
def test_given_wrong_setting_when_checked_then_one_sentence_names_it_and_its_value(
    change: Json, words: list[str], sentry: SentryMock, tmp_path: Path
) -> None:
    result = run(tmp_path, "check", a_config(**change))
    assert sentry.requested == []
    assert (result.code, result.status) == (0, "FAILED")
    assert [word for word in words if word not in result.message] == []
    assert TOKEN not in result.stdout


@pytest.mark.parametrize("setting", ["auth_token", "organization"])
def test_given_required_setting_is_missing_when_checked_then_it_is_named(
    setting: str, sentry: SentryMock, tmp_path: Path
) -> None:
    result = run(tmp_path, "check", without(a_config(), setting))
    assert sentry.requested == []
    assert result.status == "FAILED"
    assert result.message.startswith(f"Setting `{setting}` is missing.")


@pytest.mark.parametrize("command", ["check", "discover", "read"])
def test_given_old_names_when_run_then_file_stays_and_no_setting_is_put_out(
    command: str, sentry: SentryMock, tmp_path: Path
) -> None:
    if command != "discover":
        sentry.answers(projects(), *[page(BACKEND)] * (1 if command == "check" else 2))
    if command == "check":
        sentry.answers(organization_request(""), answer({"id": "1", "slug": "acme"}))
        sentry.answers_scopes()
        sentry.answers(issue_page("1"), page())
    config = {**without(a_config(), "auth_token"), "api_token": TOKEN, "project": "backend"}
    result = run(tmp_path, command, config, streams=["projects"])
    assert result.code == 0
    assert json.loads((tmp_path / "config.json").read_text()) == config
    assert "CONTROL" not in {message["type"] for message in result.messages}
    assert TOKEN not in result.stdout


def test_given_old_names_when_built_then_nothing_is_printed() -> None:
    printed = io.StringIO()
    with redirect_stdout(printed):
        SourceSentry(config={"api_token": TOKEN, "organization": "acme", "project": "web", "start_date": START})
    assert printed.getvalue() == ""


@pytest.mark.parametrize("hostname", ["http://[::1]:9000", "http://sentry.test:65535", "http://sentry.test:80"])
def test_given_host_of_any_kind_when_read_then_it_is_asked(hostname: str, sentry: SentryMock) -> None:
    request = SentryRequest(f"{hostname}/api/0/organizations/acme/teams/", {"per_page": "100"})
    sentry.answers(request, page({"id": "1"}))
    assert read("teams", config=a_config(hostname=hostname)).records("teams") == [{"id": "1"}]


def test_given_characters_that_mean_something_in_a_url_when_read_then_they_are_quoted(sentry: SentryMock) -> None:
    request = SentryRequest(f"{HOST}/api/0/organizations/a%3Bb%26c/teams/", {"per_page": "100"})
    sentry.answers(request, page({"id": "1"}))
    assert read("teams", config=a_config(organization="a;b&c")).records("teams") == [{"id": "1"}]
