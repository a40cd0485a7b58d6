"""Rows that vanish, come and stand out of order while a list is paged: nothing that stays is lost."""

import itertools
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airbyte_cdk.sources.types import StreamSlice

from source_sentry import paging
from source_sentry.pages import SentryPage
from sourcewright.http import pages
from sourcewright.http.walks import Walk
from unit_tests.source_sentry.builders import NOW, Json, a_config, an_event
from unit_tests.source_sentry.moving import MovingList, serving
from unit_tests.source_sentry.sync import project_states, read

pytestmark = pytest.mark.usefixtures("frozen", "waits")

NEWEST = datetime(2026, 11, 22, 8, tzinfo=UTC)
Moves = Callable[[list[Json], int], list[Json]]


def rows(number: int, *, every: int = 60, **fields: Any) -> list[Json]:
    """`number` rows, newest first, one `every` so many seconds."""
    moments = [NEWEST - timedelta(seconds=every * place) for place in range(number)]
    return [an_event(place, f"{moment:%Y-%m-%dT%H:%M:%SZ}", **fields) for place, moment in enumerate(moments)]


def vanish(share: float, *requests: int) -> Moves:
    """Before each of `requests` a `share` of the rows vanishes, anywhere in the list."""

    def move(found: list[Json], request: int) -> list[Json]:
        chance = random.Random(request)  # noqa: S311 - the same each time
        return [row for row in found if chance.random() > share] if request in requests else found

    return move


def come(number: int, *requests: int) -> Moves:
    """Before each of `requests`, `number` rows come in front."""

    def move(found: list[Json], request: int) -> list[Json]:
        new = [an_event(10_000 * request + place, "2026-11-22T08:00:01Z") for place in range(number)]
        return new + found if request in requests else found

    return move


def ids(found: Iterable[Json]) -> set[str]:
    return {str(row["id"]) for row in found}


def lost(of_server: MovingList, found: Iterable[Json]) -> set[str]:
    """Rows that were there at the start, still are, and are not `found`. What came meanwhile is for the next sync."""
    return (ids(of_server.rows) & of_server.at_start) - ids(found)


MOVES = [
    pytest.param(vanish(0.1, 2), id="a tenth after the first page"),
    pytest.param(vanish(0.5, 3), id="half of them"),
    pytest.param(vanish(0.02, *range(2, 40)), id="some all the time"),
    pytest.param(lambda found, request: found[350:] if request == 4 else found, id="all that was read"),
    pytest.param(lambda found, request: found[:90] + found[400:] if request == 3 else found, id="a block"),
    pytest.param(lambda found, request: found[:150] if request == 4 else found, id="the rest"),
    pytest.param(come(7, 2, 3, 5), id="new ones come"),
]
SERVERS = [
    pytest.param({"date": "dateCreated"}, id="that knows end"),
    pytest.param({}, id="that ignores end"),
    pytest.param({"date": "dateCreated", "by_page": True}, id="that knows end and pages by number"),
    pytest.param({"by_page": True}, id="that ignores end and pages by number"),
]


BY_TIME: Json = {"newest_first": ["dateCreated"], "by_time": True}
DATED: list[Json] = [BY_TIME, {}]
WINDOW = StreamSlice(
    partition={}, cursor_slice={"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-11-22T09:59:59Z"}
)


def walked(of_server: MovingList, **fields: Any) -> list[Json]:
    """Rows that the pages of a walk over `of_server` hold, without the engine."""
    paginator = paging.LinkHeaderPagination(config=a_config(), parameters={}, **fields)
    token: Any = None
    found: list[Json] = []
    while token or not found:
        asked = {"start": WINDOW["start_time"], "end": "2026-11-22T10:00:00Z", "per_page": "100"}
        asked |= {**token.parameters, **({"cursor": token.cursor} if token.cursor else {})} if token else {}
        response = of_server.respond(asked)
        assert pages.read_page(response, pages.LIST, pages.PageSlots(), SentryPage)
        page = pages.page_of(response)
        if "newest_first" in fields:
            page.note_dates(fields["newest_first"])
        page.join(token.walk if token else Walk(["id"]), token)
        found += map(dict, page.records())
        token = paginator.next_page_token(response, 0, None, token, stream_slice=WINDOW)
    return found


