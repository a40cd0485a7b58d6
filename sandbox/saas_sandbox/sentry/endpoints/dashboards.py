"""Dashboards, saved queries and issue views."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import Custom, Endpoint, Listing, Parent
from saas_sandbox.sentry.lists.dashboards import (
    dashboard_of,
    dashboard_page,
    dashboard_record,
    dashboards,
    discover_queries,
    every_dashboard,
    every_view,
    explore_queries,
    issue_views,
    stored_widgets,
)
from saas_sandbox.sentry.paging import absolute

_ORG: Final = any_of("org")
_DISCOVER_SIZE: Final = 25

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Listing("dashboards", "/organizations/{org}/dashboards/", _ORG, dashboards, record=dashboard_record),
    Custom(
        "dashboard_widgets",
        "/organizations/{org}/dashboards/{dashboard}/",
        _ORG,
        dashboard_page,
        parent=Parent(dashboard_of, every_dashboard),
        every=stored_widgets,
        identify=lambda widget: f"{widget['id']}",
    ),
    Listing(
        "discover_saved_queries",
        "/organizations/{org}/discover/saved/",
        _ORG,
        discover_queries,
        paging=lambda _: absolute,
        size=_DISCOVER_SIZE,
    ),
    Listing(
        "explore_saved_queries",
        "/organizations/{org}/explore/saved/",
        _ORG,
        explore_queries,
        paging=lambda _: absolute,
    ),
    Listing(
        "issue_views",
        "/organizations/{org}/group-search-views/",
        frozenset({"event:read", "member:read", "member:write", "org:read"}),
        issue_views,
        every=every_view,
    ),
)
