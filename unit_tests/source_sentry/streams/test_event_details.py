"""Bodies of the events that Explore finds: each new one once, wherever the state came from."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from unit_tests.source_sentry.builders import API, BACKEND, NOW, WEB, Json, a_config, a_project, an_event
from unit_tests.source_sentry.rows import RowsServer, rows, serving_rows
from unit_tests.source_sentry.sentry_mock import ROUTE, link
from unit_tests.source_sentry.sync import Sync, project_states, read

pytestmark = pytest.mark.usefixtures("frozen", "waits")

START = "2026-11-20T00:00:00Z"
UNTIL = "2026-11-22T09:50:00Z"
"""Ten minutes before the sync."""
DETAIL = re.compile(rf"{re.escape(API)}/projects/acme/(\w+)/events/(\w+)/$")
ERRORS = f"{API}/organizations/acme/events/"


class Bodies:
    """What the address of a single event answers."""

    def __init__(self, *gone: int) -> None:
        self.gone = {f"{number:032x}" for number in gone}
        self.asked: list[tuple[str, str]] = []

    def answer(self, request: Any, context: Any) -> Json:
        slug, event = DETAIL.match(request.url.partition("?")[0]).groups()  # type: ignore[union-attr]
        assert request.query == ""
        self.asked.append((slug, event))
        if event in self.gone:
            context.status_code = 404
            return {"detail": "Event not found"}
        return {"eventID": event, "projectID": "7", "release": {"version": "1.0"}}


def found(number: int, every: float = 60, slug: str = "backend", project: int = 1) -> list[Json]:
    return rows(number, every, {"project": slug, "project.id": project})


def read_details(
    server: RowsServer, bodies: Bodies, prepare: Callable[[Any], object] = lambda _: None, **more: Any
) -> Sync:
    config = a_config(start_date=START) | more.pop("settings", {})
    with serving_rows(server) as mock:
        mock.get(ROUTE.exact[0], json={"detail": "The requested resource does not exist"}, status_code=404)
        mock.get(DETAIL, json=bodies.answer)
        prepare(mock)
        return read("event_details", config=config, **more)


def events_state(cursors: dict[str, str], parent: str = "events", field: str = "dateCreated") -> Json:
    return {"event_details": {"parent_state": {parent: project_states(field, cursors)}}}


def ids_state(cursors: dict[str, str]) -> Json:
    return events_state(cursors, "event_ids", "timestamp")


def test_given_rows_of_errors_when_read_then_the_body_of_each() -> None:
    server, bodies = RowsServer(found(250)), Bodies()
    sync = read_details(server, bodies)
    assert sorted(bodies.asked) == [("backend", row["id"]) for row in server.rows]
    assert len(sync.records("event_details")) == 250
    assert sync.state("event_details") == ids_state({"-1": UNTIL})["event_details"]
    assert (sync.status("event_details"), sync.warnings()) == ("COMPLETE", [])


def test_given_an_event_that_was_sent_to_two_projects_when_read_then_the_body_of_each() -> None:
    server, bodies = RowsServer([*found(1), *found(1, slug="web", project=2)], projects=[BACKEND, WEB]), Bodies()
    read_details(server, bodies, repeats=True)
    assert sorted(bodies.asked) == [("backend", f"{0:032x}"), ("web", f"{0:032x}")]


def test_given_rows_when_their_ids_are_read_then_no_other_column_is_asked_for() -> None:
    server = RowsServer(found(5))
    read_details(server, Bodies())
    assert {tuple(asked["field"]) for asked in server.pages} == {("timestamp", "id", "project.id", "project")}


def test_given_a_row_when_its_event_is_read_then_the_record_has_the_date_as_events_have_it() -> None:
    (record,) = read_details(RowsServer(found(1)), Bodies()).records("event_details")
    assert record == {
        "eventID": f"{0:032x}",
        "projectID": "7",
        "release": {"version": "1.0"},
        "eventDateCreated": "2026-11-22T09:40:00Z",
    }


def test_given_a_second_sync_when_read_then_only_ids_since_the_first() -> None:
    server, first, second = RowsServer(found(5, every=3600)), Bodies(), Bodies()
    sync = read_details(server, first)
    new = {**found(1)[0], "id": "f" * 32, "timestamp": "2026-11-22T09:45:00+00:00"}
    server.rows.append(new)
    assert len(first.asked) == 5
    after = read_details(server, second, state={"event_details": sync.state("event_details")})
    # The lookback of an hour before the cursor comes again
    assert sorted(second.asked) == [("backend", f"{4:032x}"), ("backend", "f" * 32)]
    assert after.state("event_details") == sync.state("event_details")
    asked = server.asked[-3:]
    assert {request["start"][0] for request in asked} == {"2026-11-22T08:50:00Z"}


def test_given_an_event_that_is_gone_when_read_then_the_others_complete() -> None:
    bodies = Bodies(1)
    sync = read_details(RowsServer(found(3)), bodies)
    assert sorted(record["eventID"] for record in sync.records("event_details")) == [f"{0:032x}", f"{2:032x}"]
    assert (len(bodies.asked), sync.status("event_details"), sync.warnings()) == (3, "COMPLETE", [])
    assert sync.state("event_details") == ids_state({"-1": UNTIL})["event_details"]


def test_given_a_state_of_events_when_read_then_from_the_earliest_cursor_on() -> None:
    server, bodies = RowsServer(found(72, every=3600), projects=[BACKEND, WEB]), Bodies()
    state = events_state({"1": "2026-11-22T06:00:00Z", "2": "2026-11-21T12:00:00Z"})
    sync = read_details(server, bodies, state=state)
    assert len(bodies.asked) == len([row for row in server.rows if row["timestamp"] >= "2026-11-21T11:00:00"])
    assert sync.state("event_details") == ids_state({"-1": UNTIL})["event_details"]


@pytest.mark.parametrize(
    ("project", "since"),
    [
        pytest.param(a_project(3, "app", firstEvent="2026-11-21T00:00:00.5Z"), "2026-11-20T23:00:00Z", id="unread"),
        pytest.param(a_project(3, "app"), START, id="unread since before the start date"),
        pytest.param(a_project(3, "app", firstEvent=None), "2026-11-22T05:00:00Z", id="without an event"),
        pytest.param(a_project(3, "app", hasAccess=False), "2026-11-22T05:00:00Z", id="closed"),
    ],
)
def test_given_a_project_that_is_not_in_a_state_of_events_when_read_then_its_events_are_not_lost(
    project: Json, since: str
) -> None:
    server = RowsServer([], projects=[BACKEND, project])
    state = events_state({"1": "2026-11-22T06:00:00Z", "99": "2026-01-01T00:00:00Z"})
    read_details(server, Bodies(), state=state)
    assert min(asked["start"][0] for asked in server.asked[1:]) == since


def test_given_configured_projects_and_a_state_of_events_when_read_then_each_from_its_cursor() -> None:
    server = RowsServer([], projects=[BACKEND, WEB])
    cursors = {"1": "2026-11-22T06:00:00Z", "2": "2026-11-21T12:00:00Z"}
    sync = read_details(server, Bodies(), state=events_state(cursors), settings={"projects": ["backend", "web"]})
    asked = {(asked["project"][0], asked["start"][0]) for asked in server.asked if asked["project"] != ["-1"]}
    assert asked == {("1", "2026-11-22T05:00:00Z"), ("2", "2026-11-21T11:00:00Z")}
    assert sync.state("event_details") == ids_state({"1": UNTIL, "2": UNTIL})["event_details"]


@pytest.mark.parametrize(
    "state",
    [
        {"eventDateCreated": "2026-11-22T06:00:00Z"},
        {"parent_state": {"events": {"state": {"dateCreated": "2026-11-22T06:00:00Z"}}}},
    ],
    ids=["of the child", "of all projects"],
)
def test_given_a_state_of_one_date_when_read_then_from_there_on(state: Json) -> None:
    server = RowsServer([])
    read_details(server, Bodies(), state={"event_details": state})
    assert min(asked["start"][0] for asked in server.asked[1:]) == "2026-11-22T05:00:00Z"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status_code": 404, "text": ""}, id="plan without it"),
        pytest.param({"status_code": 403, "json": {"detail": "You do not have permission"}}, id="token without it"),
        pytest.param({"status_code": 400, "json": {"detail": "dataset must be one of: discover"}}, id="before 2024"),
        pytest.param({"json": [{"eventID": "0" * 32}]}, id="a list of events"),
        pytest.param({"json": []}, id="an empty list"),
    ],
)
def test_given_a_server_without_errors_in_explore_when_read_then_below_its_events(answer: Json) -> None:
    def prepare(mock: Any) -> None:
        mock.get(ERRORS, **answer)
        mock.get(f"{API}/projects/acme/backend/events/", json=[an_event(7)], headers={"Link": link(None)})

    bodies = Bodies()
    sync = read_details(RowsServer([]), bodies, prepare)
    assert (bodies.asked, sync.warnings()) == ([("backend", f"{7:032x}")], [])
    assert sync.state("event_details") == ids_state({"1": NOW})["event_details"]


def test_given_a_plan_without_views_across_projects_when_read_then_the_ids_of_each_project() -> None:
    of_web = [row | {"id": f"{9:032x}"} for row in found(1, slug="web", project=2)]
    server = RowsServer([*found(4), *of_web], projects=[BACKEND, WEB], is_across=False)
    bodies = Bodies()
    sync = read_details(server, bodies)
    assert len(bodies.asked) == 5
    assert sync.state("event_details") == ids_state({"1": UNTIL, "2": UNTIL})["event_details"]


def test_given_explore_that_fails_when_read_then_the_error_names_it_and_no_other_list_is_read() -> None:
    server = RowsServer(found(3))
    state = ids_state({"-1": "2026-11-22T06:00:00Z"})
    sync = read_details(
        server, Bodies(), lambda mock: mock.get(ERRORS, status_code=500, json={}), state=state, fails=True
    )
    ((message, _),) = sync.errors("event_details")
    assert message.startswith("Stream `event_details` is read below `event_ids`, which failed: ")
    assert sync.states("event_details") == []


def test_given_a_state_of_events_that_reaches_into_the_lag_when_read_without_lookback_then_it_stays() -> None:
    server = RowsServer(found(30))
    state = events_state({"1": "2026-11-22T09:55:00Z"})
    sync = read_details(server, Bodies(), state=state, settings={"lookback_hours": 0})
    assert (server.asked[1:], sync.records("event_details")) == ([], [])
    assert sync.state("event_details") == ids_state({"-1": "2026-11-22T09:55:00Z"})["event_details"]