@pytest.mark.parametrize("moves", MOVES)
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("every", [0, 1, 60], ids=["in one second", "a second apart", "a minute apart"])
@pytest.mark.parametrize("dated", DATED, ids=["by time", "no dates"])
def test_given_rows_that_vanish_while_they_are_paged_when_walked_then_no_other_is_lost(
    server: Json, moves: Moves, every: int, dated: Json
) -> None:
    of_server = MovingList(rows(1000, every=every), moves=moves, **server)
    found = walked(of_server, **dated)
    assert not lost(of_server, found)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("every", [0, 60], ids=["in one second", "a minute apart"])
@pytest.mark.parametrize("dated", DATED, ids=["by time", "no dates"])
@pytest.mark.parametrize("read_until", [100, 200])
def test_given_list_that_then_ends_before_the_next_page_when_walked_then_no_row_is_lost(
    server: Json, every: int, dated: Json, read_until: int
) -> None:
    def move(found: list[Json], request: int) -> list[Json]:
        return found[:20] + found[read_until:] if request == 1 + read_until // 100 else found

    of_server = MovingList(rows(read_until + 50, every=every), moves=move, **server)
    assert not lost(of_server, walked(of_server, **dated))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("dated", DATED, ids=["by time", "no dates"])
@pytest.mark.parametrize("share", [10, 55, 90])
def test_given_rows_that_sentry_leaves_out_after_it_counted_them_when_walked_then_no_other_is_lost(
    server: Json, dated: Json, share: int
) -> None:
    found = rows(1000)
    left_out = frozenset(row["id"] for place, row in enumerate(found) if place % 100 >= 100 - share)
    left_out |= {row["id"] for row in found[300:520]}
    for moves in (vanish(0.02, 3, 5), lambda found, request: found[40:] if request == 2 else found):
        of_server = MovingList(found, ghosts=left_out, moves=moves, **server)
        assert not lost(of_server, walked(of_server, **dated)) - left_out


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("number", [99, 100, 250])
def test_given_new_rows_that_fill_the_next_page_when_walked_then_reading_goes_on(server: Json, number: int) -> None:
    for dated in DATED:
        of_server = MovingList(rows(1000), moves=come(number, 2, 5), **server)
        assert not lost(of_server, walked(of_server, **dated))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("places", [[98, 99], [90, 93, 95, 99]])
def test_given_some_rows_out_of_order_at_the_end_of_a_page_when_walked_then_none_is_lost(
    server: Json, places: list[int]
) -> None:
    found = rows(350)
    for place in places:
        found[place]["dateCreated"] = "2026-11-19T00:00:00Z"
    of_server = MovingList(found, **server)
    assert not lost(of_server, walked(of_server, **BY_TIME))


DATES = ["dateCreated", "dateReleased"]


@pytest.mark.parametrize("by_page", [True, False])
@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta(days=1), -timedelta(days=1)], ids=str)
def test_given_releases_that_an_old_server_orders_by_another_date_when_walked_then_none_is_lost(
    later: timedelta, *, by_page: bool
) -> None:
    found = rows(300, every=600)
    for row in found:
        created = datetime.fromisoformat(row["dateCreated"]) - timedelta(days=2)
        row |= {name: f"{of:%Y-%m-%dT%H:%M:%SZ}" for name, of in zip(DATES, (created, created + later), strict=True)}
    for date in ("dateCreated", "dateReleased", ""):
        of_server = MovingList(found, date=date, by_page=by_page)
        assert not lost(of_server, walked(of_server, by_time=True, newest_first=DATES))


@pytest.mark.parametrize(
    ("server", "dated", "requests"),
    [
        pytest.param({"date": "dateCreated"}, BY_TIME, 11, id="by row number, a row a page comes twice"),
        pytest.param({"date": "dateCreated", "by_page": True}, BY_TIME, 11, id="by time, ten rows a page come twice"),
        pytest.param({"by_page": True}, BY_TIME, 20, id="by time, where the server does not know it"),
        pytest.param({"by_page": True}, {}, 19, id="by page number, all but the last page again"),
    ],
)
def test_given_thousand_rows_that_stay_when_walked_then_few_requests_more_than_pages(
    server: Json, dated: Json, requests: int
) -> None:
    of_server = MovingList(rows(1000), **server)
    found = walked(of_server, **dated)
    assert [row["id"] for row in found] == [row["id"] for row in of_server.rows]
    assert len(of_server.asked) == requests


def old(number: int) -> MovingList:
    """A server that ignores windows, with an event a day."""
    return MovingList(rows(number, every=24 * 3600))


