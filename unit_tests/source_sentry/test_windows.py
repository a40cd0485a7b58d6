from copy import deepcopy
from typing import Any

import pytest
from airbyte_cdk.sources.types import StreamSlice

from sourcewright.components.windows import WindowFilter, WindowProgress
from unit_tests.source_sentry.builders import Json, a_config, an_event
from unit_tests.source_sentry.handler import a_runtime


def a_window(start: str, end: str, **extra: Any) -> StreamSlice:
    """`start` and `end` are days of November 2026, both within the window."""
    times = {"start_time": f"2026-11-{start}T00:00:00Z", "end_time": f"2026-11-{end}T23:59:59Z"}
    return StreamSlice(partition={"project": "1"}, cursor_slice=times, extra_fields=extra)


def part(window: StreamSlice, start: str, end: str) -> StreamSlice:
    """Part of `window`, which the engine gives the extra fields of the whole."""
    return a_window(start, end, **window.extra_fields)


def test_given_window_when_progress_is_attached_then_the_window_stays_and_nothing_is_refused() -> None:
    (window,) = WindowProgress.attach([a_window("01", "10", slug="backend")])
    assert WindowProgress.of(window).is_complete
    assert (dict(window.partition), window.extra_fields["slug"]) == ({"project": "1"}, "backend")


def test_given_window_when_a_request_is_refused_then_it_is_not_complete() -> None:
    (window,) = WindowProgress.attach([a_window("01", "10")])
    WindowProgress.refuse(window)
    assert not WindowProgress.of(window).is_complete


def test_given_two_windows_when_one_is_refused_then_the_other_is_not() -> None:
    first, second = WindowProgress.attach([a_window("01", "10"), a_window("11", "20")])
    WindowProgress.refuse(first)
    assert WindowProgress.of(second).is_complete


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(("01", "05"), id="first part"),
        pytest.param(("06", "10"), id="second part"),
        pytest.param(("03", "05"), id="part of a part"),
    ],
)
def test_given_split_window_when_a_part_is_refused_then_the_whole_is_not_complete(days: tuple[str, str]) -> None:
    (window,) = WindowProgress.attach([a_window("01", "10")])
    WindowProgress.refuse(part(window, *days))
    assert not WindowProgress.of(window).is_complete


@pytest.mark.parametrize("slice_", [None, StreamSlice(partition={"project": "1"}, cursor_slice={})])
def test_given_stream_without_windows_when_a_request_is_refused_then_its_slice_stays_as_it_is(
    slice_: StreamSlice | None,
) -> None:
    before = deepcopy(slice_)
    WindowProgress.refuse(slice_)
    assert (slice_, slice_ and slice_.extra_fields) == (before, before and before.extra_fields)


@pytest.mark.parametrize("slice_", [None, StreamSlice(partition={}, cursor_slice={})])
def test_given_parent_that_is_read_without_windows_when_filtered_then_all_records_stay(
    slice_: StreamSlice | None,
) -> None:
    records = [an_event(1), an_event(2, "2020-01-01T00:00:00Z")]
    window_filter = WindowFilter(config=a_config(environments=[]), parameters={}, newest_first=["dateCreated"])
    assert list(window_filter.filter_records(records, {}, slice_)) == records


def filtered(*records: Json, newest_first: list[str], **fields: Any) -> list[Json]:
    """Those of `records` that the filter keeps in the window from 1 to 10 November."""
    environments = fields.pop("environments", [])
    window_filter = WindowFilter(
        condition="", config=a_config(environments=environments), parameters={}, newest_first=newest_first, **fields
    )
    window_filter.wire(a_runtime())
    return [dict(record) for record in window_filter.filter_records(records, {}, a_window("01", "10"))]


def kept(record: Json, newest_first: list[str], **fields: Any) -> bool:
    return filtered(record, newest_first=newest_first, **fields) == [record]


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
        ("yesterday", True),
        (1764288000, True),
        (["2026-11-05"], True),
        ("2026-10-31 22:00:00-04:00", True),
        ("2026-11-01 01:00:00+02:00", False),
        ("2099-01-01T00:00:00Z", True),
    ],
)
def test_given_record_when_filtered_then_kept_if_its_second_is_in_the_window(created: Any, *, is_kept: bool) -> None:
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


def test_given_records_out_of_order_when_filtered_then_those_between_two_of_the_window_are_kept() -> None:
    found = ["11-12", "11-09", "10-01", "11-08", "11-15", "11-07", "10-30", "10-29"]
    records = [an_event(number, f"2026-{day}T00:00:00Z") for number, day in enumerate(found)]
    assert filtered(*records, newest_first=["dateCreated"]) == [records[number] for number in (1, 2, 3, 4, 5)]
