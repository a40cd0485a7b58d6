"""The organization, its teams and its people."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import NOTHING, Endpoint, Listing, Single
from saas_sandbox.sentry.lists.organization import (
    accepted,
    index,
    member_record,
    members,
    projects,
    team_record,
    teams,
    user_record,
    users,
)
from saas_sandbox.sentry.lists.project import project_record

_EVERYONE: Final = frozenset[str]()
_MEMBER: Final = any_of("member")
_ORG: Final = any_of("org")

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Single("index", "/", _EVERYONE, index, parent=NOTHING, key="", old={}),
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
)
