"""What lies below teams: a request for each team, and the team in each record."""

import pytest

from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import API, Json
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import read

PLATFORM: Json = {"id": "7", "slug": "platform"}
APPS: Json = {"id": "8", "slug": "apps"}
NOT_FOUND = answer({"detail": "The requested resource does not exist"}, 404)


@pytest.fixture(autouse=True)
def teams(sentry: SentryMock) -> None:
    sentry.answers(organization_request("teams/", per_page="100"), page(PLATFORM, APPS))


def below(team: str, endpoint: str, **more: str) -> SentryRequest:
    return SentryRequest(f"{API}/teams/acme/{team}/{endpoint}", {"per_page": "100", **more})


@pytest.mark.parametrize(("stream", "endpoint"), [("team_members", "members/"), ("team_projects", "projects/")])
def test_given_two_teams_that_share_ids_when_read_then_the_team_is_part_of_the_key(
    stream: str, endpoint: str, sentry: SentryMock
) -> None:
    sentry.answers(below("platform", endpoint), page({"id": "1"}, next_cursor="4711:1:0"))
    sentry.answers(below("platform", endpoint, cursor="4711:1:0"), page({"id": "2"}))
    sentry.answers(below("apps", endpoint), page({"id": "1"}))

    sync = read(stream)

    keys = sorted((record["teamId"], record["id"]) for record in sync.records(stream))
    assert keys == [("7", "1"), ("7", "2"), ("8", "1")]
    assert streams("source_sentry")[stream]["primary_key"] == ["teamId", "id"]


def test_given_team_deleted_meanwhile_when_members_read_then_the_others_come_without_a_warning(
    sentry: SentryMock,
) -> None:
    sentry.answers(below("platform", "members/"), NOT_FOUND)
    sentry.answers(below("apps", "members/"), page({"id": "1"}))

    sync = read("team_members")

    assert sync.records("team_members") == [{"id": "1", "teamId": "8"}]
    assert (sync.status("team_members"), sync.warnings()) == ("COMPLETE", [])
