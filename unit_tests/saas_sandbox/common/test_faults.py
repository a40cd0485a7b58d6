from collections.abc import Mapping
from typing import ClassVar

import pytest

from saas_sandbox.common import faults
from saas_sandbox.common.faults import Spoil, answer, disconnect, keep, truncate
from saas_sandbox.common.reply import Reply

GOOD = Reply(body=b"abcdef")
TEAPOT = Reply(418)


class Faults(faults.Faults):
    states = ("slow",)
    kinds: ClassVar[Mapping[str, Spoil]] = {
        "teapot": answer(TEAPOT),
        "half": truncate,
        "gone": disconnect("reset"),
        "kept": keep,
    }


def test_given_every_second_request_when_paths_are_asked_then_only_those_with_the_part_count() -> None:
    plan = Faults(["half:2@/teams"], repeats=1)
    paths = ["/teams/1", "/users/1", "/teams/2", "/users/2", "/teams/3", "/teams/4"]
    assert [plan.next(path, "") for path in paths] == ["", "", "half", "", "", "half"]


@pytest.mark.parametrize(("repeats", "hits"), [(1, 1), (2, 2), (0, 4)])
def test_given_repeats_when_a_request_is_made_again_then_it_is_hit_so_often_or_for_ever(
    repeats: int, hits: int
) -> None:
    plan = Faults(["teapot:1"], repeats)
    assert [plan.next("/a", "b=1") for _ in range(4)] == ["teapot"] * hits + [""] * (4 - hits)


def test_given_two_faults_when_both_would_hit_then_the_first_does() -> None:
    plan = Faults(["half:2", "teapot:1"], repeats=1)
    assert [plan.next(path, "") for path in "abcd"] == ["teapot", "half", "teapot", "half"]


def test_given_a_state_when_requests_are_made_then_it_hits_none_and_its_number_holds() -> None:
    plan = Faults(["slow:24"], repeats=1)
    assert (plan.next("/a", ""), plan.state("slow"), Faults([], repeats=1).state("slow")) == ("", 24, None)


def test_given_a_kind_when_it_spoils_then_the_answer_is_as_it_says() -> None:
    plan = Faults([], repeats=1)
    assert plan.spoil("", GOOD) == plan.spoil("kept", GOOD) == GOOD
    assert plan.spoil("teapot", GOOD) == TEAPOT
    assert plan.spoil("half", GOOD).body == b"abc"
    assert plan.spoil("gone", GOOD).logged_status == 0
