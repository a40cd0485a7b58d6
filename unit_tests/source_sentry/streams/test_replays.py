"""Replays, and what lies below one."""

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from source_sentry import SourceSentry
from source_sentry.pages import SentryPage
from sourcewright.http.pages import PageSlots
from unit_tests.source_sentry.builders import API, BACKEND, NOW, WEB, Json, a_config, a_project
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, link, organization_request
from unit_tests.source_sentry.sync import Sync, project_states, read_source

START = "2026-11-21T10:00:00Z"
HOUR_AFTER_NOW = "2026-11-22T11:00:00Z"
PER_PAGE = {"per_page": "100"}


def replays(project: str = "1", start: str = START, end: str = HOUR_AFTER_NOW, **more: str) -> SentryRequest:
    """One page of the replays of a project with a segment in [`start`, `end`)."""
    return organization_request("replays/", project=project, start=start, end=end, per_page="100", **more)


def below(replay: str, path: str, slug: str = "backend", **more: str) -> SentryRequest:
    return SentryRequest(f"{API}/projects/acme/{slug}/replays/{replay}/{path}", {**PER_PAGE, **more})


def a_replay(name: str, started: str | None = "2026-11-21T23:50:00+00:00", **fields: object) -> Json:
    return {"id": name, "project_id": "1", "started_at": started, "tags": {"plan": ["team"]}, **fields}


def sync(stream: str, state: Json | None = None, start_date: str = START) -> Sync:
    saved = {stream: state} if state else {}
    config = a_config(start_date=start_date)
    return read_source(SourceSentry, stream, config=config, state=saved, incremental=True)


def answers(sentry: SentryMock, *found: Json) -> None:
    """Let the one project have the replays `found`."""
    sentry.answers_projects(BACKEND)
    sentry.answers(replays(), answer({"data": found}))


def ids(done: Sync) -> list[str]:
    return sorted(str(record["id"]) for record in done.records("replays"))


def test_given_segments_that_go_on_when_read_then_an_hour_more_and_replays_that_began_in_the_window(
    sentry: SentryMock,
) -> None:
    answers(
        sentry,
        a_replay("later", "2026-11-22T10:30:00+00:00"),
        a_replay("now", "2026-11-22T09:59:59+00:00"),
        a_replay("before", "2026-11-21T09:50:00+00:00"),
    )
    done = sync("replays")
    assert ids(done) == ["now"]
    assert done.state("replays") == project_states("started_at", {"1": NOW})


@pytest.mark.parametrize("started", ["2026-11-21T14:05:57.909921", "2026-11-21T14:05:57", "2026-11-21T14:05:57+00:00"])
def test_given_dates_of_any_form_when_read_then_they_count(started: str, sentry: SentryMock) -> None:
    answers(sentry, a_replay("a", started))
    done = sync("replays")
    assert (ids(done), done.warnings()) == (["a"], [])


def test_given_archived_replay_when_read_then_it_stays_with_an_empty_map(sentry: SentryMock) -> None:
    answers(sentry, a_replay("gone", None, tags=[], is_archived=True))
    (record,) = sync("replays").records("replays")
    assert record == {"id": "gone", "project_id": "1", "tags": {}, "is_archived": True}


