"""The shapes of answers, what leads from one to the next, and what is no answer."""

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from unit_tests.source_sigma.builders import HTML, UPDATED, Json, a_workbook, an_error_entry
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, answer, entries, token_entries
from unit_tests.source_sigma.sync import read

FIRST = SigmaRequest("v2/teams", {"limit": "1000"})


def page(token: str) -> SigmaRequest:
    return SigmaRequest("v2/teams", {"limit": "1000", "page": token})


def a_team(number: int) -> Json:
    return {"teamId": f"team-{number}", "updatedAt": UPDATED}


@pytest.mark.parametrize("token", ["50", "007", "1e3", "True", "None", "a+b/c==&d", "{{ 1 }}", " x "])
def test_given_any_token_when_read_then_it_goes_back_letter_by_letter(token: str, sigma: SigmaMock) -> None:
    sigma.answers(FIRST, entries(a_team(1), next_page=token))
    sigma.answers(page(token), entries(a_team(2)))
    assert read("teams").records("teams") == [a_team(1), a_team(2)]


def test_given_a_number_as_token_when_read_then_it_is_sent_as_such(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, answer({"entries": [a_team(1)], "nextPage": 50}))
    sigma.answers(page("50"), entries())
    assert read("teams").records("teams") == [a_team(1)]


@pytest.mark.parametrize(
    "end", [{}, {"nextPage": None}, {"nextPage": ""}, {"nextPage": False}, {"hasMore": True, "total": 1}]
)
def test_given_no_token_when_read_then_it_is_the_end_whatever_else_is_said(end: Json, sigma: SigmaMock) -> None:
    sigma.answers(FIRST, answer({"entries": [a_team(1)], **end}))
    assert read("teams").records("teams") == [a_team(1)]


def test_given_short_and_empty_pages_when_read_then_the_token_alone_counts(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, entries(next_page="a"))
    sigma.answers(page("a"), entries(a_team(1), next_page="b"))
    sigma.answers(page("b"), entries())
    assert read("teams").records("teams") == [a_team(1)]


def test_given_a_bare_array_of_old_times_when_read_then_it_is_everything(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, answer([a_team(1), a_team(2)]))
    assert read("teams").records("teams") == [a_team(1), a_team(2)]


def test_given_a_token_that_comes_again_when_read_then_the_stream_fails(sigma: SigmaMock) -> None:
    sigma.answers(FIRST, entries(a_team(1), next_page="a"))
    sigma.answers(page("a"), entries(a_team(2), next_page="b"))
    sigma.answers(page("b"), entries(a_team(3), next_page="a"))
    ((message, kind),) = read("teams", fails=True).errors("teams")
    assert message.startswith("The paging of http://sigma.test")
    assert "turns in a circle: `a` came a second time" in message
    assert kind == "transient_error"


def test_given_errors_and_null_among_entries_when_read_then_each_is_dropped_with_a_word(sigma: SigmaMock) -> None:
    tenant = {"tenantOrganizationId": "t", "updatedAt": UPDATED}
    request = SigmaRequest("v2/tenants", {"pageSize": "500"})
    sigma.answers(request, token_entries(an_error_entry(1), tenant, None))
    sync = read("tenants")
    assert sync.records("tenants") == [tenant]
    assert sync.warnings() == [
        "Dropped: entry 1 of stream `tenants` that is not a record, from http://sigma.test:9001/v2/tenants: gone (404)",
        "Dropped: entry 2 of stream `tenants` that is not a record, from http://sigma.test:9001/v2/tenants: null",
    ]


@pytest.mark.parametrize(
    ("other", "says"),
    [("z" * 2_000_000, "a value of type str"), ({"code": 7, "message": "boom " * 400_000}, "boom boom boom ")],
)
def test_given_a_huge_entry_that_is_no_record_when_read_then_the_word_is_short(
    other: object, says: str, sigma: SigmaMock
) -> None:
    sigma.answers(FIRST, entries(other, a_team(1)))
    sync = read("teams")
    assert sync.records("teams") == [a_team(1)]
    (warning,) = sync.warnings()
    assert f"from http://sigma.test:9001/v2/teams: {says}" in warning
    assert len(warning) < 500


