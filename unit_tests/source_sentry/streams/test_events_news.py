"""Which of many projects have events since their cursors is asked at once, where one answer tells it of all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from unit_tests.source_sentry.builders import NOW, Json, a_config, a_project, an_event
from unit_tests.source_sentry.endpoints import events
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import Sync, project_states, read

CURSOR = "2026-11-22T09:00:00Z"
SINCE = "2026-11-22T08:00:00Z"
"""An hour before, the lookback."""
PROJECTS = [a_project(number, f"p{number}") for number in range(1, 13)]
ALL = [str(project["id"]) for project in PROJECTS]
TOLD = "Stream `events`: each project is asked, as no answer tells which have any. "


def question(projects: Iterable[str] = ("-1",), since: str = SINCE) -> SentryRequest:
    return organization_request(
        "events/",
        dataset="errors",
        field=["project.id", "count()"],
        project=list(projects),
        start=since,
        end=NOW,
        per_page="100",
    )


def counts(found: Mapping[int, int], **meta: Any) -> HttpResponse:
    """Number of errors by project, of those that have any."""
    data = [{"project.id": project, "count()": count} for project, count in found.items()]
    return answer({"data": data, "meta": {"fields": {"project.id": "integer", "count()": "integer"}, **meta}})


def read_on(cursors: Mapping[str, str] | None = None, **settings: Any) -> Sync:
    """Go on from the cursors of all projects."""
    saved = project_states("dateCreated", cursors or dict.fromkeys(ALL, CURSOR))
    return read("events", config=a_config(**settings), state={"events": saved})


def answers_each(sentry: SentryMock, projects: Iterable[Json] = PROJECTS, start: str = SINCE) -> None:
    for project in projects:
        sentry.answers(events(project["slug"], start), page())


def logs(sync: Sync) -> list[str]:
    messages = [message.log for message in sync.output.logs]
    return [log.message for log in messages if log and log.message.startswith("Stream `events`: each")]


def test_given_projects_without_errors_when_read_then_only_the_others_are_asked_and_all_count_as_read(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(*PROJECTS)
    sentry.answers(question(), counts({3: 2, 12: 1}, dataScanned="full"))
    sentry.answers(events("p3", SINCE), page(an_event(1, "2026-11-22T09:30:00Z")))
    sentry.answers(events("p12", SINCE), page(an_event(2, "2026-11-22T08:30:00Z")))
    sync = read_on()
    assert sorted(int(event["id"], 16) for event in sync.records("events")) == [1, 2], "one in the lookback alone"
    assert (sync.cursors("events"), sync.status("events")) == (dict.fromkeys(ALL, NOW), "COMPLETE")
    assert len(sync.states("events")) == 1


def test_given_no_errors_at_all_when_read_then_one_question_and_the_next_sync_looks_back_from_its_end(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(*PROJECTS)
    sentry.answers(question(), counts({}))
    sync = read_on()
    assert (sync.records("events"), sync.cursors("events")) == ([], dict.fromkeys(ALL, NOW))


def test_given_cursors_of_several_times_when_read_then_all_are_asked_from_the_earliest_on(sentry: SentryMock) -> None:
    cursors = {**dict.fromkeys(ALL, CURSOR), "7": "2026-11-20T09:00:00Z"}
    sentry.answers_projects(*PROJECTS)
    sentry.answers(question(since="2026-11-20T08:00:00Z"), counts({7: 1}))
    sentry.answers(events("p7", "2026-11-20T08:00:00Z"), page(an_event(1)))
    sync = read_on(cursors)
    assert (len(sync.records("events")), sync.cursors("events")) == (1, dict.fromkeys(ALL, NOW))


def test_given_projects_that_are_new_closed_or_ahead_when_read_then_they_are_no_part_of_the_question(
    sentry: SentryMock,
) -> None:
    new, closed = a_project(13, "new"), a_project(14, "closed", hasAccess=False)
    ahead = a_project(15, "ahead")
    sentry.answers_projects(*PROJECTS, new, closed, ahead)
    sentry.answers(question(), counts({}))
    sentry.answers(events("new"), page(an_event(1)))
    sentry.answers(events("closed", SINCE), page())
    sync = read_on({**dict.fromkeys([*ALL, "14"], CURSOR), "15": "2026-11-23T10:00:00Z", "99": CURSOR})
    assert len(sync.records("events")) == 1
    read_until = dict.fromkeys([*ALL, "13", "14"], NOW)
    assert sync.cursors("events") == {**read_until, "15": "2026-11-23T10:00:00Z", "99": CURSOR}


REFUSALS = {
    "one project a query": answer({"detail": "You cannot view events from multiple projects."}, 400),
    "unknown dataset": answer({"detail": "dataset must be one of: discover"}, 400),
    "too much": answer({"detail": "Query timeout. Please try a smaller date range or fewer projects."}, 400),
    "no scope, or a project closed": answer({"detail": "You do not have permission to perform this action."}, 403),
    "no such address": answer("", 404),
}
PARTS = {
    "a sample": counts({}, dataScanned="partial"),
    "events, of an old server": page(an_event(1)),
    "nothing, of an old server": page(),
    "rows without a project": answer({"data": [{"count()": 0}], "meta": {}}),
    "rows without a count": answer({"data": [{"project.id": 3}], "meta": {}}),
    "another table": answer({"rows": []}),
}


@pytest.mark.parametrize("told", [*REFUSALS.values(), *PARTS.values()], ids=[*REFUSALS, *PARTS])
def test_given_answer_that_is_not_about_all_when_read_then_each_project_is_asked(
    told: HttpResponse, sentry: SentryMock
) -> None:
    sentry.answers_projects(*PROJECTS)
    sentry.answers(question(), told)
    answers_each(sentry)
    sync = read_on()
    (line,) = logs(sync)
    assert line.startswith(TOLD)
    assert (sync.cursors("events"), sync.warnings()) == (dict.fromkeys(ALL, NOW), [])


def test_given_server_that_fails_when_asked_then_it_is_asked_once_more_and_then_for_each_project(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(*PROJECTS)
    sentry.answers(question(), *[answer("", 500)] * 2)
    answers_each(sentry)
    sync = read_on()
    assert (len(logs(sync)), sync.cursors("events")) == (1, dict.fromkeys(ALL, NOW))


def many(number: int) -> tuple[list[Json], list[str]]:
    """So many projects, and their ids in the order in which they are asked for: by cursor, and then by id."""
    projects = [a_project(1000 + place, f"q{place}") for place in range(number)]
    return projects, [str(project["id"]) for project in projects]


def test_given_more_projects_with_errors_than_an_answer_has_room_for_when_read_then_they_are_asked_about_in_parts(
    sentry: SentryMock,
) -> None:
    projects, every = many(130)
    sentry.answers_projects(*projects)
    sentry.answers(question(), counts(dict.fromkeys(range(1000, 1100), 1)))
    sentry.answers(question(every[:125]), counts(dict.fromkeys(range(1000, 1100), 1)))
    sentry.answers(question(every[125:]), counts({1127: 1}))
    answers_each(sentry, [*projects[:125], projects[127]])
    assert read_on(dict.fromkeys(every, CURSOR)).cursors("events") == dict.fromkeys(every, NOW)


def test_given_configured_projects_when_read_then_the_question_is_about_them_alone(sentry: SentryMock) -> None:
    projects, every = many(12)
    sentry.answers_projects(*projects, *PROJECTS)
    sentry.answers(question(every), counts({1003: 1}))
    answers_each(sentry, [projects[3]])
    slugs = [str(project["slug"]) for project in projects]
    sync = read_on(dict.fromkeys([*every, *ALL], CURSOR), projects=slugs)
    assert sync.cursors("events") == {**dict.fromkeys(every, NOW), **dict.fromkeys(ALL, CURSOR)}


def test_given_few_projects_when_read_then_each_is_asked(sentry: SentryMock) -> None:
    sentry.answers_projects(*PROJECTS[:9])
    answers_each(sentry, PROJECTS[:9])
    assert logs(read_on(dict.fromkeys(ALL[:9], CURSOR))) == []


@pytest.mark.parametrize(("lookback", "lag", "start"), [(0, 10, CURSOR), (1, 61, SINCE)])
def test_given_lookback_shorter_than_the_lag_of_rows_when_read_then_each_project_is_asked(
    lookback: int, lag: int, start: str, sentry: SentryMock
) -> None:
    sentry.answers_projects(*PROJECTS)
    answers_each(sentry, start=start)
    read_on(lookback_hours=lookback, rows_lag_minutes=lag)


def test_given_lookback_beyond_start_date_when_read_then_the_question_does_not_go_before_it(sentry: SentryMock) -> None:
    start = "2026-11-22T08:30:00Z"
    sentry.answers_projects(*PROJECTS)
    sentry.answers(question(since=start), counts({}))
    read_on(start_date=start)
