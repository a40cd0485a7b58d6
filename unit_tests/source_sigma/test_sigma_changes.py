"""Incremental streams: what of a list that is always read whole comes out, and the state that says so."""

import pytest

from unit_tests.source_sigma.builders import Json, a_config, a_schedule, a_workbook
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, entries, refusal
from unit_tests.source_sigma.sync import read, read_changes

TEAMS = SigmaRequest("v2/teams", {"limit": "1000"})
WORKBOOKS = SigmaRequest("v2/workbooks", {"limit": "1000"})
AHEAD = "2099-01-01T00:00:00.000Z"
OLD, MIDDLE, NEW = "2026-01-31T00:00:00.000Z", "2026-03-12T08:31:04.826Z", "2026-11-20T12:00:00.001Z"


def a_team(number: int, updated: str) -> Json:
    return {"teamId": f"team-{number}", "updatedAt": updated}


def schedules_of(workbook: str) -> SigmaRequest:
    return SigmaRequest(f"v2/workbooks/{workbook}/schedules", {"limit": "1000"})


def ids(rows: list[Json]) -> list[str]:
    return [row["teamId"] for row in rows]


def test_given_no_state_when_read_then_everything_comes_and_the_newest_is_saved(sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, MIDDLE), a_team(2, NEW), a_team(3, OLD)))
    sync = read_changes("teams")
    assert ids(sync.records("teams")) == ["team-1", "team-2", "team-3"]
    assert sync.state("teams") == {"updatedAt": NEW}


@pytest.mark.parametrize("mode", [read, read_changes])
def test_given_a_start_date_when_read_then_older_records_are_left_out(mode: object, sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, "2026-02-28T23:59:59.999Z"), a_team(2, "2026-03-01T00:00:00.000Z")))
    sync = mode("teams", config=a_config(start_date="2026-03-01T00:00:00Z"))  # type: ignore[operator]
    assert ids(sync.records("teams")) == ["team-2"]


def test_given_a_state_when_read_then_what_changed_since_comes_with_an_hour_of_before(sigma: SigmaMock) -> None:
    before, within = "2026-03-12T07:31:04.825Z", "2026-03-12T07:31:04.826Z"
    sigma.answers(TEAMS, entries(a_team(1, before), a_team(2, within), a_team(3, MIDDLE), a_team(4, NEW)))
    sync = read_changes("teams", state={"teams": {"updatedAt": MIDDLE}})
    assert ids(sync.records("teams")) == ["team-2", "team-3", "team-4"]
    assert sync.state("teams") == {"updatedAt": NEW}


def test_given_a_state_when_all_is_read_anew_then_nothing_is_left_out(sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, OLD)))
    assert ids(read("teams").records("teams")) == ["team-1"]


def test_given_a_change_after_the_local_clock_when_read_then_it_comes(sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, "2026-11-22T10:00:05.000Z")))
    assert ids(read_changes("teams").records("teams")) == ["team-1"]


def test_given_nothing_new_when_read_then_the_state_stays(sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, OLD)))
    assert read_changes("teams", state={"teams": {"updatedAt": NEW}}).state("teams") == {"updatedAt": NEW}


@pytest.mark.parametrize(
    "saved",
    [
        {"updatedAt": MIDDLE},
        {"updatedAt": "2026-03-12T08:31:04Z"},
        {"updatedAt": "2026-03-12T08:31:04.826000+00:00"},
        {"updatedAt": "2026-03-12T09:31:04+01:00"},
        {"updatedAt": "2026-03-12"},
    ],
)
def test_given_a_state_of_any_form_when_read_then_it_is_understood(saved: Json, sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, "2026-03-11T00:00:00.000Z"), a_team(2, NEW)))
    assert ids(read_changes("teams", state={"teams": saved}).records("teams")) == ["team-2"]


@pytest.mark.parametrize("saved", [{}, {"updatedAt": None}])
def test_given_an_empty_state_when_read_then_everything_comes(saved: Json, sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, OLD)))
    assert ids(read_changes("teams", state={"teams": saved}).records("teams")) == ["team-1"]


@pytest.mark.parametrize(
    ("stream", "saved"),
    [
        ("teams", {"updatedAt": "yesterday"}),
        ("teams", {"updatedAt": 7}),
        ("teams", {"modified": OLD}),
        ("teams", {"states": []}),
        ("workbook_schedules", {"states": 7}),
        ("workbook_schedules", {"states": [{"partition": {"workbookId": "w"}}]}),
        ("workbook_schedules", {"states": [{"partition": 7, "cursor": {"updatedAt": OLD}}]}),
        ("workbook_schedules", {"state": {"updatedAt": "x"}}),
    ],
)
def test_given_a_state_that_is_none_when_read_then_one_sentence_says_so(
    stream: str, saved: Json, bare_sigma: SigmaMock
) -> None:
    del bare_sigma
    sync = read_changes(stream, state={stream: saved}, fails=True)
    errors = [message.trace.error for message in sync.output.errors if message.trace and message.trace.error]
    says = f"The saved state of stream `{stream}` is not one that this connector can go on from: "
    assert any(str(error.message).startswith(says) for error in errors)
    assert sync.records(stream) == []


def test_given_parents_when_read_then_each_has_a_cursor_and_none_is_for_all(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1), a_workbook(2)))
    sigma.answers(schedules_of("workbook-1"), entries(a_schedule(1, OLD)))
    sigma.answers(schedules_of("workbook-2"), entries(a_schedule(2, NEW)))
    state = read_changes("workbook_schedules").state("workbook_schedules")
    assert sorted(state) == ["states", "use_global_cursor"]
    assert sorted((one["partition"]["workbookId"], one["cursor"]["updatedAt"]) for one in state["states"]) == [
        ("workbook-1", OLD),
        ("workbook-2", NEW),
    ]