def test_given_server_that_ignores_windows_when_read_then_one_of_them_is_read_for_all() -> None:
    of_server = old(310)
    with serving(events=of_server):
        sync = read("events", config=a_config(start_date="2025-01-01T00:00:00Z", num_workers=1))
    assert ids(sync.records("events")) == ids(of_server.rows)
    assert len(of_server.asked) == 4 + 1  # pages, and the answer that showed it
    assert sync.cursors("events") == {"1": "2026-11-22T10:00:00Z"}


def test_given_server_that_ignores_windows_when_a_page_fails_then_the_cursor_stays() -> None:
    of_server = old(310)
    of_server.fails_at = 3
    with serving(events=of_server):
        sync = read("events", config=a_config(start_date="2025-01-01T00:00:00Z"), fails=True)
    assert sync.cursors("events") == {"1": "2025-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "date",
    [
        pytest.param("1970-01-01T00:00:00Z", id="long ago"),
        pytest.param("2026-11-19T08:00:00Z", id="some days ago"),
        pytest.param("2026-11-22T09:00:00Z", id="newer than the others"),
        pytest.param("2099-01-01T00:00:00Z", id="in the future"),
        pytest.param("a while ago", id="no date"),
        pytest.param(1764288000, id="a number"),
        pytest.param(["2026-11-20"], id="a list"),
        pytest.param(None, id="null"),
    ],
)
@pytest.mark.parametrize("place", [0, 9], ids=["first row", "last row of a page"])
def test_given_event_whose_date_is_out_of_order_when_read_then_all_are_there(date: Any, place: int) -> None:
    found = rows(60)
    found[place] = {**found[place], "dateCreated": date}
    with serving(events=MovingList(found, size=10)):
        sync = read("events")
    assert ids(sync.records("events")) == ids(found)
    assert (sync.status("events"), sync.cursors("events")) == ("COMPLETE", {"1": NOW})


def test_given_events_out_of_order_when_read_then_one_warning_counts_them() -> None:
    found = rows(60)
    for place in (9, 20, 21):
        found[place] = {**found[place], "dateCreated": "1970-01-01T00:00:00Z"}
    with serving(events=MovingList(found, size=10)):
        (warning,) = read("events").warnings()
    assert warning.startswith("Stream `events`: 3 record(s) are dated out of the order of their list or in the future")
    assert "1970-01-01T00:00:00Z" in warning


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("number", "fails"),
    [pytest.param(9, False, id="short page"), pytest.param(180, True, id="full page")],
)
def test_given_page_without_a_link_header_when_read_then_a_full_one_is_an_error(
    number: int, *, fails: bool, full: bool
) -> None:
    of_server = MovingList(rows(number), has_link=False, size=10 if full else 100)
    with serving(events=of_server):
        sync = read("events", config=a_config(full_events=full), fails=fails)
    assert sync.status("events") == ("INCOMPLETE" if fails else "COMPLETE")
    if fails:
        ((message, _),) = sync.errors("events")
        assert f"/events/ answered with {of_server.size} rows, a full page, and without a Link header" in message
        assert sync.states("events") == []


@pytest.mark.parametrize("more", ["1", "yes"])
def test_given_link_header_that_does_not_say_whether_more_follow_when_read_then_a_full_page_is_an_error(
    more: str,
) -> None:
    with serving(teams=MovingList([{"id": str(number)} for number in range(150)], more=more)):
        sync = read("teams", fails=True)
    ((message, _),) = sync.errors("teams")
    assert f'results="{more}"' in message
    assert "which does not say whether more follow" in message


@pytest.mark.parametrize("by_page", [True, False])
@pytest.mark.parametrize("number", [0, 100, 250])
def test_given_list_without_an_end_when_read_then_an_error_says_so(number: int, *, by_page: bool) -> None:
    of_server = MovingList([{"id": str(place)} for place in range(number)], by_page=by_page, goes_on=True)
    with serving(teams=of_server):
        sync = read("teams", fails=True)
    ((message, _),) = sync.errors("teams")
    assert "has no end: 500 pages, one after the other, had no new row" in message
    assert len(sync.records("teams")) == number


def test_given_rows_of_one_date_that_vanish_where_cursors_are_dates_when_walked_then_no_other_is_lost() -> None:
    for every, at in itertools.product((0, 1), (2, 3)):
        moves: Moves = lambda found, request, at=at: found[50:] if request == at else found  # type: ignore[misc]  # noqa: E731
        of_server = MovingList(rows(430, every=every), by_date=True, date="dateCreated", moves=moves)
        assert not lost(of_server, walked(of_server, **BY_TIME))


