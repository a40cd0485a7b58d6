"""Release health and usage."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import PROJECT, Custom, Endpoint
from saas_sandbox.sentry.lists.usage import outcome_series, points, session_series, usage_by_project

_ORG: Final = any_of("org")

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Custom("release_health", "/organizations/{org}/sessions/", _ORG, session_series, key=""),
    Custom("usage_outcomes", "/organizations/{org}/stats_v2/", _ORG, outcome_series, key=""),
    Custom("usage_summary", "/organizations/{org}/stats-summary/", _ORG, usage_by_project, key=""),
    Custom(
        "project_stats",
        "/projects/{org}/{project}/stats/",
        any_of("project"),
        points,
        parent=PROJECT,
        key="",
        old={},
    ),
)
