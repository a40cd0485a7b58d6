from typing import Any
from unittest.mock import patch

import orjson
import pytest
import requests
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.test.mock_http import HttpResponse
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry import links, paging
from sourcewright.http import pages
from unit_tests.source_sentry.builders import BACKEND, HTML, WEB, a_config, an_event
from unit_tests.source_sentry.handler import a_response
from unit_tests.source_sentry.sentry_mock import (
    JSON_HEADERS,
    PREVIOUS,
    SentryMock,
    answer,
    link,
    organization_request,
    page,
    project_request,
)
from unit_tests.source_sentry.sync import read

TEAMS = organization_request("teams/", per_page="100")
BACKOFF = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]
NEXT = '<https://elsewhere.example/x/?&cursor={0}>; rel="next"; results="{1}"; cursor="{0}"'


def with_page(response: requests.Response, shape: str = pages.LIST) -> requests.Response:
    """`response` as the error handler passes it on."""
    assert pages.read_page(response, shape, pages.PageSlots())
    return response


def with_link(header: str | None, body: Any = ()) -> requests.Response:
    return a_response(200, list(body), **({} if header is None else {"Link": header}))


def second_page(cursor: str) -> Any:
    return organization_request("teams/", per_page="100", cursor=cursor)


@pytest.mark.parametrize(
    ("header", "cursor"),
    [
        pytest.param(link("0:100:0"), "0:100:0", id="next"),
        pytest.param(link("0:100:0", results="false"), None, id="end, with a next link all the same"),
        pytest.param(None, None, id="no header"),
        pytest.param(PREVIOUS, None, id="no next link"),
        pytest.param(link("eyJhIjoxfQ=="), "eyJhIjoxfQ==", id="cursor that ends with ="),
        pytest.param(link("a=b"), "a=b", id="cursor with = in it"),
        pytest.param(link("1795291671865:0:0"), "1795291671865:0:0", id="milliseconds"),
        pytest.param(NEXT.format("0:100:0", "true"), "0:100:0", id="no previous link"),
        pytest.param(f'{link("0:100:0")}, <https://proxy.example/2>; rel="next"', "0:100:0", id="another next link"),
        pytest.param(link("0:100:0", results="True"), "0:100:0", id="capital letter"),
        pytest.param(
            '<https://elsewhere.example/x/?a=b%3Dc&cursor=0%3A100%3A0>; rel="next"; results="true"; cursor="0:100:0"',
            "0:100:0",
            id="other parameters",
        ),
        pytest.param(
            '<https://elsewhere.example/x/?a=b&cursor=YQ%3D%3D>; rel="next"; results="true"; cursor="YQ=="',
            "YQ==",
            id="cursor with = encoded in the URL",
        ),
        pytest.param(
            '<https://elsewhere.example/x/?cursor=MSs%2BMg%3D%3D>; rel="next"; results="true"; cursor="MSs+Mg=="',
            "MSs+Mg==",
            id="cursor with + and = encoded in the URL",
        ),
    ],
)
def test_given_link_header_when_asked_for_the_next_page_then_its_cursor(header: str | None, cursor: str | None) -> None:
    assert links.next_cursor(with_link(header)) == cursor


@pytest.mark.parametrize("url", ["https://elsewhere.example/x/?a=b", "http://[", ""])
def test_given_next_page_without_a_cursor_when_asked_for_it_then_an_error_shows_the_header(url: str) -> None:
    with pytest.raises(AirbyteTracedException, match="names a next page without a cursor") as caught:
        links.next_cursor(with_link(f'<{url}>; rel="next"; results="true"'))
    assert url in str(caught.value.message)


def test_given_unencoded_plus_in_a_cursor_when_asked_for_the_next_page_then_it_is_no_blank() -> None:
    assert links.next_cursor(with_link(link("MSs+Mg=="))) == "MSs+Mg=="


def test_given_page_when_judged_paged_and_extracted_then_it_is_decoded_once() -> None:
    response = with_link(None, [an_event(1)])
    paginator, extractor = a_paginator(), pages.PageExtractor()
    with patch.object(orjson, "loads", wraps=orjson.loads) as loads:
        assert pages.read_page(response, pages.LIST, pages.PageSlots())
        records = list(extractor.extract_records(response))
        paginator.next_page_token(response, len(records), None)
        assert loads.call_count == 1
    assert records == [an_event(1)]


