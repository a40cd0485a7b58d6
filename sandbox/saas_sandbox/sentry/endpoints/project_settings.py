"""How a project is set up."""

from typing import Final

from saas_sandbox.common.reply import json_reply
from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.data.project_settings import codeowners_row, hook_row, symbol_source_row
from saas_sandbox.sentry.endpoint import PROJECT, Custom, Endpoint, Listing, by_rank
from saas_sandbox.sentry.lists.organization import member_record
from saas_sandbox.sentry.lists.project_settings import filters, members, ownership, teams
from saas_sandbox.sentry.lists.seen import environments, every_environment
from saas_sandbox.sentry.made import made

_PROJECT: Final = any_of("project")

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Listing(
        "project_environments",
        "/projects/{org}/{project}/environments/",
        _PROJECT,
        environments,
        every=every_environment,
        parent=PROJECT,
        paging=None,
        old={},
    ),
    Listing(
        "project_members",
        "/projects/{org}/{project}/members/",
        _PROJECT,
        members,
        record=member_record,
        parent=PROJECT,
        paging=None,
        old={},
    ),
    Listing("project_teams", "/projects/{org}/{project}/teams/", _PROJECT, teams, parent=PROJECT, old={}),
    Custom(
        "project_ownership",
        "/projects/{org}/{project}/ownership/",
        _PROJECT,
        lambda call, project: json_reply(ownership(call, project)),
        parent=PROJECT,
        every=lambda _, project: [project],
        identify=lambda project: project.id,
        old={},
    ),
    Listing(
        "project_codeowners",
        "/projects/{org}/{project}/codeowners/",
        _PROJECT,
        made(1, codeowners_row),
        parent=PROJECT,
        paging=None,
    ),
    Listing(
        "project_filters",
        "/projects/{org}/{project}/filters/",
        _PROJECT,
        filters,
        parent=PROJECT,
        paging=None,
        old={},
    ),
    Listing(
        "project_service_hooks",
        "/projects/{org}/{project}/hooks/",
        _PROJECT,
        made(2, hook_row),
        parent=PROJECT,
        paging=by_rank,
    ),
    Listing(
        "project_symbol_sources",
        "/projects/{org}/{project}/symbol-sources/",
        _PROJECT,
        made(2, symbol_source_row),
        parent=PROJECT,
        paging=None,
    ),
)
