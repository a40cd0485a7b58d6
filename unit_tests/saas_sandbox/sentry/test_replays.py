from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import DAY, Client, running

REPLAYS = "/organizations/acme/replays/"


@pytest.fixture(scope="module")
def replays(today: Client) -> list[dict[str, Any]]:
    return [row for page in envelopes(today, project=1) for row in page]


def envelopes(client: Client, **params: Any) -> list[list[dict[str, Any]]]:
    pages: Any = client.pages(REPLAYS, **params)
    return [page["data"] for page in pages]


def below(replay: dict[str, Any], path: str) -> str:
    return f"/projects/acme/backend/replays/{replay['id']}/{path}"


def test_given_replays_when_they_are_listed_then_in_pages_newest_first_and_one_project_at_a_time(
    today: Client, replays: list[dict[str, Any]]
) -> None:
    assert [row for page in envelopes(today, project=1, per_page=5) for row in page] == replays
    started = [row["started_at"] for row in replays if row["started_at"]]
    assert started == sorted(started, reverse=True)
    assert all(moment.endswith("+00:00") for moment in started)
    assert today.get(REPLAYS, project=-1).status_code == 400
    assert len(today.sandbox.totals()["replays"]) == 2 * len(replays)


def test_given_a_replay_over_midnight_when_both_days_are_asked_then_each_has_it(
    today: Client, replays: list[dict[str, Any]]
) -> None:
    (row, *_) = [row for row in replays if row["started_at"] and row["started_at"][:10] != row["finished_at"][:10]]
    day, following = row["started_at"][:10], row["finished_at"][:10]
    on_its_last_day = envelopes(today, project=1, start=f"{following}T00:00:00", end=f"{following}T23:59:59")
    assert row["id"] in [found["id"] for page in on_its_last_day for found in page]
    assert day < following


def test_given_fields_when_some_are_asked_then_only_those_come_and_unknown_ones_are_refused(today: Client) -> None:
    rows = envelopes(today, project=1, field=["id", "count_errors"])[0]
    assert set(rows[0]) == {"id", "count_errors"}
    for name in ("ota_updates", "replay_type"):
        assert today.get(REPLAYS, project=1, field=name).status_code == 400


def test_given_an_archived_replay_when_it_is_read_then_little_is_left(replays: list[dict[str, Any]]) -> None:
    (row, *_) = [row for row in replays if row["is_archived"]]
    assert (row["started_at"], row["tags"], row["user"]["id"]) == (None, [], "Archived Replay")


def test_given_a_replay_when_its_parts_are_read_then_they_are_as_many_as_it_says(
    today: Client, replays: list[dict[str, Any]]
) -> None:
    for row in replays:
        segments: Any = today.get(below(row, "recording-segments/")).json()
        clicks = today.get(below(row, "clicks/")).json()["data"]
        viewers = today.get(below(row, "viewed-by/")).json()["data"]["viewed_by"]
        assert len(segments) == (row["count_segments"] or 0)
        assert all(isinstance(segment, list) for segment in segments)
        assert len(clicks) == len(row["clicks"] or [])
        assert bool(viewers) == bool(row["has_viewed"]) or row["is_archived"]
    assert today.get("/projects/acme/backend/replays/0123/clicks/").status_code == 404


def test_given_the_clock_when_it_moves_then_replays_appear() -> None:
    with running() as client:
        before = client.sandbox.totals()["replays"]
        client.sandbox.advance(20 * DAY)
        assert set(client.sandbox.totals()["replays"]) - set(before)
