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
    assert sync.states("account_types") == []
    (warning,) = sync.warnings()
    assert warning.startswith(f"Stream `account_types` goes without 1 answer(s). 1 with HTTP {status}, such as: ")
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


def test_given_a_viewer_when_read_then_one_line_a_stream_counts_what_is_missing_and_says_why(
    sigma: SigmaMock,
) -> None:
    workbooks = [a_workbook(number) for number in range(30)]
    sigma.answers(WORKBOOKS, entries(*workbooks))
    for workbook in workbooks:
        refused = refusal(404) if workbook["workbookId"] == "workbook-7" else refusal(403)
        sigma.answers(pages_of(workbook["workbookId"]), refused)
    sync = read("workbook_pages")
    (warning,) = sync.warnings()
    assert warning.startswith("Stream `workbook_pages` goes without 30 answer(s). 29 with HTTP 403, such as: ")
    assert "it needs access to the workbook" in warning
    assert " 1 with HTTP 404, such as: Nothing is at http://sigma.test:9001/v2/workbooks/workbook-7/pages" in warning
    assert sync.states("workbook_pages") == []
    assert "Skipped" not in sync.text()


@pytest.mark.parametrize(
    ("stream", "tail", "status"),
    [
        ("workbook_lineage", "lineage", 400),
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


ELEMENTS = SigmaRequest("v2/workbooks/workbook-1/elements", {"limit": "1000"})
GATEWAY = answer(HTML, 404, Content_Type="text/html")


def lineage_of(element: str) -> SigmaRequest:
    return SigmaRequest(f"v2/workbooks/workbook-1/lineage/elements/{element}")


def test_given_elements_without_lineage_when_read_then_their_500s_are_believed_at_the_third_and_counted(
    sigma: SigmaMock, waits: list[float]
) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(ELEMENTS, entries(*({"elementId": element, "type": "table"} for element in ("a", "b"))))
    for element in ("a", "b"):
        sigma.answers(lineage_of(element), *[refusal(500)] * 3)
    sync = read("workbook_element_lineage", config=a_config(num_workers=1))
    assert (sync.records("workbook_element_lineage"), sync.status("workbook_element_lineage")) == ([], "COMPLETE")
    (warning,) = sync.warnings()
    assert warning.startswith(
        "Stream `workbook_element_lineage` goes without 2 answer(s). 2 with HTTP 500, which is taken for no records "
        "after 3 tries, such as: http://sigma.test:9001/v2/workbooks/workbook-1/lineage/elements/"
    )
    assert waits == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("stream", "tail", "passing"),
    [
        ("workbook_element_lineage", "lineage/elements/e", [refusal(500), refusal(500)]),
        ("workbook_element_lineage", "lineage/elements/e", [refusal(500), answer(HTML, 502), refusal(500)]),
        ("workbook_element_queries", "elements/e/query", [GATEWAY, GATEWAY]),
        ("workbook_element_queries", "elements/e/query", [answer({"error": "busy"}), answer({"error": "busy"})]),
        ("workbook_element_queries", "elements/e/query", [answer(HTML, 403)]),
    ],
)
@pytest.mark.usefixtures("waits")
def test_given_a_failure_that_passes_when_read_then_it_is_not_taken_for_nothing(
    sigma: SigmaMock, stream: str, tail: str, passing: list[HttpResponse]
) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(ELEMENTS, entries({"elementId": "e", "type": "table"}))
    good = {"elementId": "e", "dependencies": {}}
    sigma.answers(SigmaRequest(f"v2/workbooks/workbook-1/{tail}"), *passing, answer(good))
    sync = read(stream)
    assert (sync.records(stream), sync.warnings()) == ([{**good, "workbookId": "workbook-1"}], [])


@pytest.mark.usefixtures("waits")
def test_given_a_500_that_has_passed_when_others_come_then_they_are_believed_later(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(ELEMENTS, entries(*({"elementId": element, "type": "table"} for element in ("a", "b"))))
    sigma.answers(lineage_of("a"), refusal(500), answer({"dependencies": {}}))
    sigma.answers(lineage_of("b"), *[refusal(500)] * 4, answer({"dependencies": {}}))
    sync = read("workbook_element_lineage", config=a_config(num_workers=1))
    assert len(sync.records("workbook_element_lineage")) == 2


@pytest.mark.usefixtures("waits")
def test_given_a_proxys_404_that_stays_when_read_then_it_is_a_refusal_like_sigmas_own(sigma: SigmaMock) -> None:
    sigma.answers(TEAMS, *[GATEWAY] * 3)
    ((message, kind),) = read("teams", fails=True).errors("teams")
    assert (message.partition(":")[0], kind) == ("Nothing is at http", "config_error")


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
    sigma.answers(SigmaRequest("v2/datasets", {"limit": "1000"}), refusal(410))
    sync = read("datasets", "dataset_grants")
    assert [sync.status(stream) for stream in ("datasets", "dataset_grants")] == ["COMPLETE", "COMPLETE"]
    assert [sync.states(stream) for stream in ("datasets", "dataset_grants")] == [[], []]
    (warning,) = sync.warnings()
    assert warning.startswith("Stream `datasets` goes without 1 answer(s). 1 with HTTP 410, such as: ")


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
