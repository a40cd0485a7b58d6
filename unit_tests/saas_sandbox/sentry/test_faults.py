from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from saas_sandbox.sentry.settings import Settings
from saas_sandbox.sentry.state import State
from unit_tests.saas_sandbox.sentry.client import DAY, EVENTS, ISSUES, NOW_SECONDS, Client, running

MEMBERS = "/organizations/acme/members/"

Spoil = Callable[..., Client]


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    with running() as client:
        yield client


@pytest.fixture
def spoil(shared: Client) -> Iterator[Spoil]:
    """A sandbox with the faults that are named, and a log that starts here."""

    def configure(*faults: str, **settings: object) -> Client:
        shared.sandbox.reset()
        shared.sandbox.configure(faults=faults, **settings)
        return shared

    yield configure
    configure(limits="off", fault_repeats=1)


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("html", 200, b"<!DOCTYPE html>"),
        ("blank", 200, b""),
        ("detail", 200, b'{"detail":'),
        ("410", 410, b'{"message":"This API no longer exists."}'),
        ("429", 429, b'{"detail":"You are attempting'),
        ("429bare", 429, b'{"detail":"You are attempting'),
        ("500", 500, b'{"detail":"Internal Error","errorId":"'),
        ("502", 502, b"<html>"),
        ("503", 503, b'{"error":"apigateway"'),
    ],
)
def test_given_a_fault_when_a_request_is_repeated_then_only_the_first_is_spoilt(
    spoil: Spoil, kind: str, status: int, content: bytes
) -> None:
    client = spoil(f"{kind}:1")
    spoilt, good = client.get(MEMBERS), client.get(MEMBERS)
    assert (spoilt.status_code, spoilt.content[: len(content)]) == (status, content)
    assert bool(spoilt.content) is bool(content)
    assert len(good.json()) == 7
    assert ("X-Sentry-Rate-Limit-Reset" in spoilt.headers) is (kind == "429")


def test_given_limits_when_a_bare_429_strikes_then_it_has_no_headers(spoil: Spoil) -> None:
    client = spoil("429bare:1", limits="saas")
    bare, good = client.get(MEMBERS), client.get(MEMBERS)
    assert "X-Sentry-Rate-Limit-Reset" not in bare.headers
    assert "X-Sentry-Rate-Limit-Reset" in good.headers


def test_given_truncation_when_a_page_is_read_then_its_length_is_right_and_its_json_is_not(spoil: Spoil) -> None:
    client = spoil("truncated:1")
    spoilt = client.get(MEMBERS)
    assert int(spoilt.headers["Content-Length"]) == len(spoilt.content)
    with pytest.raises(requests.JSONDecodeError):
        spoilt.json()
    assert client.get(MEMBERS).json()


@pytest.mark.parametrize(
    ("kind", "error"),
    [("reset", requests.ConnectionError), ("cut_connection", requests.exceptions.ChunkedEncodingError)],
)
def test_given_a_broken_connection_when_a_page_is_read_then_the_client_fails_and_a_retry_succeeds(
    spoil: Spoil, kind: str, error: type[Exception]
) -> None:
    client = spoil(f"{kind}:1")
    with pytest.raises(error):
        client.get(EVENTS)
    assert len(client.get(EVENTS).json()) == 100
    assert [request.status for request in client.sandbox.requests()] == [0 if kind == "reset" else 200, 200]


def test_given_every_third_request_when_five_are_made_then_the_third_new_one_is_spoilt(spoil: Spoil) -> None:
    client = spoil("500:3")
    statuses = [client.get(MEMBERS, per_page=size).status_code for size in (1, 2, 2, 3, 3, 4)]
    assert statuses == [200, 200, 200, 500, 200, 200]


def test_given_repeats_when_a_request_is_retried_then_it_fails_so_often_or_for_ever(spoil: Spoil) -> None:
    client = spoil("503:1", fault_repeats=2)
    assert [client.get(MEMBERS).status_code for _ in range(3)] == [503, 503, 200]
    client.sandbox.configure(fault_repeats=0)
    assert [client.get(MEMBERS).status_code for _ in range(4)] == [503] * 4


def test_given_a_part_of_a_path_when_others_are_called_then_they_are_spared(spoil: Spoil) -> None:
    client = spoil("500:1@/members/", "html:1@/events/")
    assert client.get("/organizations/acme/").status_code == 200
    assert client.get(MEMBERS).status_code == 500
    assert client.get(EVENTS).content.startswith(b"<!DOCTYPE html>")


def test_given_no_link_when_lists_are_read_then_first_pages_lack_it_and_others_do_not(spoil: Spoil) -> None:
    client = spoil("no_link:1", fault_repeats=0)
    assert "Link" not in client.get(EVENTS).headers
    assert "Link" in client.get(EVENTS, cursor="0:10:0").headers


def test_given_a_repeated_cursor_when_a_second_page_is_read_then_its_next_is_itself(spoil: Spoil) -> None:
    client = spoil("repeat_cursor:1")
    first = client.get(EVENTS, per_page=10)
    second = [client.get(EVENTS, per_page=10, cursor="0:10:0").links["next"]["cursor"] for _ in range(2)]
    assert first.links["next"]["cursor"] == "0:10:0"
    assert second == ["0:10:0", "0:20:0"]


@pytest.mark.parametrize("path", [EVENTS, ISSUES])
def test_given_a_timeout_when_windows_are_wide_then_400_until_they_are_narrow(spoil: Spoil, path: str) -> None:
    def ask(client: Client, hours: int) -> requests.Response:
        return client.get(path, start=NOW_SECONDS - hours * 3600, end=NOW_SECONDS)

    client = spoil("timeout400:24")
    wide, narrow = ask(client, 25), ask(client, 24)
    assert (client.get(path).status_code, narrow.status_code) == (400, 200)
    assert wide.json() == {
        "detail": "Query timeout. Please try your query with a smaller date range or fewer projects."
    }


def test_given_a_window_before_the_retention_when_events_are_read_then_empty_or_400(spoil: Spoil) -> None:
    window: dict[str, Any] = {"start": NOW_SECONDS - 100 * DAY, "end": NOW_SECONDS - 91 * DAY}
    client = spoil()
    assert client.get(EVENTS, **window).json() == []
    client.sandbox.configure(faults=("out_of_retention400",))
    refused = client.get(EVENTS, **window)
    assert client.get(EVENTS, **window | {"end": NOW_SECONDS}).status_code == 200
    assert (refused.status_code, refused.json()) == (
        400,
        {"detail": "Invalid date range. Please try a more recent date range."},
    )


@pytest.mark.parametrize(("text", "message"), [("flood:2", "unknown fault 'flood'"), ("500:0", "a number from 1")])
def test_given_a_wrong_fault_when_the_sandbox_is_built_then_it_says_what(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        State(Settings(faults=(text,)))
