"""The audit log and the log of feature flags: read by window of time, from the first entry on."""

from typing import Any

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from unit_tests.source_sentry.builders import NOW, START, Json, a_config, without
from unit_tests.source_sentry.sentry_mock import (
    SentryMock,
    SentryRequest,
    answer,
    link,
    organization_request,
)
from unit_tests.source_sentry.sync import read


def audit(start: str = START, **more: str) -> SentryRequest:
    return organization_request("audit-logs/", start=start, end=NOW, per_page="100", **more)


def flags(start: str = START, **more: str) -> SentryRequest:
    return organization_request("flags/logs/", start=start, end=NOW, per_page="100", sort="-created_at", **more)


def a_page(field: str, *rows: Json, next_cursor: str | None = None, **beside: Any) -> HttpResponse:
    return answer({field: rows, **beside}, Link=link(next_cursor))


def entry(number: int, created: str, **fields: Any) -> Json:
    return {"id": str(number), "event": "project.create", "dateCreated": created, **fields}


def test_given_two_pages_when_audit_log_read_then_rows_come_and_state_is_the_newest(sentry: SentryMock) -> None:
    rows = [entry(number, f"2026-11-2{number}T08:00:00.5Z") for number in (2, 1, 0)]
    options = ["project.create"]
    sentry.answers(audit(), a_page("rows", *rows[:2], next_cursor="17:0:0", options=options))
    sentry.answers(audit(cursor="17:0:0"), a_page("rows", rows[2], options=options))

    sync = read("audit_logs")

    assert sync.records("audit_logs") == rows
    assert sync.state("audit_logs") == {"dateCreated": "2026-11-22T08:00:00Z"}


def test_given_state_when_logs_read_then_they_are_read_from_the_lookback_on(sentry: SentryMock) -> None:
    since, saved = "2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"
    sentry.answers(audit(since), a_page("rows", entry(1, "2026-11-21T08:00:00Z")))
    sentry.answers(flags(since), a_page("data", {"id": 4, "createdAt": "2026-11-21T08:00:00.123456+00:00"}))

    sync = read(
        "audit_logs",
        "feature_flag_logs",
        state={"audit_logs": {"dateCreated": saved}, "feature_flag_logs": {"createdAt": saved}},
    )

    assert [record["id"] for record in sync.records("audit_logs")] == ["1"]
    assert [record["id"] for record in sync.records("feature_flag_logs")] == [4]
    assert sync.state("feature_flag_logs") == {"createdAt": "2026-11-21T08:00:00Z"}


def test_given_no_start_date_when_logs_read_then_from_the_first_entry_in_one_window(sentry: SentryMock) -> None:
    first = "1970-01-01T00:00:00Z"
    sentry.answers(audit(first), a_page("rows", entry(1, "2019-01-01T08:00:00Z")))
    sentry.answers(flags(first), a_page("data", {"id": 4, "createdAt": "2024-11-21T08:00:00+00:00"}))

    sync = read("audit_logs", "feature_flag_logs", config=without(a_config(), "start_date"))

    assert len(sync.records("audit_logs")) == len(sync.records("feature_flag_logs")) == 1


def test_given_old_server_that_ignores_the_window_when_read_then_reading_stops_at_its_start(
    sentry: SentryMock,
) -> None:
    kept, older = entry(2, "2026-11-20T08:00:00Z"), entry(1, "2026-10-01T08:00:00Z")
    oldest = entry(0, "2026-09-01T08:00:00Z")
    sentry.answers(audit(), a_page("rows", kept, older, next_cursor="17:0:0"))
    sentry.answers(audit(cursor="17:0:0"), a_page("rows", oldest, next_cursor="16:0:0"))

    assert read("audit_logs").records("audit_logs") == [kept]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(None, None), (7, {"id": "7"}), ({"id": "7", "name": "Ada"}, {"id": "7", "name": "Ada"})],
)
def test_given_target_user_when_audit_log_read_then_it_is_an_object(
    sent: Any, kept: Json | None, sentry: SentryMock
) -> None:
    sentry.answers(audit(), a_page("rows", entry(1, "2026-11-20T08:00:00Z", targetUser=sent)))

    assert read("audit_logs").records("audit_logs")[0].get("targetUser") == kept
