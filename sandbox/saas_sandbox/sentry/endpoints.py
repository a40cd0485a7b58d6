"""Every endpoint of the sandbox, a row each.

A plain list is a `Listing`: name of the stream, path, scopes and the function that returns its rows; all else has a
default. `old={}` says that 9.1.2 has it too, and may name what differs there.
"""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.call import PAGE
from saas_sandbox.sentry.endpoint import NOTHING, PROJECT, Custom, Endpoint, Listing, Single, by_rank
from saas_sandbox.sentry.lists.events import event_ids, events
from saas_sandbox.sentry.lists.issues import every_issue, organization_issues, project_issues
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
from saas_sandbox.sentry.lists.project import keys, project_details, project_record
from saas_sandbox.sentry.lists.releases import every_release, releases, shown_release

_EVERYONE: Final = frozenset[str]()
_EVENT: Final = any_of("event")
_MEMBER: Final = any_of("member")
_ORG: Final = any_of("org")
_PROJECT: Final = any_of("project")
_RELEASES: Final = _PROJECT | {"project:releases"}

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
    Listing(
        "releases",
        "/organizations/{org}/releases/",
        _RELEASES | {"org:ci"},
        releases,
        record=shown_release,
        every=every_release,
        key="version",
        budget="releases",
        old={"scopes": _RELEASES},
    ),
    Custom(
        "issues",
        "/organizations/{org}/issues/",
        _EVENT,
        organization_issues,
        every=every_issue,
        identify=lambda issue: str(issue.id),
        old={},
    ),
    Single("project_details", "/projects/{org}/{project}/", _PROJECT, project_details, parent=PROJECT, old={}),
    Custom(
        "events",
        "/projects/{org}/{project}/events/",
        _PROJECT,
        events,
        parent=PROJECT,
        every=event_ids,
        key="eventID",
        by_project=True,
        budget="events",
        old={},
    ),
    Custom(
        "project_issues",
        "/projects/{org}/{project}/issues/",
        _EVENT,
        project_issues,
        parent=PROJECT,
        key="",
        budget="project_issues",
        old={},
    ),
    Listing(
        "project_keys",
        "/projects/{org}/{project}/keys/",
        _PROJECT,
        keys,
        parent=PROJECT,
        size=10,
        budget="keys",
        old={"paging": by_rank, "size": PAGE},
    ),
)
