"""Rows of Explore: complete, each once, in slices that one query can answer."""

from datetime import datetime
from typing import Any

import pytest

from source_sentry.explore import paging, retriever
from unit_tests.source_sentry.builders import API, BACKEND, WEB, a_config
from unit_tests.source_sentry.rows import START, UNTIL, RowsServer, ids, read_rows, rows, serving_rows
from unit_tests.source_sentry.sync import project_states, read

pytestmark = pytest.mark.usefixtures("frozen", "waits")


def test_given_rows_of_three_days_when_read_then_each_once_and_the_lag_as_cursor() -> None:
    server = RowsServer(rows(2_500, every=60))
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.cursors("error_rows") == {"-1": UNTIL}
    assert (sync.status("error_rows"), sync.warnings()) == ("COMPLETE", [])
    assert all(len(asked["field"]) <= 50 and asked["sort"] == ["timestamp", "id"] for asked in server.pages)


@pytest.mark.parametrize(("stream", "windows"), [("error_rows", 1), ("spans", 3)], ids=["a week", "a day"])
def test_given_a_quiet_time_when_read_then_a_request_for_each_window(stream: str, windows: int) -> None:
    server = RowsServer([])
    assert read_rows(server, stream).records(stream) == []
    assert len(server.asked) == 1 + windows  # the first, whether all projects can be asked for at once


def test_given_fields_of_explore_when_read_then_columns_are_named_as_in_other_streams() -> None:
    server = RowsServer(rows(1, fields={"issue.id": 7, "error.type": "KeyError", "is_transaction": True}))
    (row,) = read_rows(server).records("error_rows")
    assert (row["projectId"], row["issueId"], row["errorType"]) == ("1", "7", ["KeyError"])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """What a query may have here, so that tests are quick."""
    monkeypatch.setattr(retriever, "MOST_ROWS", 600)
    monkeypatch.setattr(paging, "MOST_ROWS", 600)
    monkeypatch.setattr(retriever, "_ROWS", 300)
    return 600


def test_given_an_event_that_was_sent_to_two_projects_when_read_then_it_is_a_row_of_each() -> None:
    found = rows(3)
    server = RowsServer([*found, *[row | {"project.id": 2} for row in found]], projects=[BACKEND, WEB])
    sync = read_rows(server)
    assert len({(row["projectId"], row["id"]) for row in sync.records("error_rows")}) == 6
    assert sync.warnings() == []


def test_given_more_rows_than_a_query_may_have_when_read_then_none_is_lost(few: int) -> None:
    server = RowsServer(rows(2_300, every=2), most_rows=few)
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.warnings() == []


def test_given_a_second_with_more_rows_than_a_query_may_have_when_read_then_by_project_and_from_both_sides(
    few: int,
) -> None:
    found = rows(900, every=0) + [row | {"id": f"w{row['id']}", "project.id": 2} for row in rows(300, every=0)]
    server = RowsServer(found, projects=[BACKEND, WEB], most_rows=few)
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.warnings() == []


def test_given_a_second_with_twice_as_many_when_read_then_a_warning_counts_them(few: int) -> None:
    sync = read_rows(RowsServer(rows(1_500, every=0), most_rows=few))
    read_of_both = len(sync.records("error_rows"))
    assert few < read_of_both <= 2 * few
    (warning,) = sync.warnings()
    assert f"{read_of_both} row(s)" in warning
    assert "the server counts 1500" in warning


@pytest.mark.parametrize("status", [400, 429])
def test_given_a_server_that_takes_too_long_when_read_then_slices_are_halved(status: int) -> None:
    server = RowsServer(rows(2_500), most_counted=400, too_slow=status)
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.warnings() == []


def test_given_a_server_that_takes_too_long_for_a_second_when_read_then_an_error_says_so() -> None:
    sync = read_rows(RowsServer(rows(3, every=0), most_counted=2), fails=True)
    ((message, _),) = sync.errors("error_rows")
    assert "Sentry cannot answer for 2026-11-22T09:40:00Z to 2026-11-22T09:40:00Z" in message


@pytest.mark.parametrize("most_fields", [20, 10])
def test_given_a_server_that_takes_fewer_fields_when_read_then_rows_are_merged(most_fields: int) -> None:
    server = RowsServer(
        rows(350, fields={"title": "T", "sdk.version": "1", "http.method": "GET"}), most_fields=most_fields
    )
    sync = read_rows(server)
    found = sync.records("error_rows")
    assert ids(found) == ids(server.rows)
    assert {(row["title"], row["sdkVersion"], row["httpMethod"]) for row in found} == {("T", "1", "GET")}
    assert sync.warnings() == []


@pytest.mark.parametrize("every", [0, 0.2, 60])
def test_given_a_server_without_a_second_order_when_read_then_no_row_is_lost_or_twice(every: float) -> None:
    server = RowsServer(rows(450, every=every), takes_key=False)
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.warnings() == []


def test_given_an_older_server_when_logs_are_read_then_in_pages_of_hundred() -> None:
    server = RowsServer(rows(450), most_page_rows=100)
    assert ids(read_rows(server, "logs").records("logs")) == ids(server.rows)


def test_given_logs_when_read_then_no_request_for_rows_spans_four_hours() -> None:
    server = RowsServer(rows(450, every=300))
    assert ids(read_rows(server, "logs").records("logs")) == ids(server.rows)
    assert max(_hours(asked) for asked in server.pages) < 4
    assert {asked["per_page"][0] for asked in server.pages} == {"1000"}


