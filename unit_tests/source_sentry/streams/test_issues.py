import pytest

from unit_tests.source_sentry.builders import (
    BACKEND,
    NOW,
    RETENTION_START,
    START,
    WEB,
    a_config,
    a_project,
    an_issue,
    without,
)
from unit_tests.source_sentry.endpoints import issues, old_issues
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, page
from unit_tests.source_sentry.sync import Sync, project_states, read


def ids(sync: Sync) -> list[int]:
    return sorted(int(issue["id"]) for issue in sync.records("issues"))


def test_given_two_pages_when_read_then_both_and_the_sync_start_as_cursor(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1"), page(an_issue(3), an_issue(2), next_cursor="1795291671865:0:0"))
    sentry.answers(issues("1", cursor="1795291671865:0:0"), page(an_issue(1)))
    sync = read("issues")
    assert sync.records("issues") == [an_issue(3), an_issue(2), an_issue(1)]
    assert sync.state("issues") == project_states("lastSeen", {"1": NOW})
    assert (sync.status("issues"), sync.warnings()) == ("COMPLETE", [])


def test_given_no_start_date_when_read_then_the_retention_in_windows_of_thirty_days(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    for number, (start, end) in enumerate(
        [
            (RETENTION_START, "2026-09-23T10:00:00Z"),
            ("2026-09-23T10:00:00Z", "2026-10-23T10:00:00Z"),
            ("2026-10-23T10:00:00Z", NOW),
        ]
    ):
        sentry.answers(issues("1", start, end), page(an_issue(number, start)))
    sync = read("issues", config=without(a_config(), "start_date"))
    assert (ids(sync), sync.cursors("issues")) == ([0, 1, 2], {"1": NOW})


def test_given_two_projects_when_read_then_one_request_each(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(issues("1"), page(an_issue(1)))
    sentry.answers(issues("2"), page(an_issue(2)))
    assert read("issues").cursors("issues") == {"1": NOW, "2": NOW}


def test_given_cursors_when_read_then_each_project_from_its_own(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(issues("1", "2026-11-22T08:00:00Z"), page(an_issue(1)))
    sentry.answers(issues("2", "2026-11-14T23:00:00Z"), page(an_issue(2)))
    saved = {"1": "2026-11-22T09:00:00Z", "2": "2026-11-15T00:00:00Z"}
    sync = read("issues", state={"issues": project_states("lastSeen", saved)})
    assert (ids(sync), sync.cursors("issues")) == ([1, 2], {"1": NOW, "2": NOW})


def test_given_published_connectors_state_when_its_project_is_read_then_from_its_cursor(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1", "2026-11-20T07:00:00Z"), page(an_issue(1)))
    state = {"issues": {"lastSeen": "2026-11-20T08:00:00.000000Z"}}
    assert read("issues", config=a_config(project="backend"), state=state).cursors("issues") == {"1": NOW}


def test_given_issue_query_when_read_then_it_stands_before_the_window(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1", search="is:unresolved level:error"), page(an_issue(1)))
    assert ids(read("issues", config=a_config(issue_query=" is:unresolved level:error "))) == [1]


@pytest.mark.parametrize(
    "query", ['message:"{{ config }}"', "release:1.0+build #7", "message:[a, b]", "title:'quoted'", "[1, 2]"]
)
def test_given_issue_query_with_odd_characters_when_read_then_it_is_sent_as_it_is(
    query: str, sentry: SentryMock
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1", search=query), page(an_issue(1)))
    assert ids(read("issues", config=a_config(issue_query=query))) == [1]


@pytest.mark.parametrize("environments", [["production"], ["production", "eu west"]])
def test_given_environments_when_read_then_each_is_a_parameter(environments: list[str], sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers_environments(*environments, "staging")
    sentry.answers(issues("1", environment=environments), page(an_issue(1)))
    assert ids(read("issues", config=a_config(environments=environments))) == [1]


def test_given_legacy_server_when_read_then_project_by_project(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(old_issues("backend", "1"), page(an_issue(1)))
    sentry.answers(old_issues("web", "2"), page(an_issue(2)))
    sync = read("issues", config=a_config(legacy_server=True))
    assert (ids(sync), sync.cursors("issues")) == ([1, 2], {"1": NOW, "2": NOW})


def test_given_projects_without_issues_when_read_then_they_are_not_asked(sentry: SentryMock) -> None:
    never = a_project(2, "never", firstEvent=None, firstTransactionEvent=False)
    slow = a_project(3, "slow", firstEvent=None, firstTransactionEvent=True)
    crons = a_project(4, "crons", firstEvent=None, hasMonitors=True)
    sentry.answers_projects(BACKEND, never, slow, crons)
    for number in (1, 3, 4):
        sentry.answers(issues(str(number)), page(an_issue(number)))
    assert ids(read("issues")) == [1, 3, 4]


@pytest.mark.parametrize(("status", "words"), [(403, "it needs the scope `event:read`"), (404, "it was deleted")])
@pytest.mark.parametrize("legacy", [True, False])
def test_given_refused_project_when_read_then_others_complete_and_its_cursor_stays(
    status: int,
    words: str,
    *,
    legacy: bool,
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND, WEB)
    asked = [old_issues("backend", "1"), old_issues("web", "2")] if legacy else [issues("1"), issues("2")]
    sentry.answers(asked[0], answer({"detail": "No"}, status))
    if status == 403:
        sentry.answers_scopes("event:admin")
    sentry.answers(asked[1], page(an_issue(2)))
    sync = read("issues", config=a_config(legacy_server=legacy))
    assert (ids(sync), sync.status("issues")) == ([2], "COMPLETE")
    assert sync.cursors("issues") == {"1": START, "2": NOW}
    (warning,) = sync.warnings()
    assert "roject `backend`" in warning
    assert words in warning


def test_given_search_that_times_out_when_read_then_the_window_is_halved(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    start, middle = "2026-11-22T06:00:00Z", "2026-11-22T08:00:00Z"
    sentry.answers(issues("1", start), answer({"detail": "Query timeout. Please try with a smaller date range."}, 400))
    sentry.answers(issues("1", start, middle), page(an_issue(1, start)))
    sentry.answers(issues("1", middle), page(an_issue(2, middle)))
    sync = read("issues", config=a_config(start_date=start))
    assert (ids(sync), sync.cursors("issues")) == ([1, 2], {"1": NOW})


def test_given_values_of_all_kinds_when_read_then_they_are_as_they_were(sentry: SentryMock) -> None:
    issue = an_issue(
        1, count="0", userCount=0, stats={"24h": [[1795290000.0, 3]]}, annotations=[], metadata={"a": None}
    )
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1"), page(issue))
    assert read("issues").records("issues") == [issue]
