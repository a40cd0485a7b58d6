import pytest

from unit_tests.source_sentry.builders import LAST_SECOND, NOW, Json, a_config, a_release, without
from unit_tests.source_sentry.endpoints import releases
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, organization_request, page
from unit_tests.source_sentry.sync import Sync, read

ALL = without(a_config(), "start_date")


def versions(sync: Sync) -> list[str]:
    return [release["version"] for release in sync.records("releases")]


def test_given_two_pages_when_read_then_both_and_the_newest_as_cursor(sentry: SentryMock) -> None:
    newest, oldest = a_release("2", "2026-11-20T00:00:00.123456Z"), a_release("1", "2015-01-01T00:00:00Z")
    sentry.answers(releases(), page(newest, next_cursor="4711:1:0"))
    sentry.answers(releases(cursor="4711:1:0"), page(oldest))
    sync = read("releases", config=ALL)
    assert sync.records("releases") == [without(newest, "dateReleased"), without(oldest, "dateReleased")]
    assert sync.state("releases") == {"dateCreated": "2026-11-20T00:00:00Z"}
    assert (sync.status("releases"), sync.warnings()) == ("COMPLETE", [])


def test_given_start_date_when_read_then_older_releases_are_left_out_and_no_page_after_one_of_them_is_asked_for(
    sentry: SentryMock,
) -> None:
    found = [a_release("3", "2026-11-02T00:00:00Z"), a_release("2", "2026-10-31T23:59:59Z")]
    sentry.answers(releases(), page(*found, next_cursor="4711:1:0"))
    sentry.answers(releases(cursor="4711:1:0"), page(a_release("1", "2026-10-31T00:00:00Z"), next_cursor="4711:2:0"))
    assert versions(read("releases")) == ["3"]


def test_given_cursor_when_read_then_from_fourteen_days_before_it(sentry: SentryMock) -> None:
    first = [a_release("5", "2026-11-21T00:00:00Z"), a_release("4", "2026-11-20T00:00:00Z")]
    second = [a_release("3", "2026-11-06T00:00:00Z"), a_release("2", "2026-11-05T23:59:59Z")]
    sentry.answers(releases(), page(*first, next_cursor="4711:1:0"))
    sentry.answers(releases(cursor="4711:1:0"), page(*second, next_cursor="4711:2:0"))
    sentry.answers(releases(cursor="4711:2:0"), page(a_release("1", "2026-11-05T00:00:00Z"), next_cursor="4711:3:0"))
    sync = read("releases", config=ALL, state={"releases": {"dateCreated": "2026-11-20T00:00:00Z"}})
    assert versions(sync) == ["5", "4", "3"]
    assert sync.state("releases") == {"dateCreated": "2026-11-21T00:00:00Z"}


@pytest.mark.parametrize(
    "saved", ["2026-11-20T00:00:00.000000Z", "2026-11-20T00:00:00+00:00", "2026-11-20T00:00:00.123Z"]
)
def test_given_published_connectors_state_when_read_then_from_its_cursor(saved: str, sentry: SentryMock) -> None:
    found = [a_release("2", "2026-11-06T00:00:00Z"), a_release("1", "2026-11-05T23:59:59Z")]
    sentry.answers(releases(), page(*found))
    assert versions(read("releases", config=ALL, state={"releases": {"dateCreated": saved}})) == ["2"]


def test_given_nothing_new_when_read_then_the_cursor_does_not_go_back(sentry: SentryMock) -> None:
    sentry.answers(releases(), page(a_release("1", "2026-11-19T00:00:00Z")))
    sync = read("releases", config=ALL, state={"releases": {"dateCreated": "2026-11-20T00:00:00Z"}})
    assert sync.state("releases") == {"dateCreated": "2026-11-20T00:00:00Z"}


def test_given_server_that_orders_by_release_date_when_read_then_it_does_not_stop_at_an_old_creation_date(
    sentry: SentryMock,
) -> None:
    late = a_release("2", "2026-01-01T00:00:00Z", released="2026-11-10T00:00:00Z")
    older = a_release("1", "2026-11-05T00:00:00Z")
    sentry.answers(releases(), page(late, next_cursor="4711:1:0"))
    sentry.answers(releases(cursor="4711:1:0"), page(older))
    assert versions(read("releases")) == ["2", "1"]


def test_given_release_that_was_dated_back_when_read_then_it_is_there(sentry: SentryMock) -> None:
    sentry.answers(releases(), page(a_release("1", "2026-11-10T00:00:00Z", released="2020-01-01T00:00:00Z")))
    assert versions(read("releases")) == ["1"]


@pytest.mark.parametrize(("created", "found"), [(LAST_SECOND, ["1"]), (NOW, [])])
def test_given_release_of_the_last_second_when_read_then_later_ones_are_left_to_the_next_sync(
    created: str, found: list[str], sentry: SentryMock
) -> None:
    sentry.answers(releases(), page(a_release("1", created)))
    assert versions(read("releases")) == found


def test_given_legacy_server_when_read_then_no_project_is_asked_for(sentry: SentryMock) -> None:
    asked = organization_request("releases/", per_page="100", status="")
    sentry.answers(asked, page(a_release("1", "2026-11-20T00:00:00Z")))
    assert versions(read("releases", config=a_config(legacy_server=True))) == ["1"]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, {"detail": "No"}, "may not read stream `releases`: it needs the scope `project:read`"),
        (404, "", "check the slug `acme` in `organization`"),
    ],
)
def test_given_refusal_when_read_then_the_stream_fails_and_its_cursor_stays(
    status: int, body: Json | str, words: str, sentry: SentryMock
) -> None:
    sentry.answers(releases(), answer(body, status))
    sync = read("releases", state={"releases": {"dateCreated": "2026-11-20T00:00:00Z"}}, fails=True)
    ((message, kind),) = sync.errors("releases")
    assert (sync.status("releases"), kind) == ("INCOMPLETE", "config_error")
    assert words in message
    assert sync.states("releases") in ([], [{"dateCreated": "2026-11-20T00:00:00Z"}])


def test_given_failure_on_the_second_page_when_read_then_the_cursor_stays(sentry: SentryMock) -> None:
    sentry.answers(releases(), page(a_release("2", "2026-11-21T00:00:00Z"), next_cursor="4711:1:0"))
    sentry.answers(releases(cursor="4711:1:0"), *[answer("", 502)] * 9)
    sync = read("releases", state={"releases": {"dateCreated": "2026-11-20T00:00:00Z"}}, fails=True)
    assert sync.states("releases") in ([], [{"dateCreated": "2026-11-20T00:00:00Z"}])


def test_given_values_of_all_kinds_when_read_then_they_are_as_they_were(sentry: SentryMock) -> None:
    release = a_release("a@1.0+b", "2026-11-20T00:00:00.123456Z", "2026-11-20T00:00:01Z", data={}, authors=[], id=7)
    sentry.answers(releases(), page(release))
    assert read("releases").records("releases") == [release]
