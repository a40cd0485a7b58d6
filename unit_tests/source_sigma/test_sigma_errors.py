"""Refusals and failures: what is retried, what is left out with a word, what ends the stream."""

import pytest
import requests
import time_machine
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction
from airbyte_cdk.test.mock_http import HttpResponse

from source_sigma.handler import SigmaErrorHandler
from sourcewright.http.retry_after import retry_after_seconds
from unit_tests.source_sigma.builders import HTML, a_config, a_workbook
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, answer, entries, refusal
from unit_tests.source_sigma.sync import read

TEAMS = SigmaRequest("v2/teams", {"limit": "1000"})
WORKBOOKS = SigmaRequest("v2/workbooks", {"limit": "1000"})
WHERE = "http://sigma.test:9001"


def pages_of(workbook: str, **more: str) -> SigmaRequest:
    return SigmaRequest(f"v2/workbooks/{workbook}/pages", {"limit": "1000", **more})


@pytest.mark.parametrize(
    ("bad", "seconds"),
    [
        pytest.param(refusal(402, "timedout"), [1], id="the server took too long"),
        pytest.param(refusal(429), [1], id="429"),
        pytest.param(answer(HTML, 429, Content_Type="text/html"), [1], id="429 of the edge"),
        pytest.param(answer({}, 429, Retry_After="soon"), [1], id="429 with nonsense"),
        pytest.param(refusal(500), [1], id="500"),
        pytest.param(answer(HTML, 502, Content_Type="text/html"), [1], id="502"),
        pytest.param(answer("", 503), [1], id="503"),
        pytest.param(refusal(504), [1], id="504"),
        pytest.param(refusal(408), [1], id="408"),
    ],
)
def test_given_a_passing_failure_when_read_then_it_waits_and_asks_again(
    sigma: SigmaMock, waits: list[float], bad: HttpResponse, seconds: list[float]
) -> None:
    sigma.answers(TEAMS, bad, entries({"teamId": "t"}))
    assert read("teams").records("teams") == [{"teamId": "t"}]
    assert waits == seconds


def test_given_a_lasting_failure_when_read_then_waits_double(sigma: SigmaMock, waits: list[float]) -> None:
    sigma.answers(TEAMS, *[refusal(500, "internal")] * 9)
    ((message, kind),) = read("teams", fails=True).errors("teams")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    assert f"{WHERE}/v2/teams answered stream `teams` with HTTP 500: Some words (internal)" in message
    assert kind == "transient_error"


def test_given_a_redirect_to_another_address_when_read_then_it_fails_with_both(sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, answer("", 302, Location=f"{WHERE}/v2/members?limit=1000"))
    sigma.answers(SigmaRequest("v2/members", {"limit": "1000"}), entries({"memberId": "m"}))
    assert read("teams", fails=True).errors("teams") == [
        (
            f"{WHERE}/v2/teams redirects to {WHERE}/v2/members, which is not what was asked: check `api_url`.",
            "config_error",
        )
    ]


@pytest.mark.parametrize("status", [402, 418, 403, 404, 409, 410, 400])
def test_given_a_refused_list_that_all_have_when_read_then_its_stream_fails(sigma: SigmaMock, status: int) -> None:
    sigma.answers(TEAMS, refusal(status))
    ((message, kind),) = read("teams", fails=True).errors("teams")
    assert "`teams`" in message
    assert message.endswith("Some words (some_code)")
    assert kind == "config_error"


@pytest.mark.parametrize("status", [403, 404, 409, 410])
def test_given_a_refused_list_that_not_all_have_when_read_then_it_is_skipped_with_a_word(
    sigma: SigmaMock, status: int
) -> None:
    sigma.answers(SigmaRequest("v2/accountTypes", {"pageSize": "500"}), refusal(status))
    sync = read("account_types")
    assert (sync.records("account_types"), sync.status("account_types")) == ([], "COMPLETE")
    (warning,) = sync.warnings()
    assert warning.startswith("Skipped, number 1 of stream `account_types`: ")
    assert "an admin's credential" in warning or status != 403


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410])
def test_given_a_refused_parent_when_read_then_the_others_are_read(sigma: SigmaMock, status: int) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1), a_workbook(2)))
    sigma.answers(pages_of("workbook-1"), refusal(status))
    sigma.answers(pages_of("workbook-2"), entries({"pageId": "p"}))
    sync = read("workbook_pages")
    assert sync.records("workbook_pages") == [{"pageId": "p", "workbookId": "workbook-2"}]
    (warning,) = sync.warnings()
    assert f"{WHERE}/v2/workbooks/workbook-1/pages" in warning