@pytest.mark.parametrize("by_page", [True, False])
def test_given_rows_whose_parent_completes_their_key_when_they_change_all_the_time_then_each_comes_once(
    *, by_page: bool
) -> None:
    def count(found: list[Json], request: int) -> list[Json]:
        return [row | {"count": request} for row in found]

    of_server = MovingList([{"key": f"tag{place}", "count": 0} for place in range(350)], by_page=by_page, moves=count)
    with serving(tags=of_server):
        found = read("project_tags").records("project_tags")
    assert len(found) == len({row["key"] for row in found}) == 350


@pytest.mark.parametrize("date", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("places", [[59], range(10, 20), range(60)], ids=["the last", "a page", "all"])
def test_given_events_from_before_there_were_any_when_read_then_they_are_kept_and_counted(
    date: str, places: Iterable[int]
) -> None:
    found = rows(60)
    for place in places:
        found[place]["dateCreated"] = date
    with serving(events=MovingList(found, size=10)):
        sync = read("events")
    assert len(sync.records("events")) == 60
    assert [f"{len([*places])} record(s) are dated out of the order" in warning for warning in sync.warnings()] == [
        True
    ]


def test_given_pages_of_one_row_when_walked_then_reading_goes_on() -> None:
    of_server = MovingList(rows(20), size=1)
    assert len(walked(of_server)) == 20


def test_given_newest_event_without_a_date_where_windows_are_ignored_when_read_then_one_is_read_for_all() -> None:
    of_server = old(310)
    of_server.rows[0]["dateCreated"] = None
    with serving(events=of_server):
        sync = read("events", config=a_config(start_date="2026-01-01T00:00:00Z"))
    assert len(sync.records("events")) == len(ids(sync.records("events"))) == 310
    assert len(of_server.asked) < 8


def test_given_list_that_has_no_pages_when_read_then_it_needs_no_link_header() -> None:
    tags = [{"key": str(number)} for number in range(100)]
    with serving(tags=MovingList(tags, has_link=False)):
        assert len(read("project_tags").records("project_tags")) == 100


@pytest.mark.parametrize("stream", ["teams", "members", "monitors"])
def test_given_list_without_dates_that_shrinks_when_read_then_no_other_row_is_lost(stream: str) -> None:
    found = MovingList([{"id": str(number)} for number in range(430)], by_page=True, moves=vanish(0.1, 2, 3, 4))
    with serving(**{stream: found}):
        sync = read(stream)
    assert not lost(found, sync.records(stream))
    assert (sync.status(stream), sync.warnings()) == ("COMPLETE", [])


def test_given_list_that_never_stands_still_when_read_then_a_warning_says_so() -> None:
    found = MovingList([{"id": str(number)} for number in range(900)], by_page=True, moves=come(1, *range(2, 99)))
    with serving(teams=found):
        (warning,) = read("teams").warnings()
    assert "/organizations/acme/teams/ changed each of the 6 times that it was read" in warning


@pytest.mark.parametrize("by_date", [False, True], ids=["cursors are row numbers", "cursors are dates"])
def test_given_walk_that_was_cut_off_when_read_again_then_it_goes_on_where_it_was(*, by_date: bool) -> None:
    config = a_config(start_date="2025-01-01T00:00:00Z", num_workers=1)
    of_server = MovingList(rows(1000, every=12 * 3600), by_date=by_date, fails_at=6)
    with serving(events=of_server):
        first = read("events", config=config, fails=True)
    (entry,) = first.state("events")["states"]
    assert entry["cursor"] == {"dateCreated": "2025-01-01T00:00:00Z"}
    assert entry["read"]["end"] == NOW

    again = MovingList([an_event(2000, "2026-11-22T09:00:00Z"), *of_server.rows], by_date=by_date)
    with serving(events=again):
        second = read("events", config=config, state={"events": first.state("events")})
    found = second.records("events")
    assert ids(again.rows) == ids(first.records("events")) | ids(found)
    assert max(row["dateCreated"] for row in found if row["title"] != "Error 2000") <= entry["read"]["start"]
    assert len(again.asked) == (11 if by_date else 14)
    assert second.state("events") == project_states("dateCreated", {"1": NOW})
