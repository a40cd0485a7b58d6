from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import BACKEND_ISSUES, EVENTS, ISSUES, RELEASES, Client, running

KEYS = "/projects/acme/backend/keys/"
MEMBERS = "/organizations/acme/members/"
LISTS = ["/organizations/acme/projects/", "/organizations/acme/teams/", MEMBERS, RELEASES, KEYS, EVENTS, BACKEND_ISSUES]


def test_given_a_first_page_when_link_is_read_then_it_is_letter_by_letter_as_documented(today: Client) -> None:
    url = "https://sentry.example/api/0/organizations/acme/members/?per_page=3&query=a%20b"
    assert today.get(MEMBERS, per_page=3, query="a b").headers["Link"] == (
        f'<{url}&cursor=3:-1:1>; rel="previous"; results="false"; cursor="3:-1:1", '
        f'<{url}&cursor=3:1:0>; rel="next"; results="true"; cursor="3:1:0"'
    )


def test_given_no_parameters_when_link_is_read_then_a_question_mark_and_an_ampersand_precede_the_cursor(
    today: Client,
) -> None:
    assert "/backend/events/?&cursor=0:100:0>;" in today.get(EVENTS).headers["Link"]


def test_given_the_last_page_when_its_next_cursor_is_followed_then_an_empty_page_says_the_same(today: Client) -> None:
    last = today.get(KEYS, per_page=100)
    beyond = today.get(KEYS, per_page=100, cursor=last.links["next"]["cursor"])
    assert last.links["next"]["results"] == beyond.links["next"]["results"] == "false"
    assert beyond.json() == []
    assert beyond.links["previous"]["results"] == "true"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("generation", ["today", "old"])
def test_given_a_list_when_it_is_paged_by_two_then_it_equals_the_whole(
    request: pytest.FixtureRequest, generation: str, path: str
) -> None:
    client: Client = request.getfixturevalue(generation)
    whole = client.get(path, per_page=100, query="", status="").json()[:16]
    pages = client.pages(path, per_page=2, limit=2, query="", status="")
    assert {len(page) for page in pages[:-1]} == {2}
    assert [record for page in pages for record in page][:16] == whole


def test_given_a_second_page_when_its_previous_cursor_is_followed_then_the_first_page_comes(today: Client) -> None:
    size: dict[str, Any] = {"per_page": 3, "limit": 3}
    for path in (EVENTS, BACKEND_ISSUES, MEMBERS):
        first = today.get(path, **size)
        following = today.get(path, **size, cursor=first.links["next"]["cursor"])
        back = today.get(path, **size, cursor=following.links["previous"]["cursor"])
        assert back.json() == first.json() != following.json()


def test_given_keys_when_no_page_size_is_asked_for_then_ten_come_today_and_a_hundred_on_the_old_server(
    today: Client, old: Client
) -> None:
    assert [len(page) for page in today.pages(KEYS)] == [10, 3]
    assert len(today.get(KEYS, per_page=100).json()) == 13
    assert [len(page) for page in old.pages(KEYS)] == [13]


def test_given_a_limit_above_100_when_issues_are_read_then_it_is_clamped_and_per_page_ignored() -> None:
    with running(issues_per_project=120) as client:
        assert len(client.get(BACKEND_ISSUES, limit=500, per_page=7, query="").json()) == 100
        assert len(client.get(ISSUES, limit=500, query="").json()) == 100


def test_given_a_bad_limit_when_issues_are_read_then_400(today: Client) -> None:
    answer = today.get(ISSUES, limit="abc")
    assert (answer.status_code, answer.json()) == (400, {"detail": "invalid limit"})


def test_given_no_limit_at_all_when_issues_are_read_then_an_empty_page_has_more(today: Client) -> None:
    answer = today.get(ISSUES, limit=0)
    assert answer.json() == []
    assert answer.links["next"]["results"] == "true"


@pytest.mark.parametrize("cursor", ["garbage", "100:-1:0"])
def test_given_a_bad_cursor_when_members_are_read_then_400_today_and_500_on_the_old_server(
    today: Client, old: Client, cursor: str
) -> None:
    assert today.get(MEMBERS, cursor=cursor).status_code == 400
    assert old.get(MEMBERS, cursor=cursor).status_code == 500


@pytest.mark.parametrize("path", [EVENTS, ISSUES, BACKEND_ISSUES])
def test_given_ghost_rows_when_a_list_is_paged_then_short_and_empty_pages_lose_nothing(path: str) -> None:
    size: dict[str, Any] = {"per_page": 10, "limit": 10, "query": ""}
    with running(ghost_rows=25) as client:
        pages = client.pages(path, **size)
        lengths = [len(page) for page in pages]
        client.sandbox.configure(ghost_rows=0)
        assert 0 in lengths[:-1]
        assert [record for page in pages for record in page] == client.all(path, **size)


def test_given_cursors_with_equals_signs_when_events_are_paged_then_only_the_url_holds_them() -> None:
    with running(faults=("equals_cursor",)) as client:
        answer = client.get(EVENTS, per_page=10)
        assert "=" in answer.headers["Link"].split('cursor="')[2].split('"')[0]
        assert "cursor" not in answer.links["next"]  # what the python client makes of it
        cursor = answer.links["next"]["url"].split("cursor=")[1].replace("%3D", "=")
        second = client.get(EVENTS, per_page=10, cursor=cursor).json()
        client.sandbox.configure(faults=())
        assert second == client.get(EVENTS, per_page=10, cursor="0:10:0").json()


def test_given_a_prefix_when_the_api_is_called_then_it_lives_below_and_links_say_so() -> None:
    with running(prefix="/sentry") as client:
        assert client.sandbox.url.endswith("/sentry")
        answer = client.get(EVENTS)
        assert answer.status_code == 200
        assert answer.links["next"]["url"].startswith("https://sentry.example/sentry/api/0/projects/")
