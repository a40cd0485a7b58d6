"""Streams that are the same at every sync: organization, teams, members, users."""

import pytest
from airbyte_cdk.test.mock_http import HttpResponse

from unit_tests.source_sentry.builders import Json, a_config
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import read

RECORD: Json = {
    "id": "7",
    "slug": "a-team",
    "dateCreated": "2026-01-01T00:00:00.123456Z",
    "memberCount": 0,
    "isMember": False,
    "flags": {},
    "access": [],
    "user": {"id": "1", "lastLogin": None},
}
REQUESTS = {
    "organization": organization_request(""),
    "teams": organization_request("teams/", per_page="100"),
    "members": organization_request("members/", per_page="100"),
    "users": organization_request("users/", project="-1"),
}
SCOPES = {"organization": "org:read", "teams": "org:read", "members": "member:read", "users": "org:read"}


def records(*ids: int) -> list[Json]:
    return [{**RECORD, "id": str(number)} for number in ids]


@pytest.mark.parametrize(
    ("settings", "asked"),
    [({}, REQUESTS["users"]), ({"legacy_server": True}, organization_request("users/"))],
)
def test_given_users_when_read_then_those_of_all_projects_without_paging(
    settings: Json, asked: SentryRequest, sentry: SentryMock
) -> None:
    sentry.answers(asked, answer(records(*range(150))))
    assert read("users", config=a_config(**settings)).records("users") == records(*range(150))


@pytest.mark.parametrize("stream", REQUESTS)
def test_given_refusal_when_read_then_the_stream_fails_and_names_what_is_missing(
    stream: str, sentry: SentryMock
) -> None:
    sentry.answers(REQUESTS[stream], answer({"detail": "No"}, 403))
    sync = read(stream, fails=True)
    ((message, kind),) = sync.errors(stream)
    assert (sync.status(stream), sync.records(stream), kind) == ("INCOMPLETE", [], "config_error")
    assert f"stream `{stream}`: it needs the scope `{SCOPES[stream]}`" in message


def test_given_one_refused_stream_when_several_are_read_then_the_others_complete(sentry: SentryMock) -> None:
    sentry.answers(REQUESTS["members"], answer({"detail": "No"}, 403))
    sentry.answers(REQUESTS["teams"], page(*records(1)))
    sync = read("members", "teams", fails=True)
    assert (sync.status("members"), sync.status("teams")) == ("INCOMPLETE", "COMPLETE")
    assert sync.records("teams") == records(1)


@pytest.mark.parametrize(
    "trouble",
    [
        answer({"detail": "Limit"}, 429, X_Sentry_Rate_Limit_Reset="1795341630"),
        answer({"detail": "Limit"}, 429, X_Sentry_Rate_Limit_Reset="None", X_Sentry_Rate_Limit_Remaining="0"),
        answer({"detail": "Limit"}, 429),
        answer({"message": "This API no longer exists."}, 410),
        answer("", 503),
    ],
)
def test_given_passing_trouble_when_read_then_it_is_asked_again_after_a_second(
    trouble: HttpResponse, sentry: SentryMock, waits: list[float]
) -> None:
    """Longer waits, for a window to end, are the rate limiter's."""
    sentry.answers(REQUESTS["teams"], trouble, page(*records(1)))
    assert read("teams").records("teams") == records(1)
    assert waits == [1.0]


def test_given_rate_limit_that_is_used_up_when_read_then_the_next_request_is_not_held_back(
    sentry: SentryMock, waits: list[float]
) -> None:
    used_up = answer(records(1), X_Sentry_Rate_Limit_Remaining="0", X_Sentry_Rate_Limit_Reset="None")
    sentry.answers(REQUESTS["teams"], used_up)
    sentry.answers(REQUESTS["members"], page(*records(2)))
    read("teams", "members", config=a_config(num_workers=1))
    assert waits == []
