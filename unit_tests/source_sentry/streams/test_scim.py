"""Members and teams as SCIM shows them, with pages that count from 1 and tell how many there are."""

from typing import Any

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request
from unit_tests.source_sentry.sync import read

STREAMS = {"scim_users": "scim/v2/Users", "scim_groups": "scim/v2/Groups"}
every_stream = pytest.mark.parametrize("stream", STREAMS)


def request(stream: str, **more: str) -> SentryRequest:
    return organization_request(STREAMS[stream], count="100", **more)


def envelope(start: int, total: int, *ids: int) -> HttpResponse:
    resources = [{"id": str(number)} for number in ids]
    return answer({"totalResults": total, "startIndex": start, "itemsPerPage": len(ids), "Resources": resources})


@every_stream
def test_given_pages_shorter_than_count_when_read_then_each_starts_with_the_last_row_of_the_one_before(
    stream: str, sentry: SentryMock
) -> None:
    sentry.answers(request(stream), envelope(1, 5, 11, 12, 13))
    sentry.answers(request(stream, startIndex="3"), envelope(3, 5, 13, 14))
    sentry.answers(request(stream, startIndex="4"), envelope(4, 5, 14, 15))

    sync = read(stream)

    assert [record["id"] for record in sync.records(stream)] == ["11", "12", "13", "14", "15"]
    assert (sync.status(stream), sync.warnings()) == ("COMPLETE", [])


@every_stream
def test_given_pages_of_one_row_when_read_then_reading_goes_on(stream: str, sentry: SentryMock) -> None:
    sentry.answers(request(stream), envelope(1, 2, 11))
    sentry.answers(request(stream, startIndex="2"), envelope(2, 2, 12))

    assert len(read(stream).records(stream)) == 2


@every_stream
@pytest.mark.parametrize(
    ("second", "readings"),
    [pytest.param((13,), 1, id="and the next page begins later"), pytest.param((), 2, id="and the next page is empty")],
)
def test_given_rows_that_vanish_while_read_when_pages_do_not_overlap_then_the_list_is_read_again(
    stream: str, second: tuple[int, ...], readings: int, sentry: SentryMock
) -> None:
    sentry.answers(request(stream), envelope(1, 3, 11, 12), *[envelope(1, 2, 12, 13)] * readings)
    sentry.answers(request(stream, startIndex="2"), envelope(2, 2, *second))

    sync = read(stream)

    assert [record["id"] for record in sync.records(stream)] == ["11", "12", "13"]
    assert sync.status(stream) == "COMPLETE"


@pytest.mark.parametrize("total", [None, 0, "many", [300]])
def test_given_no_usable_total_when_read_then_an_empty_page_is_the_end(total: Any, sentry: SentryMock) -> None:
    def body(*ids: int) -> HttpResponse:
        return answer({"totalResults": total, "startIndex": 1, "Resources": [{"id": str(number)} for number in ids]})

    sentry.answers(request("scim_users"), body(11, 12))
    sentry.answers(request("scim_users", startIndex="2"), body(12, 13))
    sentry.answers(request("scim_users", startIndex="3"), body(13))
    sentry.answers(request("scim_users", startIndex="4"), body())

    assert [record["id"] for record in read("scim_users").records("scim_users")] == ["11", "12", "13"]


@every_stream
def test_given_all_in_one_answer_when_it_tells_only_their_number_then_the_list_ends(
    stream: str, sentry: SentryMock
) -> None:
    sentry.answers(request(stream), answer({"totalResults": 1, "Resources": [{"id": "11"}]}))

    assert read(stream).records(stream) == [{"id": "11"}]


@pytest.mark.parametrize("body", ["x", {"Resources": {}}, {"detail": "no"}])
def test_given_another_shape_when_read_then_it_is_asked_again(body: Any, sentry: SentryMock) -> None:
    sentry.answers(request("scim_users"), answer(body), envelope(1, 1, 11))

    assert len(read("scim_users").records("scim_users")) == 1


def test_given_scim_is_off_when_read_then_one_warning_and_success(sentry: SentryMock) -> None:
    forbidden = answer({"detail": "You do not have permission to perform this action."}, 403)
    sentry.answers(request("scim_users"), forbidden)
    sentry.answers(organization_request(""), answer({"id": "1"}))

    sync = read("scim_users")

    (warning,) = sync.warnings()
    assert warning.startswith(
        "Skipped: stream `scim_users`: `organizations/{organization}/scim/v2/Users` answered HTTP 403. "
        "It needs the scope `member:read`"
    )
    assert (sync.records("scim_users"), sync.status("scim_users")) == ([], "COMPLETE")
