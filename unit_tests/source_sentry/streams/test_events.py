import pytest

from unit_tests.source_sentry.builders import BACKEND, LAST_SECOND, NOW, START, WEB, Json, a_config, a_project, an_event
from unit_tests.source_sentry.endpoints import events
from unit_tests.source_sentry.sentry_mock import SentryMock, page
from unit_tests.source_sentry.sync import Sync, project_states, read


def ids(sync: Sync) -> list[int]:
    return sorted(int(event["id"], 16) for event in sync.records("events"))


def test_given_two_pages_when_read_then_both_and_the_sync_start_as_cursor(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(an_event(3), an_event(2), next_cursor="4712:100:0"))
    sentry.answers(events("backend", cursor="4712:100:0"), page(an_event(1)))
    sync = read("events")
    assert sync.records("events") == [an_event(3), an_event(2), an_event(1)]
    assert sync.state("events") == project_states("dateCreated", {"1": NOW})
    assert (sync.status("events"), sync.warnings()) == ("COMPLETE", [])


def test_given_full_page_of_ten_when_full_events_are_read_then_the_next_page_is_asked_for(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    first = [an_event(number, f"2026-11-20T08:00:{59 - number}Z") for number in range(10)]
    last = [first[9], an_event(10)]
    sentry.answers(events("backend", full="true"), page(*first, next_cursor="0:10:0"))
    sentry.answers(events("backend", full="true", cursor="0:9:0"), page(*last))
    assert ids(read("events", config=a_config(full_events=True))) == list(range(11))


def test_given_window_of_ten_days_when_read_then_windows_follow_each_other_up_to_the_sync_start(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND)
    windows = [
        ("2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z"),
        ("2026-11-11T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("2026-11-21T00:00:00Z", "2026-11-22T10:00:00Z"),
    ]
    for number, (start, end) in enumerate(windows):
        sentry.answers(events("backend", start, end), page(an_event(number, start)))
    sync = read("events", config=a_config(events_window_days=10))
    assert ids(sync) == [0, 1, 2]
    assert sync.cursors("events") == {"1": NOW}


@pytest.mark.parametrize("created", ["2026-11-10T23:59:59Z", "2026-11-10T23:59:59.999Z", "2026-11-11T00:00:00Z"])
def test_given_event_at_the_edge_of_two_windows_when_read_then_once(created: str, sentry: SentryMock) -> None:
    """The server that ignores windows sends it for each."""
    sentry.answers_projects(BACKEND)
    for start, end in [
        ("2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z"),
        ("2026-11-11T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("2026-11-21T00:00:00Z", "2026-11-22T10:00:00Z"),
    ]:
        sentry.answers(events("backend", start, end), page(an_event(7, created)))
    assert ids(read("events", config=a_config(events_window_days=10))) == [7]


@pytest.mark.parametrize(("created", "found"), [(LAST_SECOND, [1]), (NOW, [])])
def test_given_event_of_the_last_second_when_read_then_it_is_there_and_later_ones_are_left_to_the_next_sync(
    created: str, found: list[int], sentry: SentryMock
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(an_event(1, created)))
    sync = read("events")
    assert (ids(sync), sync.cursors("events")) == (found, {"1": NOW})


@pytest.mark.parametrize(
    ("lookback", "start"), [(1, "2026-11-22T08:00:00Z"), (0, "2026-11-22T09:00:00Z"), (24, "2026-11-21T09:00:00Z")]
)
def test_given_cursor_when_read_then_one_window_from_it_less_the_lookback(
    lookback: int, start: str, sentry: SentryMock
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", start), page(an_event(1, "2026-11-22T09:30:00Z")))
    state = {"events": project_states("dateCreated", {"1": "2026-11-22T09:00:00Z"})}
    sync = read("events", config=a_config(lookback_hours=lookback), state=state)
    assert (ids(sync), sync.cursors("events")) == ([1], {"1": NOW})


def test_given_cursor_just_after_start_date_when_read_then_lookback_does_not_go_before_it(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", START), page())
    read("events", state={"events": project_states("dateCreated", {"1": "2026-11-01T00:30:00Z"})})


def test_given_published_connectors_state_when_its_project_is_read_then_from_its_cursor(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(events("backend", "2026-11-20T07:59:59Z"), page(an_event(1)))
    state = {"events": {"dateCreated": "2026-11-20T08:59:59.123456Z"}}
    sync = read("events", config=a_config(project="backend"), state=state)
    assert (ids(sync), sync.cursors("events")) == ([1], {"1": NOW})


def test_given_environments_when_read_then_events_of_others_are_left_out(sentry: SentryMock) -> None:
    """The endpoint has no such parameter."""
    staging = an_event(2, tags=[{"key": "environment", "value": "staging"}])
    sentry.answers_projects(BACKEND)
    sentry.answers_environments("production", "staging")
    sentry.answers(events("backend"), page(an_event(1), staging))
    assert ids(read("events", config=a_config(environments=["production"]))) == [1]


def test_given_projects_without_events_when_read_then_they_are_not_asked(sentry: SentryMock) -> None:
    never, unknown = a_project(2, "never", firstEvent=None), a_project(3, "unknown")
    del unknown["firstEvent"]
    with_replays = a_project(4, "replays", firstEvent=None, hasReplays=True)
    sentry.answers_projects(BACKEND, never, unknown, with_replays)
    sentry.answers(events("backend"), page(an_event(1)))
    sentry.answers(events("unknown"), page(an_event(3)))
    assert ids(read("events")) == [1, 3]


def test_given_server_that_ignores_windows_when_read_then_it_stops_at_the_start_and_repeats_nothing(
    sentry: SentryMock,
) -> None:
    pages = [
        (None, [an_event(9, NOW), an_event(8, "2026-11-21T00:00:00Z")], "4712:100:0"),
        ("4712:100:0", [an_event(7, "2026-11-19T00:00:00Z"), an_event(6, "2026-10-31T23:59:59Z")], "4712:200:0"),
        ("4712:200:0", [an_event(5, "2026-10-31T00:00:00Z")], "4712:300:0"),
    ]
    sentry.answers_projects(BACKEND)
    for cursor, found, following in pages:
        more = {"cursor": cursor} if cursor else {}
        sentry.answers(events("backend", **more), page(*found, next_cursor=following))
    sync = read("events")
    assert (ids(sync), sync.cursors("events")) == ([7, 8], {"1": NOW})


ODD: Json = {
    **an_event(1),
    "event.type": "error",
    "count": "0",
    "size": 0,
    "big": 12345678901234567890,
    "exact": 0.1,
    "flag": False,
    "blank": "",
    "list": [],
    "object": {},
    "nested": {"null": None, "list": [None, {"deep": None}]},
    "text": "\u2603 \U0001f600 \u0000 </script>",
    "dateReceived": "2026-11-20T08:00:00.123456+00:00",
}


def test_given_values_of_all_kinds_when_read_then_they_are_as_they_were(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend"), page(ODD))
    assert read("events").records("events") == [ODD]
