"""The rules of Explore's requests, and its pages by row number."""

from itertools import groupby, pairwise
from typing import Any

import pytest

from saas_sandbox.sentry.settings import Token
from unit_tests.saas_sandbox.sentry.client import DAY, EVENTS, NOW_SECONDS, Client, running
from unit_tests.saas_sandbox.sentry.explore import (
    EXPLORE,
    PLAIN,
    ask,
    detail,
    following,
    ids,
    pages,
    rows,
    second,
    stamp,
)

DATASETS = ["errors", "logs", "spans", "tracemetrics", "uptime_results"]
SCAN: dict[str, Any] = {"start": stamp(NOW_SECONDS - 20 * DAY), "end": stamp(NOW_SECONDS)}


def key_of(dataset: str) -> str:
    return "check_id" if dataset == "uptime_results" else "id"


def test_given_errors_when_all_pages_are_read_then_they_are_the_events_of_the_project(today: Client) -> None:
    found = rows(today, per_page=20)
    assert ids(found) == today.sandbox.totals()["events"]["backend"][::-1]
    assert len(pages(today, per_page=20)) == 7
    events = {event["eventID"]: event for event in today.all(EVENTS)}
    assert all(second(row["timestamp"]) == second(events[row["id"]]["dateCreated"]) for row in found)


def test_given_errors_when_fields_are_asked_then_they_agree_with_events_and_issues(today: Client) -> None:
    fields = ["id", "issue.id", "title", "environment", "level", "release", "user.email", "trace", "tags[os]", "dist"]
    (row, *_) = rows(today, field=["timestamp", *fields])
    event = today.get(EVENTS, full=1, per_page=100, start=row["timestamp"], end=stamp(second(row["timestamp"]) + 1))
    (body,) = [found for found in event.json() if found["eventID"] == row["id"]]
    tags = {tag["key"]: tag["value"] for tag in body["tags"]}
    assert (str(row["issue.id"]), row["title"], row["user.email"]) == (
        body["groupID"],
        body["title"],
        body["user"]["email"],
    )
    assert (row["tags[os]"], row["level"], row["environment"]) == (tags["os"], tags["level"], tags["environment"])
    assert (row["release"], row["trace"]) == (tags.get("release"), body["contexts"]["trace"]["trace_id"])
    assert row["dist"] is None


@pytest.mark.parametrize("dataset", DATASETS)
def test_given_a_dataset_when_it_is_read_then_its_ids_are_those_of_the_totals(dataset: str) -> None:
    stream = {"errors": "error_rows", "tracemetrics": "trace_metrics"}.get(dataset, dataset)
    with running(global_views=True) as client:
        key = key_of(dataset)
        window = {} if key == "check_id" or dataset == "errors" else {"start": stamp(NOW_SECONDS - 30 * DAY)}
        window = window and {**window, "end": stamp(NOW_SECONDS)}
        found = rows(client, dataset, project=-1, field=[key, "timestamp"], sort=["timestamp", key], **window)
        assert sorted(row[key] for row in found) == sorted(client.sandbox.totals()[stream])
        assert len(found) > 200


def test_given_no_dataset_when_rows_are_read_then_they_are_errors(today: Client) -> None:
    answer = today.get(EXPLORE, field=PLAIN, sort=["timestamp", "id"], project=1)
    assert answer.json()["data"] == ask(today, sort=["timestamp", "id"]).json()["data"]
    assert answer.json()["meta"]["dataset"] == "discover"


def test_given_the_old_name_when_logs_are_read_then_it_works(today: Client) -> None:
    assert (
        ask(today, "ourlogs", sort=["timestamp", "id"]).json()["data"]
        == (ask(today, "logs", sort=["timestamp", "id"]).json()["data"])
    )


def test_given_an_unknown_dataset_when_it_is_asked_then_400_names_the_known(today: Client) -> None:
    assert detail(ask(today, "bogus")).startswith("dataset must be one of: discover, errors, logs")
    with running(unknown_datasets=("tracemetrics",), missing_datasets=("logs",)) as client:
        assert "tracemetrics" not in detail(ask(client, "tracemetrics"))
        lacking = ask(client, "logs")
        assert (lacking.status_code, lacking.content) == (404, b"")
        totals = client.sandbox.totals()
        assert (totals["logs"], totals["trace_metrics"]) == ([], [])


def test_given_the_old_generation_when_it_is_asked_then_404(old: Client) -> None:
    assert ask(old).status_code == 404
    assert "error_rows" not in old.sandbox.totals()