@pytest.mark.parametrize(
    ("stream", "endpoint", "times"),
    [
        pytest.param("teams", "teams/", (0, 1), id="by whoever reads the messages"),
        pytest.param("organization_project_keys", "project-keys/", (1, 0), id="as a page, to change it"),
    ],
)
def test_given_sync_when_read_then_every_record_is_decoded_once(
    stream: str, endpoint: str, times: tuple[int, int], sentry: SentryMock
) -> None:
    asked = {"per_page": "100", **({"project": "-1"} if times[0] else {})}
    sentry.answers(organization_request(endpoint, **asked), page({"id": "7"}, next_cursor="4712:100:0"))
    sentry.answers(organization_request(endpoint, **asked, cursor="4712:100:0"), page({"id": "8"}))
    with patch.object(orjson, "loads", wraps=orjson.loads) as loads, patch.object(requests.Response, "json") as engines:
        read(stream)
    bodies = [call.args[0] for call in loads.call_args_list]
    for number in (b"7", b"8"):
        as_page, as_record = b'[{"id": "%s"}]' % number, b'{"id": "%s"}' % number
        assert (bodies.count(as_page), bodies.count(as_record)) == times
    assert engines.call_count == 0


def test_given_object_when_extracted_then_one_record() -> None:
    response = with_page(a_response(200, {"id": "1"}), pages.OBJECT)
    assert list(pages.PageExtractor().extract_records(response)) == [{"id": "1"}]


def a_paginator(newest_first: list[str] | None = None) -> paging.LinkHeaderPagination:
    return paging.LinkHeaderPagination(config=a_config(), parameters={}, newest_first=newest_first or [])


WINDOW = StreamSlice(
    partition={}, cursor_slice={"start_time": "2026-11-10T00:00:00Z", "end_time": "2026-11-19T23:59:59Z"}
)


@pytest.mark.parametrize(
    ("dates", "cursor"),
    [
        pytest.param(["2026-11-09T00:00:00Z", "2026-11-10T00:00:00Z"], "4712:100:0", id="one at the start"),
        pytest.param(["2026-11-09T00:00:00Z", "2026-11-10T00:00:00.001Z"], "4712:100:0", id="one in the first second"),
        pytest.param(["2026-11-09T00:00:00Z", "2026-11-09T23:59:59.999Z"], None, id="all before the start"),
        pytest.param(["2026-11-18T00:00:00Z", "1970-01-01T00:00:00Z"], "4712:100:0", id="one out of order"),
        pytest.param(["2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"], "4712:100:0", id="all after the end"),
        pytest.param(["2026-11-09T00:00:00Z", None], "4712:100:0", id="null"),
        pytest.param(["2026-11-09T00:00:00Z", 1764288000], "4712:100:0", id="a number"),
        pytest.param(["2026-11-09T00:00:00Z", "yesterday"], "4712:100:0", id="no date"),
        pytest.param(["2026-11-09T00:00:00Z", "2026-11-10 01:00:00+01:00"], "4712:100:0", id="another zone"),
        pytest.param([], "4712:100:0", id="empty"),
    ],
)
def test_given_server_that_ignores_start_when_a_page_ends_then_reading_stops_when_all_of_it_is_before_the_window(
    dates: list[Any], cursor: str | None
) -> None:
    response = with_page(with_link(link("4712:100:0"), [{"dateCreated": date} for date in dates]))
    pages.page_of(response).note_dates(["dateCreated"])
    assert a_paginator(["dateCreated"]).next_page_token(response, 2, None, stream_slice=WINDOW) == cursor


def test_given_stream_in_another_order_when_a_page_ends_before_the_window_then_reading_goes_on() -> None:
    response = with_page(with_link(link("4712:100:0"), [{"dateCreated": "2020-01-01T00:00:00Z"}]))
    assert a_paginator().next_page_token(response, 1, None, stream_slice=WINDOW) == "4712:100:0"