def test_given_states_of_parents_when_a_new_parent_comes_then_it_is_read_from_the_start(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1), a_workbook(2)))
    sigma.answers(schedules_of("workbook-1"), entries(a_schedule(1, OLD), a_schedule(2, NEW)))
    sigma.answers(schedules_of("workbook-2"), entries(a_schedule(3, OLD)))
    saved = {
        "use_global_cursor": False,
        "state": {"updatedAt": NEW},
        "states": [{"partition": {"workbookId": "workbook-1"}, "cursor": {"updatedAt": MIDDLE}}],
    }
    sync = read_changes("workbook_schedules", state={"workbook_schedules": saved})
    found = [row["scheduledNotificationId"] for row in sync.records("workbook_schedules")]
    assert sorted(found) == ["schedule-2", "schedule-3"]


def test_given_one_cursor_for_all_parents_when_read_then_it_counts_for_each(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(schedules_of("workbook-1"), entries(a_schedule(1, OLD), a_schedule(2, NEW)))
    sync = read_changes("workbook_schedules", state={"workbook_schedules": {"updatedAt": MIDDLE}})
    assert [row["scheduledNotificationId"] for row in sync.records("workbook_schedules")] == ["schedule-2"]


def test_given_a_start_date_when_children_are_read_then_older_parents_are_asked_too(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1, OLD)))
    sigma.answers(schedules_of("workbook-1"), entries(a_schedule(1, NEW)))
    sync = read_changes("workbook_schedules", config=a_config(start_date="2026-06-01T00:00:00Z"))
    assert len(sync.records("workbook_schedules")) == 1


def test_given_a_refused_parent_when_it_is_allowed_later_then_nothing_of_it_is_lost(bare_sigma: SigmaMock) -> None:
    bare_sigma.gives_tokens()
    bare_sigma.answers(WORKBOOKS, *[entries(a_workbook(1), a_workbook(2))] * 2)
    bare_sigma.answers(schedules_of("workbook-1"), refusal(403), entries(a_schedule(1, OLD)))
    bare_sigma.answers(schedules_of("workbook-2"), *[entries(a_schedule(2, OLD))] * 2)
    first = read_changes("workbook_schedules")
    second = read_changes("workbook_schedules", state={"workbook_schedules": first.state("workbook_schedules")})
    assert "schedule-1" in [row["scheduledNotificationId"] for row in second.records("workbook_schedules")]


def test_given_archived_objects_turned_on_later_when_read_then_old_ones_come_too(sigma: SigmaMock) -> None:
    saved = {"states": [{"partition": {"archived": "false"}, "cursor": {"updatedAt": MIDDLE}}]}
    sigma.answers(WORKBOOKS, entries(a_workbook(1, OLD), a_workbook(2, NEW)))
    archived = SigmaRequest("v2/workbooks", {"limit": "1000", "isArchived": "true"})
    sigma.answers(archived, entries(a_workbook(3, OLD, isArchived=True)))
    sync = read_changes("workbooks", config=a_config(include_archived=True), state={"workbooks": saved})
    assert sorted(row["workbookId"] for row in sync.records("workbooks")) == ["workbook-2", "workbook-3"]


@pytest.mark.parametrize("saved", [None, {"updatedAt": MIDDLE}])
def test_given_a_record_of_the_future_when_read_then_it_comes_is_told_and_moves_no_state(
    saved: Json | None, sigma: SigmaMock
) -> None:
    sigma.answers(TEAMS, entries(a_team(1, AHEAD), a_team(2, NEW), a_team(3, AHEAD)))
    sync = read_changes("teams", state={"teams": saved} if saved else None)
    assert ids(sync.records("teams")) == ["team-1", "team-2", "team-3"]
    assert sync.state("teams") == {"updatedAt": NEW}
    (warning,) = sync.warnings()
    assert warning == (
        f"Stream `teams`: 2 record(s) are dated in the future, such as {AHEAD}. They were kept, come again with each "
        "sync until then, and do not count for the saved state."
    )


def test_given_children_of_the_future_when_read_then_no_state_of_a_parent_moves_there(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(schedules_of("workbook-1"), entries(a_schedule(1, OLD), a_schedule(2, AHEAD)))
    sync = read_changes("workbook_schedules")
    ((entry),) = sync.state("workbook_schedules")["states"]
    assert entry["cursor"] == {"updatedAt": OLD}
    assert len(sync.warnings()) == 1


@pytest.mark.parametrize("during", ["2026-11-22T10:00:00.001Z", "2026-11-22T10:59:59.000Z"])
def test_given_a_change_after_the_sync_began_when_read_then_the_state_is_no_later_and_nothing_is_told(
    during: str, sigma: SigmaMock
) -> None:
    sigma.answers(TEAMS, entries(a_team(1, during), a_team(2, NEW)))
    sync = read_changes("teams")
    assert (sync.state("teams"), sync.warnings()) == ({"updatedAt": NEW}, [])


@pytest.mark.parametrize(
    ("date", "saved"),
    [
        ("2026-11-20T10:00:00+02:00", "2026-11-20T08:00:00.000Z"),
        ("2026-11-20T10:00:00.123456-01:30", "2026-11-20T11:30:00.123Z"),
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00.000Z"),
        ("2026-11-20", "2026-11-20T00:00:00.000Z"),
    ],
)
def test_given_a_date_of_another_form_when_read_then_the_state_is_its_moment_in_utc(
    date: str, saved: str, sigma: SigmaMock
) -> None:
    sigma.answers(TEAMS, entries(a_team(1, date)))
    assert read_changes("teams").state("teams") == {"updatedAt": saved}
