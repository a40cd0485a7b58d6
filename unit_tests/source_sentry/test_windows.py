from copy import deepcopy
from typing import Any

import pytest
from airbyte_cdk.sources.types import StreamSlice

from sourcewright.windows import WindowFilter, WindowProgress
from unit_tests.source_sentry.builders import Json, a_config, an_event


def a_window(start: str, end: str, **extra: Any) -> StreamSlice:
    """`start` and `end` are days of November 2026, both within the window."""
    times = {"start_time": f"2026-11-{start}T00:00:00Z", "end_time": f"2026-11-{end}T23:59:59Z"}
    return StreamSlice(partition={"project": "1"}, cursor_slice=times, extra_fields=extra)


def part(window: StreamSlice, start: str, end: str) -> StreamSlice:
    """Part of `window`, which the engine gives the extra fields of the whole."""
    return a_window(start, end, **window.extra_fields)


def test_given_window_when_progress_is_attached_then_nothing_counts_as_read() -> None:
    window = WindowProgress.attach(a_window("01", "10", slug="backend"))
    assert WindowProgress.of(window).read_until == "2026-11-01T00:00:00Z"
    assert not WindowProgress.of(window).covers(window)
    assert (dict(window.partition), window.extra_fields["slug"]) == ({"project": "1"}, "backend")


def test_given_window_when_its_last_page_is_noted_then_it_is_covered_to_its_exclusive_end() -> None:
    window = WindowProgress.attach(a_window("01", "10"))
    WindowProgress.note(window)
    assert WindowProgress.of(window).read_until == "2026-11-11T00:00:00Z"
    assert WindowProgress.of(window).covers(window)


def test_given_two_windows_when_one_is_noted_then_the_other_is_not() -> None:
    first, second = WindowProgress.attach(a_window("01", "10")), WindowProgress.attach(a_window("11", "20"))
    WindowProgress.note(first)
    assert not WindowProgress.of(second).covers(second)


@pytest.mark.parametrize(
    ("read", "until", "covered"),
    [
        pytest.param([("01", "05"), ("06", "10")], "2026-11-11T00:00:00Z", True, id="both parts"),
        pytest.param([("01", "05")], "2026-11-06T00:00:00Z", False, id="second part refused"),
        pytest.param([("06", "10")], "2026-11-01T00:00:00Z", False, id="first part refused"),
        pytest.param(
            [("01", "02"), ("03", "05"), ("06", "10")], "2026-11-11T00:00:00Z", True, id="first part split again"
        ),
        pytest.param([("01", "02"), ("06", "10")], "2026-11-03T00:00:00Z", False, id="part of a part refused"),
    ],
)
def test_given_split_window_when_its_parts_are_noted_then_covered_as_far_as_without_a_gap(
    read: list[tuple[str, str]],
    until: str,
    *,
    covered: bool,
) -> None:
    window = WindowProgress.attach(a_window("01", "10"))
    for days in read:
        WindowProgress.note(part(window, *days))
    assert WindowProgress.of(window).read_until == until
    assert WindowProgress.of(window).covers(window) is covered


@pytest.mark.parametrize("slice_", [None, StreamSlice(partition={"project": "1"}, cursor_slice={})])
def test_given_stream_without_windows_when_its_last_page_is_noted_then_nothing_happens(
    slice_: StreamSlice | None,
) -> None:
    before = deepcopy(slice_)
    WindowProgress.note(slice_)
    assert slice_ == before
    assert slice_ is None or slice_.extra_fields == {}


def kept(record: Json, newest_first: list[str], **fields: Any) -> bool:
    """Whether the filter keeps `record` in the window from 1 to 10 November."""
    environments = fields.pop("environments", [])
    window_filter = WindowFilter(
        condition="", config=a_config(environments=environments), parameters={}, newest_first=newest_first, **fields
    )
    return list(window_filter.filter_records([record], {}, a_window("01", "10"))) == [record]


@pytest.mark.parametrize(
    ("created", "is_kept"),
    [
        ("2026-10-31T23:59:59.999Z", False),
        ("2026-11-01T00:00:00Z", True),
        ("2026-11-01T00:00:00.001Z", True),
        ("2026-11-10T23:59:59Z", True),
        ("2026-11-10T23:59:59.999999Z", True),
        ("2026-11-11T00:00:00Z", False),
        ("2026-11-11T00:00:00.000Z", False),
        (None, True),
        ("", True),
    ],
)
def test_given_record_when_filtered_then_kept_if_its_second_is_in_the_window(
    created: str | None, *, is_kept: bool
) -> None:
    assert kept({"dateCreated": created}, ["dateCreated"]) is is_kept


def test_given_record_without_a_date_when_filtered_then_kept() -> None:
    assert kept({}, ["dateCreated"])


@pytest.mark.parametrize(
    ("created", "released", "is_kept"),
    [
        ("2026-11-05T00:00:00Z", None, True),
        ("2026-10-05T00:00:00Z", "2026-11-05T00:00:00Z", True),
        ("2026-11-05T00:00:00Z", "2026-10-05T00:00:00Z", True),
        ("2026-10-05T00:00:00Z", "2026-10-06T00:00:00Z", False),
        ("2026-10-05T00:00:00Z", None, False),
    ],
)
def test_given_two_dates_when_filtered_then_the_newest_counts(
    created: str, released: str | None, *, is_kept: bool
) -> None:
    assert kept({"dateCreated": created, "dateReleased": released}, ["dateCreated", "dateReleased"]) is is_kept


@pytest.mark.parametrize(
    ("tags", "environments", "is_kept"),
    [
        ([{"key": "environment", "value": "production"}], [], True),
        ([{"key": "environment", "value": "production"}], ["production"], True),
        ([{"key": "environment", "value": "staging"}], ["production", "staging"], True),
        ([{"key": "environment", "value": "staging"}], ["production"], False),
        ([{"key": "release", "value": "production"}], ["production"], False),
        ([], ["production"], False),
        (None, ["production"], False),
    ],
)
def test_given_environments_when_events_are_filtered_then_only_theirs_are_kept(
    tags: Any,
    environments: list[str],
    *,
    is_kept: bool,
) -> None:
    event = an_event(1, "2026-11-05T00:00:00Z", tags=tags)
    assert kept(event, ["dateCreated"], by_environment=True, environments=environments) is is_kept


def test_given_environments_when_releases_are_filtered_then_they_are_not_looked_at() -> None:
    assert kept({"dateCreated": "2026-11-05T00:00:00Z"}, ["dateCreated"], environments=["production"])
