"""Shapes of answers: what in them are records, and what is none of them."""

from typing import Any

import orjson
import pytest

from source_sentry.pages import SentryPage
from sourcewright.http.pages import PageSlots
from unit_tests.source_sentry.builders import Json

DAY = "2026-11-22T00:00:00Z"


def opened(body: Any, shape: str) -> SentryPage | None:
    page = SentryPage(orjson.dumps(body), PageSlots())
    return page if page.has_shape(shape) else None


@pytest.mark.parametrize(
    ("shape", "body", "rows"),
    [
        ("list", [{"id": "1"}], [{"id": "1"}]),
        ("list", [], []),
        ("object", {"id": "1"}, [{"id": "1"}]),
        ("rows", {"rows": [{"id": "1"}], "options": ["x"]}, [{"id": "1"}]),
        ("rows", [{"id": "1"}], [{"id": "1"}]),
        ("data", {"data": []}, []),
        ("data.viewed_by", {"data": {"viewed_by": [{"id": 1}]}}, [{"id": 1}]),
        (
            "series",
            {
                "intervals": [DAY],
                "groups": [{"by": {"release": None, "session.status": "ok"}, "series": {"sum(session)": [3]}}],
            },
            [{"intervalStart": DAY, "release": "", "status": "ok", "sessions": 3}],
        ),
        ("points", [[1795305600, 3]], [{"intervalStart": DAY, "count": 3}]),
        (
            "usage",
            {"projects": [{"id": 1, "stats": [{"category": "error", "outcomes": {"accepted": 3}}]}]},
            [{"projectId": "1", "projectSlug": None, "category": "error", "outcome": "accepted", "quantity": 3}],
        ),
    ],
)
def test_given_an_answer_when_opened_then_its_records(shape: str, body: Any, rows: list[Json]) -> None:
    page = opened(body, shape)
    assert page
    assert list(page.records()) == rows


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("list", {"detail": "busy"}),
        ("list", ["text"]),
        ("object", []),
        ("rows", {"detail": "busy"}),
        ("rows", {"rows": {"id": "1"}}),
        ("rows", {"rows": ["text"]}),
        ("data.viewed_by", {"data": None}),
        ("series", {"groups": [{"by": {}, "series": {"sum(session)": []}}], "intervals": [DAY]}),
        ("series", {"groups": None, "intervals": []}),
        ("points", {"detail": "busy"}),
        ("points", [["today", 1]]),
        ("usage", {"projects": [{"slug": "web"}]}),
        ("usage", []),
    ],
)
def test_given_another_answer_when_opened_then_it_is_not_of_the_shape(shape: str, body: Any) -> None:
    assert opened(body, shape) is None


def test_given_a_series_when_another_group_would_pass_the_limit_then_it_may_have_been_cut() -> None:
    group = {"by": {}, "series": {"sum(session)": [1, 2]}}
    page = opened({"intervals": [DAY, DAY], "groups": [group, group]}, "series")
    assert page
    assert [page.has_points(limit) for limit in (6, 8, 9)] == [True, True, False]
