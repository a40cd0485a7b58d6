"""Time series: a row for each point, read in day windows whose tail is read again."""

from unit_tests.source_sentry.builders import BACKEND, NOW, Json, a_config
from unit_tests.source_sentry.sentry_mock import (
    SentryMock,
    SentryRequest,
    answer,
    organization_request,
    project_request,
)
from unit_tests.source_sentry.sync import project_states, read

SESSIONS = {"field": ["sum(session)", "count_unique(user)"], "groupBy": ["release", "environment", "session.status"]}
LAST_DAYS = a_config(start_date="2026-11-21T06:00:00Z")
DAYS = ("2026-11-21", "2026-11-22")


def sessions(start: str, end: str, interval: str = "1d") -> SentryRequest:
    return organization_request("sessions/", project="1", interval=interval, start=start, end=end, **SESSIONS)


def a_day(day: str, interval: str = "1d") -> SentryRequest:
    return sessions(f"{day}T00:00:00Z", f"{day}T23:59:59Z", interval)


def series(*intervals: str, **groups: list[int]) -> Json:
    """Answer with one group for each release; Sentry adds an interval, as it takes the end for inclusive."""
    return {
        "intervals": list(intervals),
        "groups": [
            {
                "by": {"release": release, "environment": None, "session.status": "healthy"},
                "totals": {"sum(session)": sum(values), "count_unique(user)": 1},
                "series": {"sum(session)": values, "count_unique(user)": [1] * len(values)},
            }
            for release, values in groups.items()
        ],
    }


def a_point(day: str, release: str, sessions: int) -> Json:
    return {
        "projectId": "1",
        "intervalStart": day,
        "release": release,
        "environment": "",
        "status": "healthy",
        "sessions": sessions,
        "users": 1,
    }


def test_given_groups_when_release_health_is_read_then_a_row_for_each_point_of_the_day(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    one, two, three = (f"2026-11-2{day}T00:00:00Z" for day in (1, 2, 3))
    sentry.answers(a_day(DAYS[0]), answer(series(one, two, v1=[5, 9], v2=[0, 0])))
    sentry.answers(a_day(DAYS[1]), answer(series(two, three, v1=[7, 0])))
    sync = read("release_health", config=LAST_DAYS)
    rows = sorted(sync.records("release_health"), key=lambda row: (row["intervalStart"], row["release"]))
    assert rows == [a_point(one, "v1", 5), a_point(one, "v2", 0), a_point(two, "v1", 7)]
    assert sync.state("release_health") == project_states("intervalStart", {"1": NOW})


def test_given_state_when_release_health_is_read_then_the_two_days_before_are_read_again(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    # Windows start in the middle of a day, as the state does: the day that begins in each is asked for
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        sentry.answers(a_day(day), answer(series(f"{day}T00:00:00Z", "2026-11-23T00:00:00+00:00", v1=[1, 2])))
    state = {"release_health": project_states("intervalStart", {"1": NOW})}
    sync = read("release_health", state=state)
    days = [row["intervalStart"][:10] for row in sync.records("release_health")]
    assert sorted(days) == ["2026-11-20", "2026-11-21", "2026-11-22"]


def test_given_hours_that_reach_the_limit_when_read_then_the_day_is_split(
    sentry: SentryMock,
) -> None:
    hours = [f"2026-11-22T{hour:02}:00:00Z" for hour in range(10)]
    sentry.answers_projects(BACKEND)
    crowded = {f"v{number}": [1] * 10 for number in range(910)}
    whole = sessions("2026-11-22T00:00:00Z", "2026-11-22T09:59:59Z", "1h")
    sentry.answers(whole, answer(series(*hours, **crowded)))
    halves = (
        (hours[:5], ("2026-11-22T00:00:00Z", "2026-11-22T04:59:59Z")),
        (
            hours[5:],
            ("2026-11-22T05:00:00Z", "2026-11-22T09:59:59Z"),
        ),
    )
    for part, (start, end) in halves:
        sentry.answers(sessions(start, end, "1h"), answer(series(*part, v0=[1] * 5)))
    sync = read("release_health_hourly", config=a_config(start_date="2026-11-22T00:00:00Z"))
    assert sorted(row["intervalStart"] for row in sync.records("release_health_hourly")) == hours


def test_given_a_day_that_reaches_the_limit_when_read_then_an_error_and_no_row_of_it(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    day = "2026-11-22T00:00:00Z"
    sentry.answers(a_day(DAYS[1]), answer(series(day, **{f"v{number}": [1] for number in range(5000)})))
    sync = read("release_health", config=a_config(start_date=day), fails=True)
    ((message, kind),) = sync.errors("release_health")
    assert (sync.records("release_health"), kind) == ([], "config_error")
    assert "of project `backend` has 10000 points, at which Sentry silently cuts it" in message


def test_given_outcomes_when_read_then_a_row_for_each_of_the_day(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    day = "2026-11-22T00:00:00Z"
    asked = organization_request(
        "stats_v2/",
        project="1",
        interval="1d",
        field=["sum(quantity)", "sum(times_seen)"],
        groupBy=["category", "outcome", "reason"],
        start=day,
        end="2026-11-22T23:59:59Z",
    )
    by = {"category": "error", "outcome": "filtered", "reason": "browser-extensions"}
    group = {"by": by, "totals": {}, "series": {"sum(quantity)": [3], "sum(times_seen)": [2]}}
    sentry.answers(asked, answer({"start": day, "end": day, "intervals": [day], "groups": [group]}))
    sync = read("usage_outcomes", config=a_config(start_date=day))
    assert sync.records("usage_outcomes") == [
        {"projectId": "1", "intervalStart": day, **by, "quantity": 3, "timesSeen": 2}
    ]


def test_given_summary_when_read_then_a_row_for_each_outcome_of_the_day(sentry: SentryMock) -> None:
    stats = {"category": "error", "outcomes": {"accepted": 5, "filtered": 1}, "totals": {"dropped": 1}}
    for day in DAYS:
        asked = organization_request(
            "stats-summary/",
            project="-1",
            field="sum(quantity)",
            start=f"{day}T00:00:00Z",
            end=f"{day}T23:59:59Z",
        )
        projects = [{"id": "1", "slug": "backend", "stats": [stats]}]
        sentry.answers(asked, answer({"start": day, "end": day, "projects": projects if day == DAYS[0] else []}))
    sync = read("usage_summary", config=LAST_DAYS)
    row = {"projectId": "1", "projectSlug": "backend", "intervalStart": f"{DAYS[0]}T00:00:00Z", "category": "error"}
    assert sync.records("usage_summary") == [
        {**row, "outcome": "accepted", "quantity": 5},
        {**row, "outcome": "filtered", "quantity": 1},
    ]
    assert sync.state("usage_summary") == {"intervalStart": f"{DAYS[0]}T00:00:00Z"}


def test_given_points_when_read_then_a_row_for_each_day(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    asked = project_request(
        "backend", "stats/", stat="received", resolution="1d", since="1795305600", until="1795391999"
    )
    sentry.answers(asked, answer([[1795305600, 12]]))
    sync = read("project_stats", config=a_config(start_date="2026-11-22T00:00:00Z"))
    assert sync.records("project_stats") == [{"projectId": "1", "intervalStart": "2026-11-22T00:00:00Z", "count": 12}]
