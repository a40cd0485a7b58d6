"""Repositories, and the commits that their releases brought."""

from typing import NamedTuple

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data import release_work
from saas_sandbox.sentry.data.release_work import Commit
from saas_sandbox.sentry.world import World


class Repository(NamedTuple):
    """A repository of a project; a copy has the commits of another, and is deleted."""

    id: str
    name: str
    copy_of: str


def repositories(world: World) -> list[Repository]:
    """Return a repository for each project, and a copy of the first."""
    rows = [Repository(project.id, f"acme/{project.slug}", "") for project in world.projects]
    return [*rows, Repository(str(len(rows) + 1), f"{rows[0].name}-old", rows[0].name)]


def repository_record(world: World, repository: Repository) -> Record:
    """Return a repository as other records have it, with the status of a deleted one."""
    place, old = (repository.id, repository.name), world.settings.old
    record = release_work.repository_record(place, world.anchor, world.stamp, old=old)
    return record | {"status": "pending_deletion"} if repository.copy_of else record


def commits(world: World, repository: Repository, now: int) -> list[Commit]:
    """Return the commits of the releases so far, newest first."""
    so_far = (release for release in world.releases if release.added <= now)
    everything = (commit for release in so_far for commit in world.work(release).commits)
    own = repository.copy_of or repository.name
    return sorted((row for row in everything if row.repository[1] == own), key=lambda row: (-row.at, row.sha))


def commit_record(world: World, repository: Repository, commit: Commit) -> Record:
    """Return a commit as it stands in a release, of this repository."""
    record = release_work.commit_record(commit, world.anchor, world.stamp, old=world.settings.old)
    return record | {"repository": repository_record(world, repository)}
