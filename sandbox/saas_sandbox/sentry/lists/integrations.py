"""Integrations, repositories, code mappings and notification actions."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.integrations import code_mapping, integration, notification_action
from saas_sandbox.sentry.data.release_work import Commit
from saas_sandbox.sentry.data.repositories import Repository, commit_record, commits, repositories, repository_record
from saas_sandbox.sentry.errors import not_found
from saas_sandbox.sentry.made import made
from saas_sandbox.sentry.world import Project

_INTEGRATIONS: Final = made(5, integration)
_MAPPINGS: Final = made(2, code_mapping)
_ACTIONS: Final = made(6, notification_action)
_NEW: Final = frozenset(
    {"scopes", "outOfDate", "externalId", "organizationId", "organizationIntegrationStatus", "gracePeriodEnd"}
)
"""Fields that came after 9.1.2."""


class InRepository(NamedTuple):
    """A commit, with the repository that the path names."""

    repository: Repository
    commit: Commit


def integrations(call: Call, organization: Record) -> Sequence[Record]:
    """By name."""
    return sorted(_INTEGRATIONS(call, organization), key=lambda row: row["name"])


def integration_record(call: Call, row: Record) -> Record:
    """Return an integration; `includeConfig=0` leaves out what its provider would be asked for. 9.1.2 tells less."""
    if call.settings.old:
        return {name: value for name, value in row.items() if name not in _NEW}
    if call.one("includeConfig") != "0":
        return row
    return {name: value for name, value in row.items() if name != "configOrganization"} | {"configData": None}


def listed_repositories(call: Call, organization: Record) -> Sequence[Repository]:
    """By name: the active ones, or as `status` says, all if it is empty. 9.1.2 shows all without it."""
    status = call.one("status")
    if status is None and not call.settings.old:
        status = "active"
    rows = every_repository(call, organization)
    if status in ("active", "deleted"):
        rows = [row for row in rows if bool(row.copy_of) is (status == "deleted")]
    elif status:
        rows = []
    return sorted(rows, key=lambda row: row.name)


def every_repository(call: Call, _: Record) -> Sequence[Repository]:
    """All, deleted ones too."""
    return repositories(call.world)


def shown_repository(call: Call, row: Repository) -> Record:
    """Return a repository."""
    return repository_record(call.world, row)


def repository_of(call: Call) -> Repository:
    """Return the repository that the path names, deleted or not."""
    for row in every_repository(call, call.organization()):
        if row.id == call.names["repository"]:
            return row
    raise not_found()


def repository_commits(call: Call, repository: Repository) -> list[InRepository]:
    """The commits of a repository so far, newest first."""
    return [InRepository(repository, commit) for commit in commits(call.world, repository, call.now)]


def shown_commit(call: Call, row: InRepository) -> Record:
    """Return a commit."""
    return commit_record(call.world, row.repository, row.commit)


def code_mappings(call: Call, _: Record) -> Sequence[Record]:
    """Those of the caller's projects, or of `project`."""
    return _mappings(call, call.projects_asked())


def every_mapping(call: Call, _: Record) -> Sequence[Record]:
    """Those of all projects that the caller sees."""
    return _mappings(call, call.visible())


def _mappings(call: Call, projects: Iterable[Project]) -> list[Record]:
    return [mapping for project in projects for mapping in _MAPPINGS(call, project)]


def notification_actions(call: Call, organization: Record) -> Sequence[Record]:
    """Those of the caller's projects and of none; with `project` those of these projects, and none of the others."""
    chosen = {int(project.id) for project in call.projects_asked()}
    general = not call.all("project")
    rows = every_action(call, organization)
    return [row for row in rows if chosen & {*row["projects"]} or (general and not row["projects"])]


def every_action(call: Call, organization: Record) -> Sequence[Record]:
    """All notification actions."""
    return _ACTIONS(call, organization)
