from datetime import UTC, datetime, timedelta, timezone

import pytest

from sourcewright import dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22", "2026-11-22T00:00:00Z"),
        ("2026-11-22T10:00:01", "2026-11-22T10:00:01Z"),
        ("2026-11-22 10:00:01", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01Z", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01z", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01.9Z", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01.999Z", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01.999999Z", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01.999999999Z", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01+00:00", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00:01.5+02:00", "2026-11-22T08:00:01Z"),
        ("2026-11-22T10:00:01-05:30", "2026-11-22T15:30:01Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ("0999-01-01", "0999-01-01T00:00:00Z"),
    ],
)
def test_given_date_of_any_form_when_read_then_the_same_second_in_utc(text: str, moment: str) -> None:
    assert dates.to_text(dates.from_text(text)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "yesterday",
        "2026-13-01",
        "2026-02-30T00:00:00Z",
        "1700000000",
        "2026-11-22T25:00:00Z",
        "0001-01-01T00:00+14:00",
    ],
)
def test_given_text_that_is_no_date_when_read_then_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        dates.from_text(text)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=2))), "2026-11-22T10:00:00Z"),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), "2026-11-22T10:00:00Z"),
        (datetime(2026, 11, 22, 10, 0, 0, 999999), "2026-11-22T10:00:00Z"),  # noqa: DTZ001 - naive counts as UTC
    ],
)
def test_given_moment_when_written_then_utc_without_fraction(moment: datetime, text: str) -> None:
    assert dates.to_text(moment) == text


@pytest.mark.parametrize(
    ("last", "end"),
    [
        ("2026-11-22T09:59:59Z", "2026-11-22T10:00:00Z"),
        ("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
        ("2028-02-28T23:59:59Z", "2028-02-29T00:00:00Z"),
    ],
)
def test_given_last_second_of_a_window_when_asked_for_its_end_then_the_next_second(last: str, end: str) -> None:
    assert dates.next_second(last) == end


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.123Z", "2026-11-22T10:00:00.123456Z", "2026-11-22T10:00:00+00:00"],
)
def test_given_date_of_the_api_when_cut_then_it_compares_as_text(text: str) -> None:
    assert dates.to_second(text) == "2026-11-22T10:00:00"
