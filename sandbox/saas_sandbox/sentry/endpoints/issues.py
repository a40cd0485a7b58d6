"""Issues and what lies below them."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import PROJECT, Custom, Endpoint
from saas_sandbox.sentry.lists.issues import every_issue, organization_issues, project_issues

_EVENT: Final = any_of("event")

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Custom(
        "issues",
        "/organizations/{org}/issues/",
        _EVENT,
        organization_issues,
        every=every_issue,
        identify=lambda issue: str(issue.id),
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
)
