"""Whatever an answer holds: it is judged, and no exception leaves the connector's functions."""

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_sentry.links import next_cursor
from source_sentry.pages import SentryPage
from source_sigma import errors as sigma_errors
from sourcewright.http.buckets import Bucket
from sourcewright.http.pages import PageSlots, page_of, read_page
from sourcewright.http.retry_after import seconds_to_wait
from unit_tests.fuzzing.junk import BODIES, DATES, HEADER, JSON, NUMBERS, OBJECTS, a_link, a_link_with_cursor, near
from unit_tests.source_sentry.handler import a_handler, a_response

NOW = 1_795_905_308.0
HOUR = 3600.0
LIMITS = ("Limit", "Remaining", "Reset", "ConcurrentLimit")
SHAPES = ("list", "object", "groups", "series", "points", "segments", "usage", "rows", "data.viewed_by")
refusals = st.integers(300, 599)
pages = near(
    groups=st.lists(near(by=OBJECTS, series=OBJECTS)),
    intervals=st.lists(DATES, max_size=3),
    data=near(viewed_by=JSON),
    projects=st.lists(near(stats=st.lists(near(category=JSON, outcomes=OBJECTS)))),
    rows=st.lists(OBJECTS, max_size=3),
)


def an_answer(status: int, body: bytes, **headers: str) -> requests.Response:
    response = a_response(status, "", **headers)
    response._content = body  # noqa: SLF001 - there is no public way
    return response


@given(refusals, BODIES | near(detail=JSON | near(message=JSON, code=JSON)).map(lambda value: str(value).encode()))
def test_given_a_refusal_when_judged_then_it_is_never_taken_for_a_page(status: int, body: bytes) -> None:
    answer = an_answer(status, body)
    for required in (True, False):
        judged = a_handler(required=required).interpret_response(answer)
        assert judged.response_action is not ResponseAction.SUCCESS
        assert judged.error_message
    assert sigma_errors.explain(answer, "files", "admin rights")


@given(BODIES, st.sampled_from(SHAPES))
def test_given_a_body_when_judged_then_it_is_read_or_retried_with_a_reason(body: bytes, shape: str) -> None:
    judged = a_handler(page=shape).interpret_response(an_answer(HTTPStatus.OK, body))
    assert judged.response_action in (ResponseAction.SUCCESS, ResponseAction.RETRY)
    assert judged.response_action is ResponseAction.SUCCESS or judged.error_message


@given(pages | JSON, st.sampled_from(SHAPES))
def test_given_json_when_taken_for_a_page_then_its_records_are_objects(content: object, shape: str) -> None:
    answer = a_response(HTTPStatus.OK, content)
    if read_page(answer, shape, PageSlots(), SentryPage):
        assert all(isinstance(record, dict) for record in page_of(answer).records())


@given(a_link())
def test_given_a_nearly_right_link_header_when_read_then_no_other_error_than_one_for_the_user(link: str) -> None:
    with suppress(AirbyteTracedException):  # a next page that cannot be asked for
        next_cursor(a_response(HTTPStatus.OK, [], Link=link))


@given(a_link_with_cursor())
def test_given_a_link_header_among_others_when_read_then_its_cursor_comes_back(given_link: tuple[str, str]) -> None:
    link, cursor = given_link
    assert next_cursor(a_response(HTTPStatus.OK, [], Link=link)) == cursor


@given(
    st.lists(st.tuples(st.sampled_from([200, 429, 503]), st.dictionaries(st.sampled_from(LIMITS), NUMBERS)), max_size=3)
)
def test_given_headers_of_a_rate_limit_when_learned_then_the_wait_is_at_most_an_hour(
    answers: list[tuple[int, Mapping[str, str]]],
) -> None:
    bucket = Bucket("X-Limit-")
    for status, headers in answers:
        bucket.learn(a_response(status, [], **{f"X-Limit-{name}": value for name, value in headers.items()}), NOW)
    seconds = bucket.wait(NOW)
    assert seconds is None or 0 <= seconds <= HOUR + 1


@given(NUMBERS | DATES | HEADER, st.integers(1, 9))
def test_given_retry_after_when_read_then_at_most_an_hour(value: str, attempt: int) -> None:
    seconds = seconds_to_wait(a_response(HTTPStatus.TOO_MANY_REQUESTS, "", Retry_After=value), attempt)
    assert 0 <= seconds <= HOUR
