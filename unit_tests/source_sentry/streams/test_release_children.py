"""Streams below releases: only releases of the lookback are asked, and only those that have what the stream reads."""

from typing import Any

import pytest

from unit_tests.source_sentry.builders import Json, a_config, a_release, without
from unit_tests.source_sentry.endpoints import releases
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import Sync, read

ALL = without(a_config(), "start_date")
NEW, OLDER, OLD = "2026-11-20T00:00:00Z", "2026-11-10T00:00:00Z", "2026-01-01T00:00:00Z"
LISTS = {
    "deploys": "deploys/",
    "release_commits": "commits/",
    "release_commit_files": "commitfiles/",
    "release_files": "files/",
}
COUNTED = {"deploys": "deployCount", "release_commits": "commitCount", "release_commit_files": "commitCount"}


def below(version: str, what: str, **more: str) -> SentryRequest:
    return organization_request(f"releases/{version}/{what}", per_page="100", **more)


def keys(sync: Sync, stream: str) -> list[tuple[str, str]]:
    return sorted((record["releaseVersion"], record["id"]) for record in sync.records(stream))


def full(version: str, created: str, **fields: Any) -> Json:
    return a_release(version, created, deployCount=1, commitCount=1, **fields)


@pytest.mark.parametrize("stream", LISTS)
def test_given_two_releases_when_read_then_children_with_the_same_id_are_told_apart(
    stream: str, sentry: SentryMock
) -> None:
    what = LISTS[stream]
    sentry.answers(releases(), page(full("web@2/b", NEW), full("1", OLD)))
    sentry.answers(below("web%402%2Fb", what), page({"id": "a"}, next_cursor="4711:1:0"))
    sentry.answers(below("web%402%2Fb", what, cursor="4711:1:0"), page({"id": "b"}))
    sentry.answers(below("1", what), page({"id": "a", "author": {"email": "a@b.example"}}))
    sync = read(stream, config=ALL)
    assert keys(sync, stream) == [("1", "a"), ("web@2/b", "a"), ("web@2/b", "b")]
    dates = {record["releaseVersion"]: record["releaseDateCreated"] for record in sync.records(stream)}
    assert dates == {"web@2/b": NEW, "1": OLD}
    assert (sync.status(stream), sync.warnings()) == ("COMPLETE", [])


@pytest.mark.parametrize("stream", COUNTED)
def test_given_release_that_counts_none_when_read_then_it_is_not_asked(stream: str, sentry: SentryMock) -> None:
    none = full("2", NEW) | {COUNTED[stream]: 0}
    unknown = without(full("3", NEW), COUNTED[stream])
    sentry.answers(releases(), page(full("1", NEW), none, unknown))
    for version in ("1", "3"):
        sentry.answers(below(version, LISTS[stream]), page({"id": "a"}))
    assert keys(read(stream, config=ALL), stream) == [("1", "a"), ("3", "a")]


def test_given_saved_state_when_deploys_are_read_then_only_releases_of_the_lookback_are_asked(
    sentry: SentryMock,
) -> None:
    found = page(full("2", NEW), full("1", OLDER), full("0", OLD))
    sentry.answers(releases(), found, found)
    for version, times in {"2": 2, "1": 2, "0": 1}.items():
        sentry.answers(below(version, "deploys/"), *[page({"id": version})] * times)
    first = read("deploys", config=ALL)
    assert keys(first, "deploys") == [("0", "0"), ("1", "1"), ("2", "2")]
    second = read("deploys", config=ALL, state={"deploys": first.state("deploys")})
    assert keys(second, "deploys") == [("1", "1"), ("2", "2")]


def test_given_releases_when_their_details_are_read_then_one_object_each(sentry: SentryMock) -> None:
    found = [full("2", NEW), full("1", OLDER)]
    sentry.answers(releases(), page(*found))
    for release in found:
        detail = release | {"currentProjectMeta": {"prevReleaseVersion": None}}
        sentry.answers(organization_request(f"releases/{release['version']}/"), answer(detail))
    records = read("release_details", config=ALL).records("release_details")
    assert sorted((record["version"], record["releaseVersion"]) for record in records) == [("1", "1"), ("2", "2")]
