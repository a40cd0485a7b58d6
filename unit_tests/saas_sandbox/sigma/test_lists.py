"""Shapes, pages, oddities and faults of the Sigma sandbox's lists."""

from collections.abc import Iterator

import pytest
import requests

from unit_tests.saas_sandbox.sigma.client import Client, running

CURSOR = {"sent": "page", "told": "nextPage"}
TOKEN = {"sent": "pageToken", "told": "nextPageToken"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with running() as one:
        yield one


def workbook(client: Client, number: int = 0) -> str:
    rows = client.look("totals")["workbooks"]
    return str(rows[number]["row"]["workbookId"])


def test_given_page_cursors_when_followed_then_they_are_row_numbers_and_end_with_null(client: Client) -> None:
    first = client.get("/v2/teams", limit=2).json()
    assert (first["nextPage"], first["total"], len(first["entries"])) == ("2", 3, 2)
    assert [len(page) for page in client.pages("/v2/teams", **CURSOR, limit="2")] == [2, 1]
    assert client.get("/v2/teams", limit=2, page="2").json()["nextPage"] is None


def test_given_a_page_number_when_asked_for_then_it_is_taken_for_a_row(client: Client) -> None:
    whole = client.get("/v2/teams").json()["entries"]
    assert client.get("/v2/teams", page="1").json()["entries"] == whole[1:]


def test_given_opaque_cursors_when_followed_then_no_number_does(client: Client) -> None:
    path = f"/v2/workbooks/{workbook(client)}/columns"
    assert [len(page) for page in client.pages(path, **CURSOR, limit="2")] == [2, 1]
    assert client.get(path, page="2").status_code == 400


def test_given_page_tokens_when_followed_then_the_last_page_has_none(client: Client) -> None:
    assert [len(page) for page in client.pages("/v2/accountTypes", **TOKEN, pageSize="2")] == [2, 1]
    assert "nextPageToken" not in client.get("/v2/accountTypes").json()
    assert client.get("/v2/accountTypes", pageSize="501").status_code == 400
    assert client.get("/v2/accountTypes", pageToken="nonsense").status_code == 400
    assert len(client.get("/v2/accountTypes", limit="1").json()["entries"]) == 3


def test_given_bare_arrays_when_asked_with_parameters_then_400(client: Client) -> None:
    path = f"/v2/workbooks/{workbook(client)}/sources"
    assert [row["type"] for row in client.get(path).json()] == ["data-model", "data-model", "table"]
    assert client.get(path, limit="1000").status_code == 400


def test_given_grants_when_asked_without_a_selector_then_400(client: Client) -> None:
    assert client.get("/v2/grants").status_code == 400
    assert len(client.get("/v2/grants", userId="anybody").json()["entries"]) == 3


def test_given_documents_without_a_graph_when_asked_then_400_500_and_404(client: Client) -> None:
    first, second = workbook(client), workbook(client, 1)
    assert client.get(f"/v2/workbooks/{second}/lineage").status_code == 400
    assert client.get(f"/v2/workbooks/{first}/lineage/elements/12345e6789").status_code == 500
    assert client.get(f"/v2/workbooks/{first}/elements/12345e6789/query").status_code == 404


def test_given_what_is_not_there_when_asked_then_404_and_409(client: Client) -> None:
    assert client.get("/v2/workbooks/nobody/pages").status_code == 404
    assert client.get("/v2/nothing").status_code == 404
    archived = client.get(f"/v2/workbooks/{workbook(client, 4)}/pages")
    assert (archived.status_code, archived.json()["code"]) == (409, "inode_archived")


def test_given_errors_among_files_when_listed_then_they_look_like_it(client: Client) -> None:
    errors = [row for row in client.get("/v2/files").json()["entries"] if "id" not in row]
    assert [set(row) for row in errors] == [{"code", "message", "requestId"}]
    assert None in client.get("/v2/tenants").json()["entries"]


@pytest.mark.parametrize(("manner", "count"), [("add", 7), ("replace", 2)])
def test_given_archived_objects_when_asked_for_then_both_meanings_can_be_had(manner: str, count: int) -> None:
    with running(archived_lists=manner) as client:
        answer = client.get("/v2/members", includeArchived="true", includeInactive="true")
        assert len(answer.json()["entries"]) == count
        assert len(client.get("/v2/members").json()["entries"]) == 5


def test_given_the_time_before_june_2026_when_listed_without_limit_then_a_bare_array() -> None:
    with running(unpaged=True) as client:
        assert isinstance(client.get("/v2/teams").json(), list)
        assert isinstance(client.get("/v2/teams", limit=1000).json(), dict)


def test_given_retired_datasets_when_asked_then_410() -> None:
    with running(datasets="retired") as client:
        assert client.get("/v2/datasets").status_code == 410


@pytest.mark.parametrize(
    ("fault", "status", "content"),
    [
        ("402", 402, b'"code":"timedout"'),
        ("429", 429, b"too_many_requests"),
        ("429html", 429, b"<!DOCTYPE html>"),
        ("500", 500, b"requestId"),
        ("502", 502, b"<!DOCTYPE html>"),
        ("503", 503, b""),
        ("html", 200, b"<!DOCTYPE html>"),
        ("blank", 200, b""),
        ("truncated", 200, b'{"entries"'),
        ("no_entries", 200, b"items"),
    ],
)
def test_given_a_fault_when_asked_then_it_strikes_once(fault: str, status: int, content: bytes) -> None:
    with running(faults=(f"{fault}:1@teams",)) as client:
        spoilt = client.get("/v2/teams")
        assert spoilt.status_code == status
        assert content in spoilt.content
        assert ("Retry-After" in spoilt.headers) == (fault == "429")
        assert client.get("/v2/teams").json()["total"] == 3


def test_given_a_reset_when_asked_then_the_connection_breaks() -> None:
    with running(faults=("reset:1@teams",)) as client, pytest.raises(requests.exceptions.ConnectionError):
        client.get("/v2/teams")


def test_given_a_token_that_repeats_when_followed_then_it_leads_to_itself() -> None:
    with running(faults=("repeat_token:1@teams",), fault_repeats=0) as client:
        token = client.get("/v2/teams", limit="1", page="1").json()["nextPage"]
        assert client.get("/v2/teams", limit="1", page=token).json()["nextPage"] == token


@pytest.mark.parametrize("fault", ["nonsense", "html:0", "html:x"])
def test_given_an_unknown_fault_when_configured_then_it_is_refused(fault: str) -> None:
    with running() as client:
        assert client.control("settings", faults=[fault]).status_code == 400


def test_given_a_change_when_listed_then_it_has_that_date(client: Client) -> None:
    team = client.get("/v2/teams").json()["entries"][0]["teamId"]
    assert client.control("touch", id=team, at="2026-11-20T00:00:00.000Z").status_code == 200
    assert client.get("/v2/teams").json()["entries"][0]["updatedAt"] == "2026-11-20T00:00:00.000Z"
    assert client.control("touch", id="nobody", at="x").status_code == 404
