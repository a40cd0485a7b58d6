from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import DAY, EVENTS, NOW_SECONDS, Client, running

SIMPLE = {
    *("id", "event.type", "groupID", "eventID", "projectID", "message", "title", "location", "culprit", "user"),
    *("tags", "platform", "dateCreated", "crashFile", "metadata"),
}


def second(stamp: object) -> int:
    return int(datetime.fromisoformat(str(stamp)).timestamp())


def test_given_today_when_events_are_paged_then_all_come_once_newest_first(today: Client) -> None:
    events = today.all(EVENTS, per_page=20)
    order = [(second(event["dateCreated"]), event["eventID"]) for event in events]
    assert [event["eventID"] for event in events] == today.sandbox.totals()["events"]["backend"]
    assert len(order) == len(set(order)) == 130
    assert order == sorted(order, reverse=True)


def test_given_today_when_events_are_listed_then_a_record_has_the_simple_fields(today: Client) -> None:
    assert set(today.get(EVENTS).json()[0]) == SIMPLE


@pytest.mark.parametrize("value", ["true", "1", "false"])
def test_given_today_when_full_is_not_empty_then_ten_complete_bodies_come(today: Client, value: str) -> None:
    answer = today.get(EVENTS, full=value, per_page=100)
    assert len(answer.json()) == 10
    assert answer.links["next"]["cursor"] == "0:10:0"
    assert {"entries", "contexts", "sdk", "dateReceived", "_meta"} <= set(answer.json()[0])
    assert not {"release", "nextEventID", "event.type"} & set(answer.json()[0])


def test_given_today_when_full_is_empty_then_bodies_are_simple(today: Client) -> None:
    assert set(today.get(EVENTS, full="").json()[0]) == SIMPLE


def test_given_today_when_events_share_a_second_then_the_greater_id_comes_first(today: Client) -> None:
    events = today.all(EVENTS)
    pairs = [(a, b) for a, b in pairwise(events) if second(a["dateCreated"]) == second(b["dateCreated"])]
    assert pairs
    assert all(a["eventID"] > b["eventID"] for a, b in pairs)


def test_given_today_when_events_are_listed_then_one_field_has_none_three_and_six_decimals(today: Client) -> None:
    assert {len(event["dateCreated"]) for event in today.all(EVENTS)} == {20, 24, 27}


def test_given_a_window_when_events_are_read_then_the_start_is_in_and_the_end_is_out(today: Client) -> None:
    seconds = [second(event["dateCreated"]) for event in today.all(EVENTS)]
    start, end = seconds[60], seconds[20]
    found = today.all(EVENTS, start=start, end=end)
    assert [second(event["dateCreated"]) for event in found] == [s for s in seconds if start <= s < end]
    assert start in seconds
    assert end not in [second(event["dateCreated"]) for event in found]


def test_given_an_offset_when_a_window_is_read_then_it_is_dropped_and_not_converted(today: Client) -> None:
    plain = today.all(EVENTS, start="2026-02-01T00:00:00Z", end="2026-02-10T00:00:00")
    shifted = today.all(EVENTS, start="2026-02-01T00:00:00+02:00", end="2026-02-10T00:00:00.123456Z")
    assert plain
    assert plain == shifted


@pytest.mark.parametrize(
    ("params", "detail"),
    [
        ({"start": "2026-02-01T00:00:00Z"}, "start and end are both required"),
        ({"end": "2026-02-01"}, "start and end are both required"),
        ({"start": "2026-02-01", "end": "2026-02-01"}, "start must be before end"),
        ({"start": "yesterday", "end": "2026-02-01"}, "yesterday is not a valid datetime query"),
        ({"start": "2026-02-01T00:00:00-02:00", "end": "2026-02-02"}, "2026-02-01T00:00:00-02:00 is not a valid"),
        ({"statsPeriod": "soon"}, "Invalid statsPeriod"),
        ({"per_page": "101"}, "Invalid per_page value. Cannot exceed 100."),
        ({"cursor": "garbage"}, "Invalid cursor parameter."),
        ({"cursor": "0:-1:0"}, "Invalid cursor parameter."),
    ],
)
def test_given_today_when_a_parameter_is_wrong_then_400(today: Client, params: dict[str, str], detail: str) -> None:
    answer = today.get(EVENTS, **params)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(detail)


def test_given_a_stats_period_when_start_and_end_are_there_too_then_it_wins(today: Client) -> None:
    week = today.all(EVENTS, statsPeriod="7d")
    assert week == today.all(EVENTS, statsPeriod="7d", start="2026-01-01", end="2026-01-02")
    assert 0 < len(week) < 130
    assert all(second(event["dateCreated"]) >= NOW_SECONDS - 7 * DAY for event in week)


def test_given_a_text_when_events_are_searched_then_messages_holding_it_come(today: Client) -> None:
    text = today.get(EVENTS).json()[0]["message"][5:15]
    found = today.all(EVENTS, query=text.upper())
    assert 0 < len(found) < 130
    assert all(text in event["message"] for event in found)


