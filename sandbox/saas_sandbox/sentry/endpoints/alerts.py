"""What watches the projects of an organization: detectors, workflows, uptime monitors, and the rules before them."""

from typing import Final

from saas_sandbox.sentry.auth import Scopes, any_of
from saas_sandbox.sentry.data.alerts import (
    DETECTORS,
    detector,
    incident,
    issue_alert_rule,
    metric_alert_rule,
    old_issue_alert_rule,
    uptime_monitor,
    workflow,
)
from saas_sandbox.sentry.endpoint import PROJECT, Endpoint, Listing
from saas_sandbox.sentry.lists.project import Below, of_all, of_asked
from saas_sandbox.sentry.made import made

_ORG: Final = any_of("org")
_ALERTS: Final = _ORG | {"alerts:read"}
_OLD_PAGE: Final = 25


def _listing(name: str, path: str, scopes: Scopes, rows: Below, size: int = 100) -> Listing:
    """A list of all projects, which without `project` shows only those of the caller's own."""
    return Listing(name, f"/organizations/{{org}}/{path}/", scopes, of_asked(rows), every=of_all(rows), size=size)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    _listing("uptime_monitors", "uptime", _ORG, made(DETECTORS // 3, uptime_monitor)),
    _listing("detectors", "detectors", _ALERTS, made(DETECTORS, detector)),
    _listing("workflows", "workflows", _ALERTS, made(DETECTORS // 2, workflow)),
    _listing("metric_alert_rules", "alert-rules", _ALERTS, made(3, metric_alert_rule), _OLD_PAGE),
    _listing("incidents", "incidents", _ALERTS, made(10, incident), _OLD_PAGE),
    Listing(
        "issue_alert_rules",
        "/projects/{org}/{project}/rules/",
        any_of("project") | {"alerts:read"},
        made(3, issue_alert_rule),
        parent=PROJECT,
        old={"rows": made(3, old_issue_alert_rule)},
    ),
)
