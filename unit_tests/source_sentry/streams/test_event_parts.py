"""What lies below an event, where Explore does not find errors: below the list of events."""

import pytest

from source_sentry import SourceSentry
from unit_tests.source_sentry.builders import BACKEND, NOW, WEB, Json, a_config, an_event
from unit_tests.source_sentry.endpoints import events
from unit_tests.source_sentry.sentry_mock import (
    ACROSS,
    SentryMock,
    SentryRequest,
    answer,
    organization_request,
    page,
    project_request,
)
from unit_tests.source_sentry.sync import Sync, project_states, read_source

UNKNOWN = {"detail": "dataset must be one of: discover, metricsEnhanced, metrics"}


@pytest.fixture(autouse=True)
def _is_without_explore(sentry: SentryMock) -> None:
    sentry.answers(ACROSS, answer(UNKNOWN, 400))


def attachments(slug: str, event: int, **more: str) -> SentryRequest:
    return project_request(slug, f"events/{event:032x}/attachments/", per_page="100", **more)


def sync(state: Json | None = None) -> Sync:
    saved = {"event_attachments": state} if state else {}
    return read_source(SourceSentry, "event_attachments", config=a_config(), state=saved, incremental=True)


def test_given_events_of_two_projects_when_read_then_a_request_each_below_the_projects_slug(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(events("backend"), page(an_event(1), an_event(2)))
    sentry.answers(events("web"), page(an_event(3)))
    sentry.answers(attachments("backend", 1), page({"id": "7"}, next_cursor="4711:1:0"))
    sentry.answers(attachments("backend", 1, cursor="4711:1:0"), page({"id": "8"}))
    sentry.answers(attachments("backend", 2), page())
    sentry.answers(attachments("web", 3), page({"id": "9"}))

    done = sync()

    found = {record["id"]: record["eventID"] for record in done.records("event_attachments")}
    assert found == {"7": f"{1:032x}", "8": f"{1:032x}", "9": f"{3:032x}"}
    assert {record["eventDateCreated"] for record in done.records("event_attachments")} == {"2026-11-20T08:00:00Z"}
    state = {"parent_state": {"event_ids": project_states("timestamp", {"1": NOW, "2": NOW})}}
    assert done.state("event_attachments") == state


@pytest.mark.parametrize(("parent", "field"), [("events", "dateCreated"), ("event_ids", "timestamp")])
@pytest.mark.parametrize("project", ["1", "-1"])
def test_given_no_new_event_when_read_then_only_the_list_of_events_is_asked(
    parent: str, field: str, project: str, sentry: SentryMock
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-22T08:00:00Z"), page())
    saved = {"parent_state": {parent: project_states(field, {project: "2026-11-22T09:00:00Z"})}}
    done = sync(saved)
    assert done.records("event_attachments") == []
    state = {"parent_state": {"event_ids": project_states("timestamp", {"1": NOW})}}
    assert done.state("event_attachments") == state


def test_given_a_plan_without_attachments_when_read_then_one_warning_ends_the_stream(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(an_event(1)))
    sentry.answers(attachments("backend", 1), answer("", 404))
    sentry.answers(organization_request(""), answer({"id": "1"}))
    done = sync()
    assert (done.records("event_attachments"), done.status("event_attachments")) == ([], "COMPLETE")
    (warning,) = done.warnings()
    assert "event_attachments" in warning


def test_given_an_event_without_a_body_when_read_then_the_others_complete(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(an_event(1), an_event(2)))
    sentry.answers(attachments("backend", 1), answer({"detail": "Event not found"}, 404))
    sentry.answers(attachments("backend", 2), page({"id": "7"}))
    done = sync()
    assert ([record["id"] for record in done.records("event_attachments")], done.warnings()) == (["7"], [])


def test_given_events_when_their_details_are_read_then_an_object_each_without_parameters(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(an_event(1), an_event(2)))
    detail = {**an_event(1), "nextEventID": None, "release": {"version": "1.0"}}
    sentry.answers(project_request("backend", f"events/{1:032x}/"), answer(detail))
    sentry.answers(project_request("backend", f"events/{2:032x}/"), answer({"detail": "Event not found"}, 404))
    done = read_source(SourceSentry, "event_details", config=a_config(), incremental=True)
    (record,) = done.records("event_details")
    assert (record["eventID"], record["eventID"], record["release"]) == (f"{1:032x}", f"{1:032x}", {"version": "1.0"})
    assert done.warnings() == []