def test_given_new_events_when_paging_goes_on_then_rows_shift_unless_the_end_is_pinned() -> None:
    with running() as client:
        pinned: dict[str, Any] = {"start": NOW_SECONDS - 80 * DAY, "end": NOW_SECONDS}
        first, steady = client.get(EVENTS, per_page=10).json(), client.get(EVENTS, per_page=10, **pinned).json()
        client.sandbox.advance(3 * DAY)
        second_page = client.get(EVENTS, per_page=10, cursor="0:10:0").json()
        steady_page = client.get(EVENTS, per_page=10, cursor="0:10:0", **pinned).json()
        assert first == steady
        assert [event for event in second_page if event in first]
        assert not [event for event in steady_page if event in steady]


def test_given_time_passes_when_events_are_read_then_new_ones_are_there_and_those_past_retention_gone() -> None:
    with running() as client:
        before = client.all(EVENTS)
        client.sandbox.advance(10 * DAY)
        after = client.all(EVENTS)
        assert after[0] not in before
        assert before[-1] not in after
        assert [event["eventID"] for event in after] == client.sandbox.totals()["events"]["backend"]


def test_given_a_window_beyond_both_ends_when_events_are_read_then_retention_and_now_bound_it() -> None:
    with running() as client:
        client.sandbox.advance(10 * DAY)
        wide = client.all(EVENTS, start=NOW_SECONDS - 100 * DAY, end=NOW_SECONDS + 30 * DAY)
        assert wide == client.all(EVENTS)
        assert NOW_SECONDS - 80 * DAY <= second(wide[-1]["dateCreated"]) < second(wide[0]["dateCreated"])
        assert second(wide[0]["dateCreated"]) < NOW_SECONDS + 10 * DAY


def test_given_the_odd_projects_when_events_are_read_then_one_is_quiet_and_one_empty(today: Client) -> None:
    newest = today.get("/projects/acme/archive/events/").json()[0]
    assert NOW_SECONDS - 65 * DAY < second(newest["dateCreated"]) < NOW_SECONDS - 60 * DAY
    answer = today.get("/projects/acme/playground/events/")
    assert answer.json() == []
    assert answer.links["next"]["results"] == "false"
    assert today.get("/projects/acme/playground/").json()["firstEvent"] is None


def test_given_padding_when_full_events_are_read_then_each_has_that_many_bytes() -> None:
    with running(event_bytes=13_000, full_page=100) as client:
        answer = client.get(EVENTS, full="true")
        assert len(answer.json()) == 100
        assert len(answer.content) / 100 == pytest.approx(13_000, abs=20)


def test_given_two_sandboxes_of_a_seed_when_both_are_read_then_they_agree(today: Client) -> None:
    with running() as twin, running(seed=2) as other:
        assert twin.get(EVENTS).content == today.get(EVENTS).content
        assert other.get(EVENTS).content != today.get(EVENTS).content


def test_given_the_old_server_when_events_are_paged_then_all_come_in_full_with_numbers_for_ids(old: Client) -> None:
    pages = old.pages(EVENTS, per_page=50)
    events = [event for page in pages for event in page]
    assert [len(page) for page in pages] == [50, 50, 30]
    assert [event["eventID"] for event in events] == old.sandbox.totals()["events"]["backend"]
    assert all(event["id"].isdecimal() and event["id"] != event["eventID"] for event in events)
    assert "entries" in events[0]
    assert {len(event["dateCreated"]) for event in events} == {20, 24}
    assert [event["dateCreated"][:19] for event in events] == sorted(
        (e["dateCreated"][:19] for e in events), reverse=True
    )


def test_given_the_old_server_when_a_window_is_asked_for_then_it_is_ignored(old: Client) -> None:
    narrow: dict[str, Any] = {
        "start": "2026-02-01",
        "statsPeriod": "bogus",
        "environment": "x",
        "full": "1",
        "limit": 3,
    }
    assert old.get(EVENTS, **narrow).json() == old.get(EVENTS).json()


def test_given_the_old_server_when_the_first_page_comes_then_its_cursor_is_in_milliseconds(old: Client) -> None:
    answer = old.get(EVENTS, per_page=10)
    value, offset, is_prev = answer.links["next"]["cursor"].split(":")
    following = old.all(EVENTS, per_page=11)[10]
    assert abs(int(value) / 1000 - second(following["dateCreated"])) <= 1
    assert (int(offset) < 10, is_prev) == (True, "0")


@pytest.mark.parametrize("params", [{"per_page": 101}, {"per_page": "abc"}, {"cursor": "garbage"}, {"cursor": "1:2"}])
def test_given_the_old_server_when_paging_is_wrong_then_500(old: Client, params: dict[str, Any]) -> None:
    answer = old.get(EVENTS, **params)
    assert answer.status_code == 500
    assert answer.json()["detail"] == "Internal Error"
    assert len(answer.json()["errorId"]) == 32


@pytest.mark.parametrize(("size", "more"), [(0, "true"), (-1, "false")])
def test_given_the_old_server_when_no_row_is_asked_for_then_none_comes(old: Client, size: int, more: str) -> None:
    answer = old.get(EVENTS, per_page=size)
    assert answer.json() == []
    assert answer.links["next"]["results"] == more
