"""Organizations, their teams and their people."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import NOTHING, Custom, Endpoint, Listing, Single
from saas_sandbox.sentry.lists.organization import (
    accepted,
    index,
    member_record,
    members,
    organizations,
    projects,
    team_record,
    teams,
    user_record,
    users,
)
from saas_sandbox.sentry.lists.project import project_record
from saas_sandbox.sentry.lists.teams import (
    TEAM,
    scim_groups,
    scim_page,
    scim_users,
    team_member_record,
    team_members,
    team_projects,
)

_EVERYONE: Final = frozenset[str]()
_MEMBER: Final = any_of("member")
_ORG: Final = any_of("org")
_TEAM: Final = any_of("team")

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Single("index", "/", _EVERYONE, index, parent=NOTHING, key="", old={}),
    Listing("organizations", "/organizations/", _ORG, organizations, parent=NOTHING, old={}),
    Single("organization", "/organizations/{org}/", _ORG, lambda _, organization: organization, old={}),
    Listing("projects", "/organizations/{org}/projects/", _ORG, projects, record=project_record, old={}),
    Listing("teams", "/organizations/{org}/teams/", _ORG, teams, record=team_record, old={}),
    Listing(
        "members", "/organizations/{org}/members/", _MEMBER, members, record=member_record, budget="members", old={}
    ),
    Listing(
        "users",
        "/organizations/{org}/users/",
        frozenset({"org:read", "member:read"}),
        users,
        record=user_record,
        every=accepted,
        paging=None,
        old={"scopes": _ORG},
    ),
    Listing(
        "team_members",
        "/teams/{org}/{team}/members/",
        _TEAM,
        team_members,
        record=team_member_record,
        parent=TEAM,
        old={},
    ),
    Listing(
        "team_projects",
        "/teams/{org}/{team}/projects/",
        any_of("project"),
        team_projects,
        record=project_record,
        parent=TEAM,
        old={},
    ),
    Custom(
        "scim_users",
        "/organizations/{org}/scim/v2/Users",
        _MEMBER,
        scim_page(scim_users),
        every=scim_users,
        identify=lambda row: str(row["id"]),
    ),
    Custom(
        "scim_groups",
        "/organizations/{org}/scim/v2/Groups",
        _TEAM,
        scim_page(scim_groups),
        every=scim_groups,
        identify=lambda row: str(row["id"]),
    ),
)