def test_given_pages_when_read_then_only_the_cursor_is_taken_from_the_link(sentry: SentryMock) -> None:
    sentry.answers(TEAMS, page({"id": "1"}, next_cursor="4711:1:0"))
    sentry.answers(second_page("4711:1:0"), page({"id": "2"}, next_cursor="YQ=="))
    sentry.answers(second_page("YQ=="), page({"id": "3"}))
    assert read("teams").records("teams") == [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    assert [params[0][1] for _, params in sentry.requested[1:]] == ["4711:1:0", "YQ=="]


def test_given_empty_page_with_more_to_come_when_read_then_reading_goes_on(sentry: SentryMock) -> None:
    sentry.answers(TEAMS, page(next_cursor="4711:1:0"))
    sentry.answers(second_page("4711:1:0"), page({"id": "2"}))
    assert read("teams").records("teams") == [{"id": "2"}]


def test_given_no_link_header_when_read_then_one_page(sentry: SentryMock) -> None:
    sentry.answers(TEAMS, answer([{"id": "1"}]))
    assert read("teams").records("teams") == [{"id": "1"}]


@pytest.mark.parametrize(
    "cursors",
    [
        pytest.param(["4712:100:0", "4712:100:0"], id="one again and again"),
        pytest.param(["4712:100:0", "4712:200:0", "4712:100:0"], id="two in turn"),
        pytest.param(["1:0:0", "2:0:0", "3:0:0", "2:0:0"], id="back to the second"),
    ],
)
def test_given_paging_in_a_circle_when_read_then_an_error_ends_it(cursors: list[str], sentry: SentryMock) -> None:
    for asked, following in zip(["", *cursors[:-1]], cursors, strict=True):
        sentry.answers(second_page(asked) if asked else TEAMS, page({"id": asked}, next_cursor=following))
    sync = read("teams", fails=True)
    ((message, kind),) = sync.errors("teams")
    assert (sync.status("teams"), kind) == ("INCOMPLETE", "transient_error")
    assert message.startswith(f"The paging of {TEAMS.exact[0]}")
    assert f"turns in a circle: `{cursors[-1]}` came a second time" in message


def test_given_same_cursors_in_two_streams_when_read_by_one_worker_then_no_circle(sentry: SentryMock) -> None:
    for stream in ("teams", "members"):
        sentry.answers(organization_request(f"{stream}/", per_page="100"), page({"id": "1"}, next_cursor="4711:1:0"))
        sentry.answers(organization_request(f"{stream}/", per_page="100", cursor="4711:1:0"), page({"id": "2"}))
    sync = read("teams", "members", config=a_config(num_workers=1))
    assert [record["id"] for record in sync.records("teams") + sync.records("members")] == ["1", "2", "1", "2"]


BROKEN = [
    pytest.param(HttpResponse(HTML, 200, {"Content-Type": "text/html; charset=utf-8"}), "check `hostname`", id="html"),
    pytest.param(HttpResponse("", 200, JSON_HEADERS), "beginning with `nothing`", id="empty"),
    pytest.param(HttpResponse(" \n", 200, JSON_HEADERS), "beginning with `nothing`", id="blank"),
    pytest.param(HttpResponse('[{"id": "1"}, {"id', 200, JSON_HEADERS), 'beginning with `[{"id": "1"}', id="cut"),
    pytest.param(HttpResponse('[{"id": "1"}][', 200, JSON_HEADERS), "Expected a JSON list", id="too long"),
    pytest.param(answer({"detail": "Internal Error"}), 'beginning with `{"detail"', id="object for a list"),
    pytest.param(answer("null"), "beginning with `null`", id="null"),
    pytest.param(answer([7]), "beginning with `[7]`", id="number for a record"),
    pytest.param(answer([None]), "Expected a JSON list", id="null for a record"),
]


@pytest.mark.parametrize(("response", "words"), BROKEN)
def test_given_one_broken_answer_when_read_then_it_is_asked_again(
    response: HttpResponse, words: str, sentry: SentryMock, waits: list[float]
) -> None:
    del words
    sentry.answers(TEAMS, page({"id": "1"}, next_cursor="4711:1:0"))
    sentry.answers(second_page("4711:1:0"), response, page({"id": "2"}))
    assert read("teams").records("teams") == [{"id": "1"}, {"id": "2"}]
    assert waits == BACKOFF[:1]


@pytest.mark.parametrize(("response", "words"), BROKEN)
def test_given_only_broken_answers_when_read_then_the_stream_fails_and_says_why(
    response: HttpResponse, words: str, sentry: SentryMock, waits: list[float]
) -> None:
    sentry.answers(TEAMS, *[response] * 9)
    sync = read("teams", fails=True)
    ((message, kind),) = sync.errors("teams")
    assert (sync.status("teams"), sync.records("teams"), kind) == ("INCOMPLETE", [], "transient_error")
    assert words in message
    assert waits == BACKOFF


@pytest.mark.parametrize(("response", "words"), BROKEN)
def test_given_broken_list_of_projects_when_its_children_are_read_then_it_is_asked_again(
    response: HttpResponse, words: str, sentry: SentryMock
) -> None:
    """The engine caches what it takes for a good answer of a parent."""
    del words
    sentry.answers(organization_request("projects/", per_page="100"), response, page(BACKEND))
    sentry.answers(project_request("backend", "keys/", per_page="100"), page({"id": "a"}))
    assert read("project_keys").records("project_keys") == [{"id": "a"}]


def test_given_list_for_an_object_when_read_then_it_is_asked_again(sentry: SentryMock) -> None:
    sentry.answers(organization_request(""), page(WEB), answer({"id": "1"}))
    assert read("organization").records("organization") == [{"id": "1"}]
