"""A release, its deploys, commits, authors and files tell one story."""

from collections.abc import Iterator
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import RELEASES, Client, running


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with running(size="small") as client:
        yield client


def below(release: dict[str, Any], what: str) -> str:
    return f"{RELEASES}{release['version']}/{what}/"


def test_given_releases_when_their_commits_and_deploys_are_read_then_counts_and_last_ones_agree(client: Client) -> None:
    releases = client.all(RELEASES, status="", project="-1")
    for release in releases:
        commits, deploys = client.all(below(release, "commits")), client.all(below(release, "deploys"))
        assert (len(commits), len(deploys)) == (release["commitCount"], release["deployCount"])
        named = [commit.pop("releases")[0]["version"] for commit in commits]
        assert named == [release["version"]] * len(commits)
        assert release["lastCommit"] == next(iter(commits), None)
        assert release["lastDeploy"] == next(iter(deploys), None)
        emails = {author["email"] for author in release["authors"]}
        assert emails == {commit["author"]["email"] for commit in commits}
        assert all(commit["dateCreated"] < release["dateCreated"] for commit in commits)
        assert all(deploy["dateFinished"] > release["dateCreated"] for deploy in deploys)
        live = [deploy["dateFinished"] for deploy in deploys if deploy["environment"] == "production"]
        assert live == [] or live[0] >= release["dateReleased"]
        detail = client.get(f"{RELEASES}{release['version']}/").json()
        assert detail == release
    assert {release["commitCount"] for release in releases} >= {0, 104}
    assert {release["deployCount"] for release in releases} == {0, 1, 2}


def test_given_a_release_with_many_commits_when_they_are_read_then_two_pages_come(client: Client) -> None:
    release = next(row for row in client.all(RELEASES, status="") if row["commitCount"] == 104)
    assert [len(page) for page in client.pages(below(release, "commits"))] == [100, 4]


def test_given_commits_when_their_files_are_read_then_each_is_of_a_commit(client: Client) -> None:
    release = next(row for row in client.all(RELEASES, status="") if 0 < row["commitCount"] < 20)
    messages = {commit["message"] for commit in client.all(below(release, "commits"))}
    files = client.all(below(release, "commitfiles"))
    assert {file["commitMessage"] for file in files} == messages
    assert len({file["id"] for file in files}) == len(files)
    assert {file["type"] for file in files} <= {"A", "M", "D"}


def test_given_archived_files_when_two_releases_have_them_then_they_share_ids(client: Client) -> None:
    found = [client.all(below(release, "files")) for release in client.all(RELEASES, status="")]
    with_files = [files for files in found if files]
    assert len(with_files) > 2
    assert len({tuple(file["id"] for file in files) for files in with_files}) == 1


def test_given_a_release_with_two_deploys_when_time_passes_then_they_appear_one_by_one(client: Client) -> None:
    world = client.sandbox.state.world
    work = next(work for work in map(world.work, world.releases) if len(work.deploys) == 2)
    first, second = work.deploys
    moments = first.finished - 1, first.finished, second.finished
    assert [work.deployed(moment) for moment in moments] == [[], [first], [second, first]]


def test_given_a_project_when_its_releases_and_commits_are_read_then_they_are_the_organizations(client: Client) -> None:
    own = client.all("/projects/acme/backend/releases/")
    all_of_them = {row["version"]: row for row in client.all(RELEASES, status="", project="-1")}
    assert own
    assert all(row == all_of_them[row["version"]] for row in own)
    commits = client.all("/projects/acme/backend/commits/")
    assert len(commits) == sum(row["commitCount"] for row in own)


def test_given_an_unknown_release_when_it_is_asked_for_then_404(client: Client) -> None:
    assert client.get(f"{RELEASES}backend@99.0.0/deploys/").status_code == 404
