"""Events that the server refuses: of a project, of a window."""

from unit_tests.source_sentry.builders import BACKEND, LAST_SECOND, NOW, START, WEB, a_config, an_event
from unit_tests.source_sentry.endpoints import events, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, page, project_request
from unit_tests.source_sentry.sync import Sync, project_states, read

TOO_WIDE = answer({"detail": "Query timeout. Please try with a smaller date range or fewer conditions."}, 400)
TOO_OLD = answer({"detail": "Invalid date range. Please try a more recent date range."}, 400)
NOT_THERE = answer({"detail": "The requested resource does not exist"}, 404)
REFUSED = answer({"detail": "You do not have permission to perform this action."}, 403)


def ids(sync: Sync) -> list[int]:
    return sorted(int(event["id"], 16) for event in sync.records("events"))


def test_given_configured_projects_when_read_then_only_they_are_asked(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(project_request("gone", ""), NOT_THERE)
    sentry.answers(events("web"), page(an_event(1)))
    sync = read("events", config=a_config(projects=["web", "gone"]))
    assert sync.cursors("events") == {"2": NOW}
    (warning,) = sync.warnings()
    assert warning == (
        "Skipped: Project `gone` of setting `projects` does not exist in organization `acme`. Projects this token "
        "can see: `backend`, `web`."
    )


def test_given_only_projects_that_do_not_exist_when_read_then_the_sync_fails(sentry: SentryMock) -> None:
    sentry.answers(projects(), page(BACKEND))
    sentry.answers(project_request("backnd", ""), NOT_THERE)
    sync = read("events", config=a_config(projects=["backnd"]), fails=True)
    assert "Project `backnd` of setting `projects` does not exist in organization `acme`." in sync.text()
    assert sync.records("events") == []


def test_given_token_without_the_scope_when_read_then_the_stream_fails_instead_of_looking_complete(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), REFUSED)
    sentry.answers_scopes("org:read", "event:read")
    sync = read("events", fails=True)
    ((message, kind),) = sync.errors("events")
    assert (sync.status("events"), sync.states("events"), kind) == ("INCOMPLETE", [], "config_error")
    assert "stream `events`: it needs the scope `project:read`" in message


def test_given_two_refused_projects_when_read_then_the_scopes_are_asked_for_once(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(events("backend"), REFUSED)
    sentry.answers(events("web"), REFUSED)
    sentry.answers_scopes("project:read")
    sync = read("events", config=a_config(num_workers=1))
    assert (sync.status("events"), len(sync.warnings())) == ("COMPLETE", 2)


def test_given_refused_project_when_read_then_others_complete_and_its_cursor_stays(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(events("backend", "2026-11-09T23:00:00Z"), REFUSED)
    sentry.answers_scopes("project:read")
    sentry.answers(events("web", "2026-11-09T23:00:00Z"), page(an_event(2)))
    saved = {"1": "2026-11-10T00:00:00Z", "2": "2026-11-10T00:00:00Z"}
    sync = read("events", state={"events": project_states("dateCreated", saved)})
    assert (ids(sync), sync.status("events")) == ([2], "COMPLETE")
    assert sync.cursors("events") == {"1": "2026-11-10T00:00:00Z", "2": NOW}
    (warning,) = sync.warnings()
    assert "stream `events` of project `backend`: it needs the scope `project:read`" in warning


def test_given_refusal_in_the_second_window_when_read_then_cursor_stands_before_it(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z"), page(an_event(1, START)))
    sentry.answers(events("backend", "2026-11-11T00:00:00Z", "2026-11-21T00:00:00Z"), REFUSED)
    sentry.answers_scopes()
    sentry.answers(events("backend", "2026-11-21T00:00:00Z", NOW), page(an_event(2, LAST_SECOND)))
    sync = read("events", config=a_config(events_window_days=10))
    assert sync.cursors("events") == {"1": "2026-11-11T00:00:00Z"}


def test_given_refusal_on_the_second_page_when_read_then_cursor_stays(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(an_event(1), next_cursor="4712:100:0"))
    sentry.answers(events("backend", cursor="4712:100:0"), answer("", 404))
    sync = read("events")
    assert (ids(sync), sync.cursors("events")) == ([1], {"1": START})


def test_given_project_that_fails_when_read_then_others_advance_and_its_cursor_stays(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(events("backend"), *[answer({"detail": "Internal Error"}, 500)] * 9)
    sentry.answers(events("web"), page(an_event(2)))
    sync = read("events", fails=True)
    assert (ids(sync), sync.status("events")) == ([2], "INCOMPLETE")
    assert sync.cursors("events") == {"1": START, "2": NOW}
    ((message, kind),) = sync.errors("events")
    assert kind == "transient_error"
    assert "projects/acme/backend/events/ answered stream `events` with HTTP 500: Internal Error" in message


def test_given_window_that_is_too_wide_when_read_then_it_is_halved_until_it_is_not(sentry: SentryMock) -> None:
    config = a_config(start_date="2026-11-22T06:00:00Z")
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-22T06:00:00Z"), TOO_WIDE)
    sentry.answers(events("backend", "2026-11-22T06:00:00Z", "2026-11-22T08:00:00Z"), TOO_WIDE)
    for number, (start, end) in enumerate(
        [
            ("2026-11-22T06:00:00Z", "2026-11-22T07:00:00Z"),
            ("2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z"),
            ("2026-11-22T08:00:00Z", "2026-11-22T10:00:00Z"),
        ]
    ):
        sentry.answers(events("backend", start, end), page(an_event(number, start)))
    sync = read("events", config=config)
    assert (ids(sync), sync.cursors("events"), sync.warnings()) == ([0, 1, 2], {"1": NOW}, [])


def test_given_refusal_of_half_a_window_when_read_then_cursor_stays(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-22T06:00:00Z"), TOO_WIDE)
    sentry.answers(events("backend", "2026-11-22T06:00:00Z", "2026-11-22T08:00:00Z"), page())
    sentry.answers(events("backend", "2026-11-22T08:00:00Z"), REFUSED)
    sentry.answers_scopes()
    sync = read("events", config=a_config(start_date="2026-11-22T06:00:00Z"))
    assert sync.cursors("events") == {"1": "2026-11-22T06:00:00Z"}


def test_given_window_of_a_minute_that_is_too_wide_when_read_then_the_stream_fails(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-22T09:59:00Z"), TOO_WIDE)
    sync = read("events", config=a_config(start_date="2026-11-22T09:59:00Z"), fails=True)
    assert sync.states("events") == []
    ((message, kind),) = sync.errors("events")
    assert kind == "transient_error"
    assert message.startswith("Sentry rejected the request of stream `events` to ")
    assert message.endswith(". There is no smaller window to ask for.")


def test_given_window_before_the_retention_when_read_then_nothing_is_in_it(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", "2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z"), TOO_OLD)
    sentry.answers(events("backend", "2026-11-11T00:00:00Z", "2026-11-21T00:00:00Z"), page(an_event(1)))
    sentry.answers(events("backend", "2026-11-21T00:00:00Z", NOW), page())
    sync = read("events", config=a_config(events_window_days=10))
    assert (ids(sync), sync.cursors("events"), sync.status("events")) == ([1], {"1": NOW}, "COMPLETE")
