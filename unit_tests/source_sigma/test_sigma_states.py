"""Saved states that lie ahead of now."""

from unit_tests.source_sigma.builders import a_config, a_schedule, a_workbook
from unit_tests.source_sigma.sigma_mock import SigmaMock, entries
from unit_tests.source_sigma.sync import read_changes
from unit_tests.source_sigma.test_sigma_changes import (
    AHEAD,
    MIDDLE,
    NEW,
    OLD,
    TEAMS,
    WORKBOOKS,
    a_team,
    ids,
    schedules_of,
)


def test_given_a_state_ahead_of_now_when_read_then_it_is_told_and_does_not_count(sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, entries(a_team(1, OLD), a_team(2, NEW)))
    sync = read_changes("teams", state={"teams": {"updatedAt": AHEAD}})
    assert ids(sync.records("teams")) == ["team-1", "team-2"]
    assert sync.state("teams") == {"updatedAt": NEW}
    assert sync.warnings() == [
        f"Stream teams: its saved cursor {AHEAD} lies ahead of now, so it does not count: all records come again."
    ]


def test_given_a_parent_whose_state_is_ahead_when_read_then_those_of_others_count(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1), a_workbook(2)))
    sigma.answers(schedules_of("workbook-1"), entries(a_schedule(1, OLD)))
    sigma.answers(schedules_of("workbook-2"), entries(a_schedule(2, OLD)))
    states = [
        {"partition": {"workbookId": f"workbook-{number}"}, "cursor": {"updatedAt": date}}
        for number, date in ((1, AHEAD), (2, MIDDLE))
    ]
    sync = read_changes("workbook_schedules", state={"workbook_schedules": {"states": states}})
    assert [row["scheduledNotificationId"] for row in sync.records("workbook_schedules")] == ["schedule-1"]
    assert [warning.partition(" lies ahead")[0] for warning in sync.warnings()] == [
        f"Stream workbook_schedules: its saved cursor {AHEAD}"
    ]


def test_given_one_cursor_ahead_for_all_parents_when_read_then_it_counts_for_none(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(schedules_of("workbook-1"), entries(a_schedule(1, OLD)))
    sync = read_changes("workbook_schedules", state={"workbook_schedules": {"updatedAt": AHEAD}})
    assert len(sync.records("workbook_schedules")) == 1


def test_given_a_start_date_ahead_when_it_was_saved_then_nothing_is_read_nor_told(sigma: SigmaMock) -> None:
    del sigma
    config, saved = a_config(start_date="2027-01-01"), {"updatedAt": "2027-01-01T00:00:00.000Z"}
    assert read_changes("teams", config=config).state("teams") == saved
    sync = read_changes("teams", config=config, state={"teams": saved})
    assert (sync.records("teams"), sync.warnings()) == ([], [])