@pytest.mark.parametrize("most", [50, 20])
def test_given_more_fields_than_a_request_may_have_when_asked_then_400_names_the_number(most: int) -> None:
    with running(explore_fields=most) as client:
        fields = ["id", *(f"tags[t{number}]" for number in range(most))]
        assert len(ask(client, field=fields[:-1]).json()["data"][0]) == most
        assert detail(ask(client, field=fields)) == (
            f"You can view up to {most} fields at a time. Please delete some and try again."
        )


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"field": []}, "No columns selected"),
        ({"field": ["id", "bad field"]}, "Invalid characters in field bad field"),
        ({"field": ["p99(x)"]}, "p99() is not a valid function"),
        ({"sort": "title"}, "orderby must also be in the selected columns or groupby"),
        ({"orderby": "-title"}, "orderby must also be in the selected columns or groupby"),
        ({"start": "2026-03-01T00:00:00"}, "start and end are both required"),
        ({"end": "2026-03-01T00:00:00"}, "start and end are both required"),
        ({"start": "2026-03-01T00:00:00", "end": "2026-03-01T00:00:00"}, "start must be before end"),
        ({"start": "2026-03-01T00:00:00.1", "end": "2026-03-01T00:00:00.9"}, "start must be before end"),
        ({"project": "backend"}, "Invalid project parameter. Values must be numbers."),
        ({"project": -1}, "You cannot view events from multiple projects."),
        ({"project": [1, 2]}, "You cannot view events from multiple projects."),
        ({"per_page": 101}, "Invalid per_page value. Cannot exceed 100."),
        ({"per_page": 0}, "Invalid per_page value. Must be between 1 and 100."),
        ({"cursor": "nonsense"}, "Invalid cursor parameter."),
        ({"sampling": "SOME"}, "sampling mode: SOME is not supported"),
        ({"query": "timestamp:>soon"}, "timestamp: Invalid date: soon. Expected +/-duration (e.g. +1h) or ISO 8601."),
    ],
)
def test_given_a_wrong_parameter_when_it_is_asked_then_400_says_so(
    today: Client, params: dict[str, Any], words: str
) -> None:
    assert detail(ask(today, **params)) == words


@pytest.mark.parametrize(
    ("dataset", "most"),
    [("errors", 100), ("spans", 100), ("uptime_results", 100), ("logs", 9999), ("tracemetrics", 9999)],
)
def test_given_a_dataset_when_its_largest_page_is_passed_then_400(today: Client, dataset: str, most: int) -> None:
    window = {"start": stamp(NOW_SECONDS - 31 * DAY), "end": stamp(NOW_SECONDS)}
    (counted,) = ask(today, dataset, field="count()", **window).json()["data"]
    answer = ask(today, dataset, field=["timestamp"], per_page=most, **window)
    assert len(answer.json()["data"]) == min(most, counted["count()"])
    assert detail(ask(today, dataset, per_page=most + 1)) == f"Invalid per_page value. Cannot exceed {most}."


@pytest.mark.parametrize("dataset", DATASETS)
def test_given_a_window_when_it_is_read_then_the_start_is_in_and_the_end_is_out(today: Client, dataset: str) -> None:
    key = key_of(dataset)
    asked: dict[str, Any] = {"field": [key, "timestamp"], "sort": ["timestamp", key]}
    everything = rows(today, dataset, **asked, **SCAN)
    first, last = (second(everything[place]["timestamp"]) for place in (5, 25))
    inside = rows(today, dataset, **asked, start=stamp(first), end=stamp(last))
    assert inside == [row for row in everything if first <= second(row["timestamp"]) < last]
    assert everything[5] in inside
    assert everything[25] not in inside


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_given_two_sorts_when_pages_of_several_projects_are_read_then_the_order_is_total(
    dataset: str, sign: str
) -> None:
    key = key_of(dataset)
    with running(global_views=True) as client:
        asked = {"project": -1, "field": [key, "timestamp"], "sort": [f"{sign}timestamp", f"{sign}{key}"], **SCAN}
        found = rows(client, dataset, per_page=17, **asked)
        order = [(row["timestamp"], row[key]) for row in found]
        assert order == sorted(order, reverse=bool(sign))
        assert len(order) == len(set(order)) > 40
        seconds = [second(row["timestamp"]) for row in found]
        assert any(one == other for one, other in pairwise(seconds))


def test_given_one_sort_when_rows_share_a_moment_then_their_order_differs_between_requests() -> None:
    with running(burst=40) as client:
        window = {"start": stamp(NOW_SECONDS - DAY), "end": stamp(NOW_SECONDS - DAY + 1)}
        first, again = (ids(rows(client, "logs", sort="timestamp", **window)) for _ in range(2))
        assert sorted(first) == sorted(again)
        assert first != again
        assert len({row["timestamp"] for row in rows(client, "logs", **window)}) <= 2
        pair = [ids(rows(client, "logs", **window)) for _ in range(2)]
        assert pair[0] == pair[1]


def test_given_a_server_that_takes_one_sort_when_two_are_asked_then_400() -> None:
    with running(explore_sorts=1) as client:
        assert detail(ask(client, sort=["timestamp", "id"])) == "Cannot sort by more than 1 columns"
        assert ask(client, sort="timestamp").status_code == 200


def test_given_another_column_when_rows_are_sorted_by_it_then_in_its_order(today: Client) -> None:
    found = rows(today, field=["id", "title", "release"], sort=["-release", "title"], per_page=30)
    assert len(found) == 130
    assert [name for name, _ in groupby(found, lambda row: row["release"])] == (
        sorted({row["release"] for row in found if row["release"]}, reverse=True)
        + ([None] if any(row["release"] is None for row in found) else [])
    )


