"""Cron monitors with their check-ins, and thresholds of releases."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import Custom, Endpoint, Listing, Parent
from saas_sandbox.sentry.lists.monitors import (
    check_in_record,
    check_ins,
    every_check_in,
    every_monitor,
    monitor_of,
    monitor_record,
    monitors,
)
from saas_sandbox.sentry.lists.thresholds import every_status, threshold_statuses

_ALERTS: Final = frozenset({"alerts:read", "alerts:write"})

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Listing(
        "monitors",
        "/organizations/{org}/monitors/",
        any_of("org") | {"alerts:read"},
        monitors,
        record=monitor_record,
        every=every_monitor,
    ),
    Listing(
        "monitor_checkins",
        "/organizations/{org}/monitors/{monitor}/checkins/",
        any_of("project") | _ALERTS,
        check_ins,
        record=check_in_record,
        every=every_check_in,
        parent=Parent(monitor_of, lambda call: every_monitor(call, call.world.organization)),
    ),
    Custom(
        "release_threshold_statuses",
        "/organizations/{org}/release-threshold-statuses/",
        any_of("project") | {"project:releases", "org:ci"},
        threshold_statuses,
        every=every_status,
        identify=lambda row: f"{row['id']}",
    ),
)
