"""Streams about projects: projects, project_details, project_keys."""

from typing import Any

import pytest

from unit_tests.source_sentry.builders import BACKEND, WEB, Json, a_config, a_key, a_project, without
from unit_tests.source_sentry.endpoints import keys, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, page, project_request
from unit_tests.source_sentry.sync import Sync, read

GONE = a_project(3, "gone")


def values(sync: Sync, stream: str, field: str) -> list[Any]:
    return sorted(record[field] for record in sync.records(stream))


def test_given_two_pages_when_projects_are_read_then_all_as_they_were(sentry: SentryMock) -> None:
    odd = a_project(3, "odd", features=[], stats=[[1795290000, 0]], options={"a": None}, isMember=False)
    # The second time for what is compared with the settings
    sentry.answers(projects(), *[page(BACKEND, WEB, next_cursor="4711:1:0")] * 2)
    sentry.answers(projects(cursor="4711:1:0"), *[page(odd)] * 2)
    assert read("projects").records("projects") == [BACKEND, WEB, odd]


def test_given_configured_projects_when_projects_are_read_then_only_they(sentry: SentryMock) -> None:
    sentry.answers(projects(), *[page(BACKEND, WEB, GONE)] * 2)
    assert read("projects", config=a_config(projects=["web", "gone"])).records("projects") == [WEB, GONE]


def test_given_every_project_stream_when_read_then_the_list_is_asked_for_once_for_all_of_them(
    sentry: SentryMock,
) -> None:
    sentry.answers(projects(), page(BACKEND, next_cursor="4711:1:0"))
    sentry.answers(projects(cursor="4711:1:0"), page(WEB))
    for slug in ("backend", "web"):
        sentry.answers(keys(slug), page(a_key(slug)))
        sentry.answers(project_request(slug, ""), answer({"id": slug}))
    sync = read("project_details", "project_keys")
    assert values(sync, "project_keys", "id") == ["backend", "web"]
    assert values(sync, "project_details", "id") == ["backend", "web"]


def test_given_list_that_cannot_be_read_when_project_streams_are_read_then_they_fail(sentry: SentryMock) -> None:
    sentry.answers(projects(), answer({"detail": "No"}, 403))
    sync = read("project_keys", fails=True)
    ((message, kind),) = sync.errors("project_keys")
    assert (sync.status("project_keys"), kind) == ("INCOMPLETE", "config_error")
    assert "it needs the scope `org:read`" in message


def test_given_no_projects_when_project_streams_are_read_then_they_are_complete(sentry: SentryMock) -> None:
    sentry.answers(projects(), page())
    sync = read("project_keys")
    assert (sync.status("project_keys"), sync.records("project_keys")) == ("COMPLETE", [])


def test_given_projects_without_events_when_keys_are_read_then_they_are_asked_too(sentry: SentryMock) -> None:
    sentry.answers_projects(a_project(2, "never", firstEvent=None))
    sentry.answers(keys("never"), page(a_key("a")))
    assert values(read("project_keys"), "project_keys", "id") == ["a"]


def test_given_two_pages_when_keys_are_read_then_both(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(keys("backend"), page(a_key("a"), next_cursor="2:0:0"))
    sentry.answers(keys("backend", cursor="2:0:0"), page(a_key("b")))
    assert values(read("project_keys"), "project_keys", "id") == ["a", "b"]


@pytest.mark.parametrize("include_secrets", [True, False])
def test_given_include_secrets_when_keys_are_read_then_secrets_only_with_it(
    *,
    include_secrets: bool,
    sentry: SentryMock,
) -> None:
    key: Json = a_key("a", label="", isActive=False, rateLimit={"window": 0, "count": 0})
    clean = {**without(key, "secret"), "dsn": {"public": key["dsn"]["public"]}}
    sentry.answers_projects(BACKEND)
    sentry.answers(keys("backend"), page(key))
    sync = read("project_keys", config=a_config(include_secrets=include_secrets))
    assert sync.records("project_keys") == [key if include_secrets else clean]


def test_given_key_without_secrets_when_read_then_as_it_was(sentry: SentryMock) -> None:
    bare = {"id": "a", "dsn": {"public": "http://0123@sentry.test/1"}}
    sentry.answers_projects(BACKEND)
    sentry.answers(keys("backend"), page(bare, {"id": "b"}, {"id": "c", "dsn": {}}))
    assert read("project_keys").records("project_keys") == [bare, {"id": "b"}, {"id": "c", "dsn": {}}]


def test_given_detail_when_read_then_as_it_was(sentry: SentryMock) -> None:
    detail = {"id": "1", "slug": "backend", "options": {"a": None}, "dataScrubber": False, "resolveAge": 0}
    sentry.answers_projects(BACKEND)
    sentry.answers(project_request("backend", ""), answer(detail))
    assert read("project_details").records("project_details") == [detail]


@pytest.mark.parametrize(
    ("stream", "asked"),
    [
        ("project_keys", [keys("gone"), keys("web")]),
        ("project_details", [project_request("gone", ""), project_request("web", "")]),
    ],
)
@pytest.mark.parametrize(("status", "words"), [(403, "it needs the scope `project:read`"), (404, "it was deleted")])
def test_given_refused_project_when_read_then_a_warning_and_the_others(
    stream: str, asked: list[SentryRequest], status: int, words: str, sentry: SentryMock
) -> None:
    sentry.answers_projects(GONE, WEB)
    sentry.answers(asked[0], answer({"detail": "No"}, status))
    if status == 403:
        sentry.answers_scopes("project:read")
    sentry.answers(asked[1], page(a_key("a")) if stream == "project_keys" else answer({"id": "a"}))
    sync = read(stream)
    assert (sync.status(stream), values(sync, stream, "id")) == ("COMPLETE", ["a"])
    (warning,) = sync.warnings()
    assert "roject `gone`" in warning
    assert words in warning
