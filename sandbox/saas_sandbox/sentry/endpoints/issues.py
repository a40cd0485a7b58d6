"""Issues and what lies below them."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import PROJECT, Custom, Endpoint, Listing, Single, by_key, by_row
from saas_sandbox.sentry.lists.issue_parts import (
    ISSUE,
    event_record,
    every_issue_event,
    external_issues,
    hashes,
    integrations,
    issue_attachments,
    issue_detail,
    issue_events,
    user_reports,
)
from saas_sandbox.sentry.lists.issue_story import activities, comments
from saas_sandbox.sentry.lists.issue_tags import tag_parent, tag_record, tag_values, tags, value_record
from saas_sandbox.sentry.lists.issues import every_issue, feedback_issues, organization_issues, project_issues
from saas_sandbox.sentry.moments import parse

_EVENT: Final = any_of("event")
_BELOW: Final = "/organizations/{org}/issues/{issue}"
_OLD_BELOW: Final = "/issues/{issue}"
_BY_DATE: Final = by_key(lambda row: (parse(row["dateCreated"]) or 0) // 1000)

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
    # The same path: only a query for the category shows them, so the row above answers, and this one counts
    Custom(
        "feedback",
        "/organizations/{org}/issues/",
        _EVENT,
        organization_issues,
        every=feedback_issues,
        identify=lambda issue: str(issue.id),
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
    Single("issue_details", f"{_BELOW}/", _EVENT, issue_detail, parent=ISSUE, old={"path": f"{_OLD_BELOW}/"}),
    Listing(
        "issue_events",
        f"{_BELOW}/events/",
        _EVENT,
        issue_events,
        record=event_record,
        every=every_issue_event,
        parent=ISSUE,
        paging=by_row,
        old={"path": f"{_OLD_BELOW}/events/"},
    ),
    Listing(
        "issue_hashes",
        f"{_BELOW}/hashes/",
        _EVENT,
        hashes,
        parent=ISSUE,
        paging=by_row,
        old={"path": f"{_OLD_BELOW}/hashes/"},
    ),
    Listing(
        "issue_tags",
        f"{_BELOW}/tags/",
        _EVENT,
        tags,
        record=tag_record,
        parent=ISSUE,
        key="key",
        paging=None,
        budget="issue_tags",
        old={"path": f"{_OLD_BELOW}/tags/"},
    ),
    Listing(
        "issue_tag_values",
        f"{_BELOW}/tags/{{key}}/values/",
        _EVENT,
        tag_values,
        record=value_record,
        parent=tag_parent(ISSUE),
        key="value",
        paging=by_row,
        budget="issue_tag_values",
        old={"path": f"{_OLD_BELOW}/tags/{{key}}/values/"},
    ),
    Listing(
        "issue_comments",
        f"{_BELOW}/comments/",
        _EVENT,
        comments,
        parent=ISSUE,
        paging=_BY_DATE,
        old={"path": f"{_OLD_BELOW}/comments/"},
    ),
    Listing(
        "issue_activities", f"{_BELOW}/activities/", _EVENT, activities, parent=ISSUE, paging=None, inside="activity"
    ),
    Listing(
        "issue_external_issues", f"{_BELOW}/external-issues/", _EVENT, external_issues, parent=ISSUE, paging=by_row
    ),
    Listing("issue_integrations", f"{_BELOW}/integrations/", _EVENT, integrations, parent=ISSUE),
    Listing("issue_attachments", f"{_BELOW}/attachments/", _EVENT, issue_attachments, parent=ISSUE, paging=_BY_DATE),
    Listing("issue_user_feedback", f"{_BELOW}/user-feedback/", _EVENT, user_reports, parent=ISSUE, paging=_BY_DATE),
)
