"""What went into releases, and where they went: commits with their files, and deploys."""

from dataclasses import dataclass
from random import Random
from typing import Final

from saas_sandbox.common.clock import DAY, HOUR, SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.people import Person, user_record
from saas_sandbox.sentry.data.releases import Release
from saas_sandbox.sentry.data.words import FUNCTIONS, MODULES
from saas_sandbox.sentry.moments import Stamp

MINUTE: Final = 60 * SECOND
_MANY: Final = 104  # commits of one release in twenty, for a second page
_CHANGES: Final = ("A", "M", "M", "M", "D")
_STRANGER: Final = ("Pat Pilgrim", "pat@contributor.example")


@dataclass(frozen=True)
class Commit:
    """A commit of a release; `author` is no member of the organization where it is `None`."""

    sha: str
    number: int  # counts over all commits of the organization
    message: str
    at: int
    author: Person | None
    repository: tuple[str, str]  # id and name
    files: tuple[tuple[str, str], ...]  # path and A, M or D
    pull: bool


@dataclass(frozen=True)
class Deploy:
    """A release that went live in an environment."""

    id: int
    environment: str
    started: int
    finished: int


@dataclass(frozen=True)
class Work:
    """Commits of a release, newest first, and its deploys, which come in the order of their end."""

    commits: tuple[Commit, ...]
    deploys: tuple[Deploy, ...]

    def deployed(self, now: int) -> list[Deploy]:
        """Return the deploys so far, newest first."""
        return [deploy for deploy in reversed(self.deploys) if deploy.finished <= now]


def build_work(seed: int, release: Release, repositories: list[tuple[str, str]], people: list[Person]) -> Work:
    """Build the work of a release: one in six has no commits, one in four was never deployed."""
    rng = Random(f"{seed}:work:{release.version}")
    count = 0 if release.number % 6 == 5 else _MANY if release.number % 20 == 4 else rng.randint(1, 9)  # noqa: PLR2004
    commits = tuple(_commit(rng, release, number, repositories, people) for number in range(count))
    return Work(commits, () if release.number % 4 == 2 else _deploys(rng, release))  # noqa: PLR2004


def _commit(
    rng: Random, release: Release, number: int, repositories: list[tuple[str, str]], people: list[Person]
) -> Commit:
    module, function = rng.choice(MODULES), rng.choice(FUNCTIONS)
    paths = sorted({f"src/{rng.choice(MODULES)}/{rng.choice(FUNCTIONS)}.py" for _ in range(rng.randint(1, 3))})
    return Commit(
        sha=f"{rng.getrandbits(160):040x}",
        number=1000 * release.number + number,
        message=f"fix({module}): {function} {rng.choice(('once', 'later', 'in order', 'without a lock'))}",
        at=release.added - HOUR - number * 37 * MINUTE // SECOND * SECOND,
        author=rng.choice(people) if people and rng.random() < 5 / 6 else None,
        repository=repositories[number % len(repositories)],
        files=tuple((path, rng.choice(_CHANGES)) for path in paths),
        pull=rng.random() < 2 / 3,
    )


def _deploys(rng: Random, release: Release) -> tuple[Deploy, ...]:
    """First to staging; where it was released, then to production."""
    tried = release.added + rng.randint(5, 50) * MINUTE
    moments = [("staging", tried)]
    if release.released is not None:
        moments.append(("production", max(release.released, tried + MINUTE)))
    return tuple(
        Deploy(10 * release.number + place + 1, environment, finished - rng.randint(1, 4) * MINUTE, finished)
        for place, (environment, finished) in enumerate(moments)
    )


def work_fields(work: Work, now: int, anchor: int, stamp: Stamp, *, old: bool) -> Record:
    """Return what a release's record tells of its work."""
    deploys = work.deployed(now)
    authors = {_author_key(commit): author_record(commit, anchor, stamp) for commit in work.commits}
    last = commit_record(work.commits[0], anchor, stamp, old=old) if work.commits else None
    return {
        "lastCommit": last,
        "lastDeploy": deploy_record(deploys[0], stamp) if deploys else None,
        "commitCount": len(work.commits),
        "deployCount": len(deploys),
        "authors": list(authors.values()),
    }


def deploy_record(deploy: Deploy, stamp: Stamp) -> Record:
    """Return a deploy."""
    return {
        "id": str(deploy.id),
        "environment": deploy.environment,
        "dateStarted": stamp(deploy.started),
        "dateFinished": stamp(deploy.finished),
        "name": f"Deploy {deploy.id}",
        "url": f"https://ci.acme.example/deploys/{deploy.id}",
    }


def commit_record(commit: Commit, anchor: int, stamp: Stamp, *, old: bool) -> Record:
    """Return a commit; 9.1.2 knows no pull requests."""
    author = author_record(commit, anchor, stamp)
    repository = repository_record(commit.repository, anchor, stamp, old=old)
    record = {
        "id": commit.sha,
        "message": commit.message,
        "dateCreated": stamp(commit.at),
        "repository": repository,
        "author": author,
    }
    if old:
        return record
    pull = {
        "id": str(commit.number),
        "title": commit.message,
        "message": None,
        "dateCreated": stamp(commit.at - HOUR),
        "mergedAt": stamp(commit.at),
        "status": "merged",
        "repository": repository,
        "author": author,
        "externalUrl": f"{repository['url']}/pulls/{commit.number}",
    }
    return record | {"pullRequest": pull if commit.pull else None, "suspectCommitType": ""}


def author_record(commit: Commit, anchor: int, stamp: Stamp) -> Record:
    """Return who wrote a commit: only name and e-mail of someone who is no member."""
    if commit.author is None:
        return dict(zip(("name", "email"), _STRANGER, strict=True))
    return user_record(commit.author, anchor, stamp)


def repository_record(repository: tuple[str, str], anchor: int, stamp: Stamp, *, old: bool) -> Record:
    """Return the repository of a project. 9.1.2 does not tell its external id."""
    number, name = repository
    record = {
        "id": number,
        "name": name,
        "url": f"https://forge.example/{name}",
        "provider": {"id": "integrations:forge", "name": "Forge"},
        "status": "active",
        "dateCreated": stamp(anchor - (300 + int(number)) * DAY),
        "integrationId": "500",
        "externalSlug": name,
    }
    return record if old else record | {"externalId": f"90{number}"}


def file_records(commit: Commit, anchor: int, stamp: Stamp) -> list[Record]:
    """Return the files that a commit changed."""
    return [
        {
            "id": str(10 * commit.number + place),
            "orgId": 1,
            "author": author_record(commit, anchor, stamp),
            "commitMessage": commit.message,
            "filename": path,
            "type": change,
            "repoName": commit.repository[1],
        }
        for place, (path, change) in enumerate(commit.files)
    ]


def _author_key(commit: Commit) -> str:
    return commit.author.email if commit.author else _STRANGER[1]