def test_given_the_cap_when_a_page_would_pass_it_then_400_and_without_it_rows_come() -> None:
    with running(explore_cap=100) as client:
        answer = ask(client, sort=["timestamp", "id"], per_page=50, cursor="0:50:0")
        assert answer.links["next"]["cursor"] == "0:100:0"
        assert answer.links["next"]["results"] == "true"
        assert detail(ask(client, per_page=50, cursor="0:100:0")) == "Cannot page beyond 100 rows."
        assert ask(client, field="count()", per_page=100, cursor="0:100:0").json()["data"] == []
        client.sandbox.configure(explore_cap=0)
        assert len(ask(client, per_page=50, cursor="0:100:0").json()["data"]) == 30


def test_given_new_and_deleted_events_when_pages_are_read_then_they_drift() -> None:
    with running() as client:
        newest_first: dict[str, Any] = {"sort": ["-timestamp", "-id"], "per_page": 10}
        first = ask(client, **newest_first)
        cursor = first.links["next"]["cursor"]
        assert cursor == "0:10:0"
        issue = client.get(EVENTS).json()[0]["groupID"]
        client.sandbox.add_events(issue, 3)
        client.sandbox.advance(1)
        second_page = ask(client, **newest_first, cursor=cursor).json()["data"]
        assert ids(second_page)[:3] == ids(first.json()["data"])[-3:]
        before = ids(rows(client))
        client.sandbox.delete_issue(issue)
        assert ids(rows(client)) == client.sandbox.totals()["events"]["backend"][::-1]
        assert len(rows(client)) < len(before)


@pytest.mark.parametrize("dataset", DATASETS)
def test_given_the_clock_when_it_moves_then_rows_appear(dataset: str) -> None:
    with running() as client:
        asked = {"start": stamp(NOW_SECONDS - DAY), "end": stamp(NOW_SECONDS + 20 * DAY), "field": "count()"}
        (before,) = ask(client, dataset, **asked).json()["data"]
        client.sandbox.advance(10 * DAY)
        (after,) = ask(client, dataset, **asked).json()["data"]
        assert after["count()"] > before["count()"] > 0


@pytest.mark.parametrize("dataset", DATASETS)
def test_given_late_rows_when_time_passes_then_they_are_found_behind_others(dataset: str) -> None:
    key = key_of(dataset)
    asked: dict[str, Any] = {"field": [key, "timestamp"], "sort": ["timestamp", key], "query": "has:timestamp"}
    with running(late_seconds=12 * DAY) as client:
        window = {"start": stamp(NOW_SECONDS - 15 * DAY), "end": stamp(NOW_SECONDS)}
        before = rows(client, dataset, **asked, **window)
        client.sandbox.advance(12 * DAY)
        after = rows(client, dataset, **asked, **window)
        late = [row for row in after if row not in before]
        assert late
        assert [row for row in after if row in before] == before
        assert second(late[0]["timestamp"]) < second(before[-1]["timestamp"])


def test_given_nothing_to_see_when_it_is_asked_then_an_empty_answer_without_link() -> None:
    with running(tokens={"sntryu_none": Token(projects=())}) as client:
        answer = ask(client, project=-1)
        assert answer.json() == {"data": [], "meta": {"tips": {}}}
        assert "Link" not in answer.headers


def test_given_a_project_without_data_when_it_is_asked_then_no_rows_and_no_next_page(today: Client) -> None:
    for dataset in DATASETS:
        answer = ask(today, dataset, project=4, field="timestamp")
        assert answer.json()["data"] == []
        assert answer.links["next"]["results"] == "false"


def test_given_no_pagination_when_it_is_asked_then_one_page_without_link(today: Client) -> None:
    answer = ask(today, noPagination=1)
    assert (len(answer.json()["data"]), "Link" in answer.headers) == (100, False)


def test_given_a_foreign_project_or_a_scope_when_it_lacks_then_403(today: Client) -> None:
    assert ask(today, project=77).status_code == 403
    assert ask(today, token="sntrys_any").status_code == 403


def test_given_limits_when_requests_come_then_thirty_a_second_and_fifteen_at_once() -> None:
    with running(limits="saas") as client:
        headers = ask(client).headers
        names = ("Limit", "ConcurrentLimit", "ConcurrentRemaining")
        assert [headers[f"X-Sentry-Rate-Limit-{name}"] for name in names] == ["30", "15", "14"]
        assert client.sandbox.stats()["budget"] == {"explore": 1}


def test_given_faults_of_cursors_when_pages_are_read_then_they_strike() -> None:
    with running(faults=("repeat_cursor:1", "equals_cursor:1")) as client:
        cursor, _ = following(ask(client, per_page=10))
        assert "=" in cursor
        assert following(ask(client, per_page=10, cursor=cursor)) == (cursor, True)