def test_given_a_bad_page_token_when_read_then_the_stream_fails(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(pages_of("workbook-1"), entries({"pageId": "p"}, next_page="a"))
    sigma.answers(pages_of("workbook-1", page="a"), refusal(400))
    assert read("workbook_pages", fails=True).status("workbook_pages") == "INCOMPLETE"


def test_given_many_refused_parents_when_read_then_the_log_is_not_flooded(sigma: SigmaMock) -> None:
    workbooks = [a_workbook(number) for number in range(200)]
    sigma.answers(WORKBOOKS, entries(*workbooks))
    for workbook in workbooks:
        sigma.answers(pages_of(workbook["workbookId"]), refusal(403))
    sync = read("workbook_pages")
    numbers = [int(warning.split("number ")[1].split(" ")[0]) for warning in sync.warnings()]
    assert sorted(numbers) == [*range(1, 21), 100, 200]


@pytest.mark.parametrize(
    ("stream", "tail", "status"),
    [
        ("workbook_lineage", "lineage", 400),
        ("workbook_element_lineage", "lineage/elements/e", 500),
        ("workbook_element_lineage", "lineage/elements/e", 400),
        ("workbook_element_queries", "elements/e/query", 404),
    ],
)
def test_given_a_status_that_means_nothing_there_when_read_then_it_is_empty_without_a_word(
    sigma: SigmaMock, waits: list[float], stream: str, tail: str, status: int
) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    if "element" in stream:
        elements = SigmaRequest("v2/workbooks/workbook-1/elements", {"limit": "1000"})
        sigma.answers(elements, entries({"elementId": "e", "type": "table"}))
    params = {} if "element" in stream else {"limit": "1000"}
    sigma.answers(SigmaRequest(f"v2/workbooks/workbook-1/{tail}", params), refusal(status))
    sync = read(stream)
    assert (sync.records(stream), sync.status(stream), sync.warnings(), waits) == ([], "COMPLETE", [], [])


def test_given_no_lineage_in_reports_and_models_when_read_then_it_is_empty(sigma: SigmaMock) -> None:
    sigma.answers(SigmaRequest("v2/reports", {"limit": "1000"}), entries({"reportId": "r"}))
    sigma.answers(SigmaRequest("v2/reports/r/lineage", {"pageSize": "500"}), refusal(400))
    sigma.answers(SigmaRequest("v2/dataModels", {"limit": "1000"}), entries({"dataModelId": "d"}))
    sigma.answers(SigmaRequest("v2/dataModels/d/lineage", {"limit": "1000"}), refusal(400))
    sync = read("report_lineage", "data_model_lineage")
    assert (sync.records("report_lineage"), sync.records("data_model_lineage"), sync.warnings()) == ([], [], [])


def test_given_a_400_of_the_parent_list_when_lineage_is_read_then_it_is_not_taken_for_nothing(
    sigma: SigmaMock,
) -> None:
    sigma.answers(WORKBOOKS, refusal(400))
    assert read("workbook_lineage", fails=True).status("workbook_lineage") == "INCOMPLETE"


def test_given_skipped_checks_without_an_admin_when_read_then_the_setting_is_named(sigma: SigmaMock) -> None:
    sigma.answers(SigmaRequest("v2/workbooks", {"limit": "1000", "skipPermissionCheck": "true"}), refusal(403))
    sync = read("workbooks", config=a_config(skip_permission_check=True), fails=True)
    ((message, kind),) = sync.errors("workbooks")
    assert "`skip_permission_check`, which is for admins only: turn it off" in message
    assert kind == "config_error"


def test_given_a_retired_api_when_its_children_are_read_then_nothing_fails(sigma: SigmaMock) -> None:
    sigma.answers(SigmaRequest("v2/datasets", {"limit": "1000"}), refusal(410), refusal(410))
    sync = read("datasets", "dataset_grants")
    assert [sync.status(stream) for stream in ("datasets", "dataset_grants")] == ["COMPLETE", "COMPLETE"]
    assert len(sync.warnings()) == 2


def test_given_a_broken_connection_when_judged_then_it_is_tried_again() -> None:
    handler = SigmaErrorHandler(config={**a_config(), "base_url": WHERE}, parameters={}, max_retries=1)
    resolution = handler.interpret_response(requests.exceptions.ConnectionError("Connection reset by peer"))
    assert resolution.response_action is ResponseAction.RETRY
    assert "none of the hosts that Sigma publishes" in str(resolution.error_message)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", None),
        ("0", 0.0),
        ("90", 90.0),
        ("7200", 7200.0),
        ("9" * 5000, None),
        ("later", None),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
    ],
)
def test_given_retry_after_when_read_then_seconds_or_nothing(
    frozen: time_machine.Traveller, value: str, seconds: float | None
) -> None:
    del frozen
    response = requests.Response()
    response.headers["Retry-After"] = value
    assert retry_after_seconds(response) == seconds