def _hours(asked: dict[str, list[str]]) -> float:
    start, end = (datetime.fromisoformat(asked[name][0]) for name in ("start", "end"))
    return (end - start).total_seconds() / 3600


def test_given_a_sample_when_read_then_a_warning_says_so_and_the_cursor_stays() -> None:
    server = RowsServer(rows(3000, every=60), sampled_before="2026-11-21T00:00:00Z")
    sync = read_rows(server, "spans")
    assert ids(sync.records("spans")) == ids([row for row in server.rows if row["timestamp"] >= "2026-11-21"])
    (warning,) = sync.warnings()
    assert "has only a sample of the rows" in warning
    assert sync.cursors("spans")["-1"] <= "2026-11-21T00:00:00Z"


@pytest.mark.parametrize(("stream", "warnings"), [("logs", 1), ("error_rows", 0)])
def test_given_a_start_before_the_retention_when_first_read_then_a_warning_says_from_when_on(
    stream: str, warnings: int
) -> None:
    server, settings = RowsServer([]), {"start_date": "2026-11-01T00:00:00Z", "rows_retention_days": 2}
    first = read_rows(server, stream, settings=settings)
    assert sum("is read from 2026-11-20T10:00:00Z on" in line for line in first.warnings()) == warnings
    state = {stream: project_states("timestamp", first.cursors(stream))}
    assert read_rows(server, stream, settings=settings, state=state).warnings() == []


def test_given_rows_that_arrive_while_read_when_counted_again_then_they_are_read() -> None:
    late = rows(1, fields={"title": "late"})[0] | {"id": "f" * 32, "timestamp": "2026-11-22T08:00:00+00:00"}
    server = RowsServer(rows(450), changes=lambda found, request: [*found, late] if request == 8 else found)
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.warnings() == []


def test_given_a_count_that_is_never_right_when_read_then_a_warning_has_both_numbers() -> None:
    server = RowsServer(rows(50))
    original = server.answer

    def wrong(request: Any, context: Any) -> Any:
        body = original(request, context)
        if "count()" in str(body.get("data")):
            body["data"][0]["count()"] *= 3
        return body

    server.answer = wrong  # type: ignore[method-assign]
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    (warning,) = sync.warnings()
    assert "50 row(s)" in warning
    assert "the server counts 150" in warning


def test_given_a_plan_without_views_across_projects_when_read_then_project_by_project() -> None:
    server = RowsServer(rows(450), projects=[BACKEND, WEB], is_across=False)
    state = {"error_rows": project_states("timestamp", {"-1": "2026-11-22T00:00:00Z"})}
    sync = read_rows(server, state=state)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.cursors("error_rows").keys() == {"-1", "1", "2"}
    assert {asked["project"][0] for asked in server.asked[1:]} == {"1", "2"}
    assert min(asked["start"][0] for asked in server.asked[1:]) == "2026-11-21T23:00:00Z"


def test_given_configured_projects_when_read_then_only_those() -> None:
    server = RowsServer(rows(5), projects=[BACKEND, WEB])
    sync = read_rows(server, settings={"projects": ["backend"]})
    assert sync.cursors("error_rows") == {"1": UNTIL}
    assert {asked["project"][0] for asked in server.asked} == {"1"}


def test_given_a_configured_project_that_does_not_exist_when_read_then_a_warning_names_it() -> None:
    with serving_rows(RowsServer(rows(5), projects=[BACKEND, WEB])) as mock:
        mock.get(
            f"{API}/projects/acme/backnd/", status_code=404, json={"detail": "The requested resource does not exist"}
        )
        sync = read("error_rows", config=a_config(start_date=START, projects=["backend", "backnd"]))
    assert len(sync.records("error_rows")) == 5
    (warning,) = sync.warnings()
    assert "`backnd`" in warning


def test_given_no_project_with_logs_when_read_then_nothing_is_asked() -> None:
    server = RowsServer([], projects=[BACKEND | {"hasLogs": False}])
    assert read_rows(server, "logs").records("logs") == []
    assert len(server.asked) <= 1


def test_given_transactions_when_read_then_only_those_spans_are_asked_for() -> None:
    server = RowsServer(rows(5))
    assert len(read_rows(server, "transactions").records("transactions")) == 5
    assert {asked["query"][0] for asked in server.pages} == {"is_transaction:true"}


@pytest.mark.parametrize("stream", ["trace_metrics", "uptime_results"])
def test_given_other_datasets_when_read_then_all_rows(stream: str) -> None:
    server = RowsServer([row | {"check_id": row["id"]} for row in rows(120)])
    assert len(read_rows(server, stream).records(stream)) == 120


@pytest.mark.parametrize("stream", ["logs", "error_rows"])
def test_given_a_server_without_explore_when_read_then_a_warning_and_success(stream: str) -> None:
    server = RowsServer([])
    with serving_rows(server) as mock:
        mock.get("http://sentry.test:9000/api/0/organizations/acme/events/", status_code=404, text="")
        sync = read(stream, config=a_config(start_date=START))
    assert (sync.status(stream), sync.records(stream)) == ("COMPLETE", [])
    (warning,) = sync.warnings()
    assert f"Skipped: stream `{stream}`" in warning
