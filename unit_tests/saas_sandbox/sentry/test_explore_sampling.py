"""Windows that are read in part, or not at all; and pages by key."""

from itertools import pairwise
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import DAY, NOW_SECONDS, Client, running
from unit_tests.saas_sandbox.sentry.explore import ask, detail, following, ids, rows, stamp

SAMPLED = ["logs", "spans", "tracemetrics"]
FLEX: dict[str, Any] = {"sampling": "HIGHEST_ACCURACY_FLEX_TIME", "sort": ["-timestamp", "-id"]}
HOUR = 3600
KEYS = ["timestamp", "timestamp_precise", "id"]


def window(start: int, end: int = 0) -> dict[str, str]:
    """From so many seconds before now to so many."""
    return {"start": stamp(NOW_SECONDS - start), "end": stamp(NOW_SECONDS - end)}


def scanned(client: Client, dataset: str, **params: Any) -> tuple[Any, ...]:
    """What the meta says, and how many rows came."""
    answer = ask(client, dataset, **params).json()
    return answer["meta"]["dataScanned"], len(answer["data"])


@pytest.mark.parametrize("dataset", SAMPLED)
def test_given_a_long_window_with_much_in_it_when_it_is_read_then_an_eighth_comes(dataset: str) -> None:
    with running(items_per_day=200, scan_rows=30) as client:
        assert scanned(client, dataset, **window(4 * HOUR)) == ("partial", pytest.approx(4, abs=1))
        assert scanned(client, dataset, **window(4 * HOUR - 1)) == ("full", pytest.approx(33, abs=1))
        accurate = scanned(client, dataset, **window(4 * HOUR), sampling="HIGHEST_ACCURACY")
        assert accurate == ("full", pytest.approx(33, abs=1))
        few = scanned(client, dataset, **window(4 * HOUR), query="attribute.0:nothing")
        assert few == ("partial", 0)
        client.sandbox.configure(scan_rows=50)
        assert scanned(client, dataset, **window(4 * HOUR))[0] == "full"


@pytest.mark.parametrize("dataset", SAMPLED)
@pytest.mark.parametrize("sampling", ["NORMAL", "HIGHEST_ACCURACY"])
def test_given_a_start_before_the_retention_when_it_is_read_then_an_eighth_comes(dataset: str, sampling: str) -> None:
    with running(explore_retention_days=10) as client:
        early = window(11 * DAY + 1, 9 * DAY)
        assert scanned(client, dataset, **early, sampling=sampling) == ("partial", pytest.approx(1, abs=1))
        assert scanned(client, dataset, **window(11 * DAY, 9 * DAY), sampling=sampling)[0] == "full"
        (counted,) = ask(client, dataset, **early, field="count()").json()["data"]
        assert counted["count()"] in (0, 8, 16)


@pytest.mark.parametrize("dataset", ["errors", "uptime_results"])
def test_given_a_dataset_that_is_never_sampled_when_it_is_read_then_all_rows_come(dataset: str) -> None:
    with running(items_per_day=200, scan_rows=30, explore_retention_days=10) as client:
        answer = ask(client, dataset, **window(20 * DAY), field="timestamp").json()
        assert "dataScanned" not in answer["meta"]
        assert len(answer["data"]) > 20


@pytest.mark.parametrize(
    ("status", "words"), [("400", "Query timeout. Please try again."), ("429", "Query rate limit")]
)
@pytest.mark.parametrize("dataset", ["errors", *SAMPLED])
def test_given_a_window_with_too_much_in_it_when_it_is_read_then_it_times_out(
    dataset: str, status: str, words: str
) -> None:
    with running(timeout_rows=30, timeout=status) as client:
        answer = ask(client, dataset, **window(29 * DAY))
        assert answer.status_code == int(status)
        assert words in answer.json()["detail"]
        assert ask(client, dataset, **window(3 * DAY)).status_code == 200


def test_given_a_window_before_the_retention_of_all_when_it_is_read_then_it_is_empty(today: Client) -> None:
    assert ask(today, "logs", **window(100 * DAY, 95 * DAY)).json()["data"] == []


def by_key(client: Client, dataset: str, **params: Any) -> list[list[dict[str, Any]]]:
    """Follow the tokens to the end."""
    found: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    more = True
    while more:
        answer = ask(client, dataset, **{**FLEX, **params, **cursor})
        token, more = following(answer)
        assert not more or "=" in token
        cursor = {"cursor": token}
        found.append(answer.json()["data"])
        assert len(found) < 200
    return found


