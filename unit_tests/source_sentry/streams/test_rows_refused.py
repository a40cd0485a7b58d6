"""Rows of Explore from servers that refuse some requests, and of projects and times that are not read."""

from urllib.parse import urlencode

import pytest
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction

from source_sentry.components import RowsHandler
from source_sentry.explore import paging, retriever
from unit_tests.source_sentry.builders import API, BACKEND, WEB, Json, a_config
from unit_tests.source_sentry.handler import a_response, a_runtime
from unit_tests.source_sentry.rows import UNTIL, Asked, RowsServer, ids, read_rows, rows
from unit_tests.source_sentry.sync import project_states

pytestmark = pytest.mark.usefixtures("frozen", "waits")

CLOSED: Json = WEB | {"hasAccess": False}


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        ({"sort": ["timestamp", "id"]}, "orderby must also be in the selected columns or groupby"),
        ({"field": [f"f{place}" for place in range(26)]}, "You can view up to 20 fields at a time."),
        ({"per_page": "1000"}, "Invalid per_page value. Cannot be larger than 100."),
    ],
    ids=["order", "fields", "rows"],
)
def test_given_requests_that_were_under_way_at_once_when_refused_for_one_reason_then_each_is_sent_in_another_way(
    sent: Json, refusal: str
) -> None:
    handler = RowsHandler(config=a_config(), parameters={}, name="spans", scope="org:read")
    handler.wire(a_runtime())
    url = f"{API}/organizations/acme/events/?{urlencode(sent, doseq=True)}"
    verdicts = [handler.interpret_response(a_response(400, {"detail": refusal}, url)) for _ in range(2)]
    assert [verdict.response_action for verdict in verdicts] == [ResponseAction.SPLIT_REQUEST_WINDOW] * 2


class TiredServer(RowsServer):
    """Once it gave rows, it counts no more than a few."""

    def _refusal(self, asked: Asked) -> tuple[int, str] | None:
        if self.pages and asked["field"] == ["count()"] and len(self._found(asked)) > 50:
            return 400, "Query timeout. Please try again. If the problem persists try a smaller date range."
        return super()._refusal(asked)


def test_given_a_count_that_takes_too_long_once_rows_were_read_when_read_then_it_is_a_sum() -> None:
    server = TiredServer(rows(450))
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert (sync.warnings(), sync.cursors("error_rows")) == ([], {"-1": UNTIL})


class ClosedServer(RowsServer):
    """Refuses what is asked of the second project."""

    def _refusal(self, asked: Asked) -> tuple[int, str] | None:
        if asked["project"] == ["2"]:
            return 403, "You do not have permission to perform this action."
        return super()._refusal(asked)


def test_given_a_closed_project_when_a_second_has_many_rows_then_it_is_not_asked_for_and_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (retriever, paging):
        monkeypatch.setattr(module, "MOST_ROWS", 600)
    server = ClosedServer(rows(700, every=0), projects=[BACKEND, CLOSED], most_rows=600)
    sync = read_rows(server)
    assert ids(sync.records("error_rows")) == ids(server.rows)
    assert sync.cursors("error_rows") == {"-1": UNTIL}
    (warning,) = sync.warnings()
    assert warning.startswith(
        "Project `web`: closed to this `auth_token`. What belongs to them is left out of `error_rows`."
    )


def test_given_configured_projects_that_do_not_exist_when_read_then_an_error_or_a_warning_names_them() -> None:
    server = RowsServer(rows(5), projects=[BACKEND, WEB])
    assert (
        "Project `nope` of setting `projects` does not exist"
        in read_rows(server, settings={"projects": ["nope"]}, fails=True).text()
    )
    sync = read_rows(server, settings={"projects": ["backend", "nope"]})
    assert len(sync.records("error_rows")) == len(server.rows)
    (warning,) = sync.warnings()
    assert "Project `nope` of setting `projects` does not exist" in warning


@pytest.mark.parametrize(("stream", "warnings"), [("logs", 1), ("error_rows", 0)])
def test_given_a_state_from_before_the_retention_when_read_then_a_warning_says_what_is_not_read(
    stream: str, warnings: int
) -> None:
    state = {stream: project_states("timestamp", {"-1": "2026-10-01T00:00:00Z"})}
    sync = read_rows(RowsServer([]), stream, state=state, settings={"start_date": "2026-09-01T00:00:00Z"})
    told = "ends at 2026-10-01T00:00:00Z, and of the time before 2026-10-23T10:00:00Z Sentry has only samples"
    assert sum(told in line for line in sync.warnings()) == warnings == len(sync.warnings())


def test_given_a_server_from_before_explore_when_read_then_its_list_of_events_is_not_waited_for() -> None:
    server = RowsServer([])
    server.answer = lambda *_: [{"id": "1", "eventID": "1"}]  # type: ignore[method-assign]
    sync = read_rows(server, settings={"projects": ["backend"]})
    assert (sync.status("error_rows"), sync.states("error_rows")) == ("COMPLETE", [])
    (warning,) = sync.warnings()
    assert warning == (
        "Skipped: stream `error_rows`: `organizations/{organization}/events/` answered with a list of events. This "
        "server has no Explore."
    )


def test_given_an_answer_without_the_count_when_read_then_an_error_and_no_cursor() -> None:
    server = RowsServer(rows(5))
    server.answer = lambda *_: {"data": [{"count": 5}], "meta": {}}  # type: ignore[method-assign]
    sync = read_rows(server, settings={"projects": ["backend"]}, fails=True)
    ((message, _),) = sync.errors("error_rows")
    assert "was asked for the number of rows and answered without it" in message
    assert sync.states("error_rows") == []