@pytest.mark.parametrize(
    ("other", "says"),
    [("zzz", "a value of type str"), (None, "null"), (an_error_entry(1), "gone (404)")],
)
def test_given_entries_of_which_none_is_a_record_when_read_then_the_stream_fails(
    other: object, says: str, sigma: SigmaMock
) -> None:
    sigma.answers(FIRST, entries(other, other))
    sync = read("teams", fails=True)
    ((message, kind),) = sync.errors("teams")
    assert message == (
        "What http://sigma.test:9001/v2/teams sent for stream `teams` has no record, but 2 entries such as "
        f"{says}: it is another answer than that."
    )
    assert kind == "transient_error"


def test_given_nothing_but_errors_after_a_known_entry_when_read_then_they_are_left_out(sigma: SigmaMock) -> None:
    errors = [{**an_error_entry(number), "message": f"gone {number}"} for number in (1, 2)]
    sigma.answers(FIRST, entries(a_team(1), a_team(2), next_page="2"))
    sigma.answers(page("1"), entries(a_team(2), *errors))
    assert read("teams").records("teams") == [a_team(1), a_team(2)]


@pytest.mark.parametrize("stream", ["member_files", "member_recent_files", "favorites"])
def test_given_errors_for_all_files_of_a_member_when_read_then_others_are_read(stream: str, sigma: SigmaMock) -> None:
    lists = {"member_files": "files", "member_recent_files": "files/recents", "favorites": "files/favorites"}
    sigma.answers(SigmaRequest("v2/members", {"limit": "1000"}), entries({"memberId": "a"}, {"memberId": "b"}))
    sigma.answers(SigmaRequest(f"v2/members/a/{lists[stream]}", {"limit": "1000"}), entries(*[an_error_entry(1)] * 2))
    sigma.answers(SigmaRequest(f"v2/members/b/{lists[stream]}", {"limit": "1000"}), entries({"id": "f"}))
    assert [row["id"] for row in read(stream).records(stream)] == ["f"]


def test_given_a_file_with_an_error_code_of_its_own_when_read_then_it_stays(sigma: SigmaMock) -> None:
    file = {"id": "f", "code": "x", "message": "y", "updatedAt": UPDATED}
    sigma.answers(SigmaRequest("v2/files", {"limit": "1000"}), entries(file))
    assert read("files").records("files") == [file]


def test_given_texts_as_entries_when_read_then_each_is_the_tenant(sigma: SigmaMock) -> None:
    sigma.answers(
        SigmaRequest("v2/deploymentPolicies", {"pageSize": "500"}), token_entries({"deploymentPolicyId": "p"})
    )
    sigma.answers(SigmaRequest("v2/deploymentPolicies/p/tenants", {"pageSize": "500"}), token_entries("0042", "1e3"))
    stream = "deployment_policy_tenants"
    assert read(stream).records(stream) == [
        {"tenantOrganizationId": "0042", "deploymentPolicyId": "p"},
        {"tenantOrganizationId": "1e3", "deploymentPolicyId": "p"},
    ]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(answer(HTML, Content_Type="text/html"), id="html"),
        pytest.param(answer(""), id="nothing"),
        pytest.param(answer('{"entries": [{"teamId": "te'), id="truncated"),
        pytest.param(answer({"items": []}), id="no entries"),
        pytest.param(answer({"entries": None}), id="null for entries"),
        pytest.param(answer({"code": "oops", "message": "no"}), id="an error"),
        pytest.param(answer("7"), id="a number"),
    ],
)
def test_given_a_broken_200_when_read_then_it_is_asked_for_again(broken: HttpResponse, sigma: SigmaMock) -> None:
    sigma.answers(FIRST, broken, entries(a_team(1)))
    assert read("teams").records("teams") == [a_team(1)]


def test_given_an_envelope_where_an_array_is_due_when_read_then_the_stream_fails(sigma: SigmaMock) -> None:
    sigma.answers(SigmaRequest("v2/workbooks", {"limit": "1000"}), entries(a_workbook(1)))
    pages = [entries({"type": "table"}, next_page="more")] * 9
    sigma.answers(SigmaRequest("v2/workbooks/workbook-1/sources"), *pages)
    ((message, kind),) = read("workbook_sources", fails=True).errors("workbook_sources")
    assert "Expected a JSON array from http://sigma.test:9001/v2/workbooks/workbook-1/sources" in message
    assert kind == "transient_error"
