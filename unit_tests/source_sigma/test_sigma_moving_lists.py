"""Lists that change while they are read, and answers that do not agree with themselves: no entry is lost in silence."""

import pytest

from sourcewright.http import paging
from unit_tests.source_sigma.builders import UPDATED, Json
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, answer, entries, token_entries
from unit_tests.source_sigma.sync import read

FIRST = SigmaRequest("v2/teams", {"limit": "1000"})
TEAMS = "http://sigma.test:9001/v2/teams"


def page(token: str) -> SigmaRequest:
    return SigmaRequest("v2/teams", {"limit": "1000", "page": token})


def teams(*numbers: int) -> list[Json]:
    return [{"teamId": f"team-{number}", "updatedAt": UPDATED} for number in numbers]


def read_numbers() -> list[int]:
    return [int(row["teamId"].removeprefix("team-")) for row in read("teams").records("teams")]


def test_given_row_numbers_when_read_then_pages_share_a_row_that_comes_once(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, entries(*teams(0, 1, 2), next_page="3", total=6))
    sigma.answers(page("2"), entries(*teams(2, 3, 4), next_page="5", total=6))
    sigma.answers(page("4"), entries(*teams(4, 5), total=6))
    assert read_numbers() == [0, 1, 2, 3, 4, 5]


def test_given_rows_that_vanish_from_a_list_by_row_number_when_read_then_no_other_is_lost(sigma: SigmaMock) -> None:
    whole = entries(*teams(0, 1, 2), next_page="3", total=6)
    without_two = entries(*teams(2, 3, 4), next_page="3", total=4)
    sigma.answers(FIRST, whole, without_two, without_two)
    sigma.answers(page("2"), *[entries(*teams(4, 5), total=4)] * 3)
    assert read_numbers() == [0, 1, 2, 4, 5, 3]


def test_given_so_many_rows_that_vanish_that_a_page_is_empty_when_read_then_no_other_is_lost(sigma: SigmaMock) -> None:
    whole, rest = entries(*teams(0, 1, 2), next_page="3", total=4), entries(*teams(3), total=1)
    sigma.answers(FIRST, whole, rest, rest)
    sigma.answers(page("2"), entries(total=1))
    assert read_numbers() == [0, 1, 2, 3]


def test_given_rows_that_vanish_from_an_opaque_list_when_its_total_falls_then_no_other_is_lost(
    sigma: SigmaMock,
) -> None:
    whole = entries(*teams(0, 1, 2), next_page="x", total=6)
    without_two = entries(*teams(2, 3, 4), next_page="x", total=4)
    sigma.answers(FIRST, whole, without_two, without_two)
    sigma.answers(page("x"), *[entries(*teams(5), total=4)] * 3)
    assert read_numbers() == [0, 1, 2, 5, 3, 4]


def test_given_page_numbers_when_read_then_every_page_comes(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, entries(*teams(0, 1), next_page="2"))
    sigma.answers(page("1"), entries(*teams(0, 1), next_page="2"))
    sigma.answers(page("2"), entries(*teams(2, 3), next_page="3"))
    sigma.answers(page("3"), entries(*teams(4)))
    assert read_numbers() == [0, 1, 2, 3, 4]


def test_given_totals_of_the_page_alone_when_read_then_once_is_enough(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, entries(*teams(0, 1), next_page="x", total=2))
    sigma.answers(page("x"), entries(*teams(2), total=1))
    assert read_numbers() == [0, 1, 2]


@pytest.mark.parametrize("total", [True, "99", -1, 1.5, 10**400])
def test_given_a_total_that_is_none_when_read_then_it_says_nothing(total: object, sigma: SigmaMock) -> None:
    sigma.answers(FIRST, answer({"entries": teams(0), "total": total}))
    assert read_numbers() == [0]


def test_given_a_total_that_never_comes_when_read_then_it_is_read_again_and_told(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, *[entries(*teams(0, 1), total=5)] * 2)
    sync = read("teams")
    assert len(sync.records("teams")) == 2
    assert sync.warnings() == [
        f"{TEAMS} says that there are 5 in all, and 2 entries came, as often as it was read: the others may be missing."
    ]


@pytest.mark.parametrize(
    ("count", "says", "total", "readings"),
    [
        (1, {"hasMore": True}, "more", 1),
        (2, {"hasMore": True, "total": 5}, "5 in all", 2),
        (1000, {"hasMore": True}, "more", 1),
        (1000, {"hasMore": True, "total": 1000}, "1000 in all", 1),
        (1000, {"total": 1001}, "1001 in all", 2),
    ],
)
def test_given_more_entries_and_no_token_when_read_then_the_stream_fails(
    count: int, says: Json, total: str, readings: int, sigma: SigmaMock
) -> None:
    sigma.answers(FIRST, *[answer({"entries": teams(*range(count)), **says})] * readings)
    ((message, kind),) = read("teams", fails=True).errors("teams")
    assert message == (
        f"{TEAMS} ended after {count} entries, with no token of a next page, and says that there are {total}. A proxy "
        "in front of Sigma may change its answers. The next sync reads this list again."
    )
    assert kind == "transient_error"


def test_given_entries_without_a_key_of_their_own_when_they_come_again_then_each_is_read_once(sigma: SigmaMock) -> None:
    # Two of one data model: what they name is another than the one that they are of
    first, second = ({"type": "data-model", "dataModelId": "d", "versionTagId": f"{number}"} for number in (1, 2))
    sigma.answers(SigmaRequest("v2/dataModels", {"limit": "1000"}), entries({"dataModelId": "p"}))
    path, size = "v2/dataModels/p/sources", {"pageSize": "500"}
    sigma.answers(SigmaRequest(path, size), token_entries(first, next_token="a"))
    sigma.answers(SigmaRequest(path, {**size, "pageToken": "a"}), token_entries(first, second, next_token="b"))
    sigma.answers(SigmaRequest(path, {**size, "pageToken": "b"}), token_entries(second))
    found = [row["versionTagId"] for row in read("data_model_sources").records("data_model_sources")]
    assert found == ["1", "2"]


@pytest.mark.parametrize("rows", [[], teams(0, 1)])
def test_given_ever_new_tokens_and_no_new_entry_when_read_then_the_stream_fails(
    rows: list[Json], sigma: SigmaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "_MOST_IDLE", 3)
    sigma.answers(FIRST, entries(*teams(0, 1), next_page="a"))
    for token, following in ("ab", "bc", "cd"):
        sigma.answers(page(token), entries(*rows, next_page=following))
    sync = read("teams", fails=True)
    ((message, kind),) = sync.errors("teams")
    assert message.startswith(f"The list at {TEAMS} has no end: 3 pages, one after the other, had no new row")
    assert (len(sync.records("teams")), kind) == (2, "transient_error")


@pytest.mark.parametrize("token", [True, 1.5, [], {"page": 100}])
def test_given_a_token_that_is_no_text_when_read_then_it_is_asked_for_again(token: object, sigma: SigmaMock) -> None:
    sigma.answers(FIRST, answer({"entries": teams(0), "nextPage": token}), entries(*teams(0)))
    assert read_numbers() == [0]