@pytest.mark.parametrize("dataset", SAMPLED)
@pytest.mark.parametrize("size", [3, 50])
def test_given_flex_time_when_pages_are_read_then_all_rows_come_newest_first(dataset: str, size: int) -> None:
    with running(burst=11, scan_rows=1, explore_cap=50, timeout_rows=20) as client:
        pages = by_key(client, dataset, per_page=size, **window(5 * DAY))
        client.sandbox.configure(explore_cap=0, timeout_rows=0, scan_rows=1000)
        found = [row for page in pages for row in page]
        assert ids(found) == ids(rows(client, dataset, **window(5 * DAY)))[::-1]
        assert len(found) == 31


def test_given_flex_time_when_a_part_of_the_window_is_empty_then_so_are_pages() -> None:
    with running(flex_hours=2) as client:
        pages = by_key(client, "logs", per_page=50, **window(2 * DAY))
        assert [] in pages[:-1]
        assert len(pages) == 24
        assert sum(map(len, pages)) == 8


def test_given_flex_time_when_rows_come_and_go_then_pages_do_not_drift() -> None:
    with running() as client:
        span = {"start": stamp(NOW_SECONDS - 3 * DAY), "end": stamp(NOW_SECONDS + DAY)}
        first = ask(client, "spans", **FLEX, **span, per_page=5)
        rest = ask(client, "spans", **FLEX, **span, per_page=5, cursor=following(first)[0]).json()["data"]
        client.sandbox.advance(DAY)
        again = ask(client, "spans", **FLEX, **span, per_page=5, cursor=following(first)[0]).json()["data"]
        assert rest == again
        assert rest


def test_given_logs_when_only_the_date_is_sorted_by_then_flex_time_adds_the_other_keys() -> None:
    with running(burst=20) as client:
        pages = by_key(client, "logs", sort="-timestamp", field=["timestamp", "message"], per_page=4, **window(3 * DAY))
        found = [row for page in pages for row in page]
        assert set(found[0]) == {"timestamp", "message", "timestamp_precise", "id"}
        order = [(row["timestamp"], row["timestamp_precise"], row["id"]) for row in found]
        assert order == sorted(order, reverse=True)
        assert len({*order}) == len(order)
        plain = {"sort": [f"-{name}" for name in KEYS], "field": KEYS, **window(3 * DAY)}
        assert [key[-1] for key in order] == ids(rows(client, "logs", **plain))


@pytest.mark.parametrize(
    "params",
    [
        {"sort": ["timestamp", "id"]},
        {"sort": ["-timestamp", "id"]},
        {"sort": ["-id", "-timestamp"]},
        {"sort": []},
        {"sort": ["-timestamp", "-id"], "field": ["timestamp", "id", "count()"]},
    ],
)
def test_given_another_order_when_flex_time_is_asked_then_400(today: Client, params: dict[str, Any]) -> None:
    asked = {**FLEX, **params, **window(DAY)}
    assert detail(ask(today, "spans", **asked)) == (
        "Flex time needs plain columns, sorted by -timestamp first and -id last."
    )


@pytest.mark.parametrize("token", ["MDox", "0:100:0", "%", "WzEsIDIsIDNd"])
def test_given_a_cursor_that_is_no_token_when_flex_time_is_asked_then_400(today: Client, token: str) -> None:
    assert detail(ask(today, "logs", **FLEX, **window(DAY), cursor=token)) == "Invalid cursor parameter."


def test_given_an_older_server_when_flex_time_is_asked_then_400_says_so() -> None:
    with running(flex=False) as client:
        answer = ask(client, "logs", **FLEX, **window(DAY))
        assert detail(answer) == "sampling mode: HIGHEST_ACCURACY_FLEX_TIME is not supported"
        assert ask(client, "logs", sampling="HIGHEST_ACCURACY", **window(DAY)).status_code == 200


def test_given_a_cursor_that_repeats_when_flex_time_is_read_then_it_leads_to_itself() -> None:
    with running(faults=("repeat_cursor:1",), burst=20) as client:
        asked: dict[str, Any] = {**FLEX, **window(3 * DAY), "per_page": 2}
        cursor, _ = following(ask(client, "logs", **asked))
        repeated, more = following(ask(client, "logs", **asked, cursor=cursor))
        assert (repeated, more) == (cursor, True)


def test_given_generated_rows_when_they_are_numbered_then_some_share_a_millisecond_but_no_id(today: Client) -> None:
    found = rows(today, "logs", field=["id", "timestamp", "timestamp_precise"], **window(20 * DAY))
    pairs = [(one, other) for one, other in pairwise(found) if one["timestamp"] == other["timestamp"]]
    assert len(pairs) > 5
    assert all(one["timestamp_precise"] != other["timestamp_precise"] for one, other in pairs)
    assert len({row["id"] for row in found}) == len(found)
