"""Where the requests for an organization of sentry.io go."""

from http import HTTPStatus
from typing import Any

import pytest

from unit_tests.source_sentry.builders import a_config
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, page
from unit_tests.source_sentry.sync import read

CONTROL = "https://sentry.io"
HOME = "https://de.sentry.io"
ORGANIZATION = {"id": "7", "slug": "acme", "links": {"organizationUrl": "https://acme.sentry.io", "regionUrl": HOME}}
NOT_FOUND = answer({"detail": "The requested resource does not exist"}, HTTPStatus.NOT_FOUND)


def organization(host: str) -> SentryRequest:
    return SentryRequest(f"{host}/api/0/organizations/acme/")


def a_list(host: str, endpoint: str, **params: str) -> SentryRequest:
    return SentryRequest(f"{host}/api/0/organizations/{endpoint}", {"per_page": "100", **params})


@pytest.mark.parametrize("hostname", ["sentry.io", "https://sentry.io/"])
def test_given_sentry_io_when_read_then_the_region_is_asked_once_and_only_the_rest_stays(
    hostname: str, sentry: SentryMock
) -> None:
    sentry.answers(organization(CONTROL), answer(ORGANIZATION))
    sentry.answers(a_list(HOME, "acme/teams/"), page({"id": "1"}))
    sentry.answers(a_list(HOME, "acme/members/"), page({"id": "2"}))
    sentry.answers(a_list(CONTROL, ""), page({"id": "7"}))
    sentry.answers(a_list(CONTROL, "acme/sentry-apps/"), page({"uuid": "a"}))
    sentry.answers(a_list(CONTROL, "acme/integrations/", includeConfig="0"), page({"id": "3"}))

    streams = ("teams", "members", "organizations", "sentry_apps", "integrations")
    sync = read(*streams, config=a_config(hostname=hostname))

    assert [len(sync.records(stream)) for stream in streams] == [1] * len(streams)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(answer({"id": "7", "slug": "acme"}), id="no links"),
        pytest.param(answer({"id": "7", "links": None}), id="null"),
        pytest.param(answer({"id": "7", "links": {"regionUrl": None}}), id="no region"),
        pytest.param(answer({"id": "7", "links": {"regionUrl": "https://sentry.io.example"}}), id="another's host"),
        pytest.param(answer({"id": "7", "links": {"regionUrl": "http://de.sentry.io"}}), id="no TLS"),
        pytest.param(answer({"detail": "No"}, HTTPStatus.FORBIDDEN), id="refused"),
    ],
)
def test_given_no_region_of_sentry_io_when_read_then_it_is_asked_itself(said: Any, sentry: SentryMock) -> None:
    sentry.answers(organization(CONTROL), said)
    sentry.answers(a_list(CONTROL, "acme/teams/"), page({"id": "1"}))

    assert read("teams", config=a_config(hostname="sentry.io")).records("teams") == [{"id": "1"}]


@pytest.mark.parametrize("host", [HOME, "https://acme.sentry.io", "https://sentry.example", "http://sentry.test:9000"])
def test_given_any_other_host_when_read_then_all_is_asked_there(host: str, sentry: SentryMock) -> None:
    sentry.answers(a_list(host, "acme/teams/"), page({"id": "1"}))
    sentry.answers(a_list(host, "acme/sentry-apps/"), page({"uuid": "a"}))

    sync = read("teams", "sentry_apps", config=a_config(hostname=host))

    assert [len(sync.records(stream)) for stream in ("teams", "sentry_apps")] == [1, 1]


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (
            answer(ORGANIZATION),
            f". The organization is in the region `{HOME}`: set `hostname` to that, or to `sentry.io`.",
        ),
        (NOT_FOUND, ""),
    ],
)
def test_given_a_wrong_region_when_read_then_the_error_says_which_it_is(
    said: Any, hint: str, sentry: SentryMock
) -> None:
    us = "https://us.sentry.io"
    sentry.answers(a_list(us, "acme/teams/"), NOT_FOUND)
    sentry.answers(organization(CONTROL), said)

    sync = read("teams", config=a_config(hostname=us), fails=True)

    assert sync.errors("teams")[0][0] == (
        f"Nothing is at {us}/api/0/organizations/acme/teams/: check the slug `acme` in `organization`, and `hostname` "
        f"(region and path). Sentry says: The requested resource does not exist{hint}"
    )