def test_given_two_days_when_read_then_a_window_each_and_no_replay_twice(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    over_midnight = a_replay("a", "2026-11-21T09:50:00+00:00")
    first, second = "2026-11-20T10:00:00Z", START
    sentry.answers(replays(start=first, end="2026-11-21T11:00:00Z"), answer({"data": [over_midnight]}))
    sentry.answers(replays(start=second), answer({"data": [over_midnight]}))
    assert ids(sync("replays", start_date=first)) == ["a"]


def test_given_state_when_read_then_an_hour_more_than_the_lookback(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(replays(start="2026-11-22T06:00:00Z"), answer({"data": []}))
    state = project_states("started_at", {"1": "2026-11-22T08:00:00Z"})
    assert sync("replays", state).state("replays") == project_states("started_at", {"1": NOW})


def test_given_projects_without_replays_when_read_then_they_are_not_asked(sentry: SentryMock) -> None:
    sentry.answers_projects(a_project(1, "has", hasReplays=True), a_project(2, "not", hasReplays=False))
    sentry.answers(replays(), answer({"data": []}))
    assert ids(sync("replays")) == []


def test_given_clicks_when_read_then_each_has_its_place(sentry: SentryMock) -> None:
    answers(sentry, a_replay("r1"))
    twice = {"node_id": 7, "timestamp": "2026-11-21T23:51:00+00:00"}
    sentry.answers(below("r1", "clicks/"), enveloped(twice, twice, next_cursor="4712:100:0"))
    sentry.answers(below("r1", "clicks/", cursor="4712:100:0"), enveloped(twice))
    done = sync("replay_clicks")
    more = {"replayId": "r1", "replayStartedAt": "2026-11-21T23:50:00+00:00"}
    assert done.records("replay_clicks") == [{"position": place, **twice, **more} for place in (0, 1, 100)]
    assert done.state("replay_clicks") == {
        "parent_state": {"replays": project_states("started_at", {"1": NOW})},
    }


def test_given_segments_when_read_then_a_record_for_each_list(sentry: SentryMock) -> None:
    answers(sentry, a_replay("r1"))
    sentry.answers(below("r1", "recording-segments/"), answer([[{"type": 4}, {"type": 5}], []]))
    found = sync("replay_recording_segments").records("replay_recording_segments")
    assert [(record["position"], record["events"]) for record in found] == [(0, [{"type": 4}, {"type": 5}]), (1, [])]


def test_given_viewers_when_read_then_they_come_out_of_both_envelopes(sentry: SentryMock) -> None:
    answers(sentry, a_replay("r1"))
    sentry.answers(below("r1", "viewed-by/"), answer({"data": {"viewed_by": [{"id": "5"}, {"id": "6"}]}}))
    found = sync("replay_viewers").records("replay_viewers")
    assert [(record["replayId"], record["id"]) for record in found] == [("r1", "5"), ("r1", "6")]


def test_given_replays_of_two_projects_when_children_are_read_then_each_below_its_slug(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    for project, slug in (("1", "backend"), ("2", "web")):
        sentry.answers(replays(project), answer({"data": [a_replay(f"in-{slug}")]}))
        sentry.answers(below(f"in-{slug}", "viewed-by/", slug), answer({"data": {"viewed_by": [{"id": "5"}]}}))
    found = sync("replay_viewers").records("replay_viewers")
    assert sorted((record["replayId"], record["id"]) for record in found) == [("in-backend", "5"), ("in-web", "5")]


@pytest.mark.parametrize("path", ["clicks/", "recording-segments/", "viewed-by/"])
def test_given_a_replay_that_is_gone_when_children_are_read_then_its_blank_404_is_no_refusal(
    path: str, sentry: SentryMock
) -> None:
    stream = {"clicks/": "replay_clicks", "viewed-by/": "replay_viewers"}.get(path, "replay_recording_segments")
    answers(sentry, a_replay("r1"))
    sentry.answers(below("r1", path), answer("", 404))
    done = sync(stream)
    assert (done.records(stream), done.status(stream), done.warnings()) == ([], "COMPLETE", [])
    assert done.state(stream) == {"parent_state": {"replays": project_states("started_at", {"1": NOW})}}


@pytest.mark.parametrize("body", ['{"data": []}', '[{"type": 4}]', "7"])
def test_given_an_answer_of_another_shape_when_opened_as_segments_then_it_is_refused(body: str) -> None:
    assert not SentryPage(body.encode(), PageSlots()).has_shape("segments")


def enveloped(*rows: Json, next_cursor: str | None = None) -> HttpResponse:
    return answer({"data": rows}, Link=link(next_cursor))
