"""Explore: one address for the rows of every dataset. Today's server alone has it."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import Custom, Endpoint
from saas_sandbox.sentry.explore.answers import explore
from saas_sandbox.sentry.explore.datasets import every


def _stream(name: str, dataset: str, key: str = "id", keep: str = "") -> Endpoint:
    return Custom(
        name,
        "/organizations/{org}/events/",
        any_of("org"),
        explore,
        key=key,
        budget="explore",
        every=lambda call, _: every(call, dataset, key, keep),
    )


# The first row answers for all; each counts its own
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    _stream("error_rows", "errors"),
    _stream("logs", "logs"),
    _stream("spans", "spans"),
    _stream("transactions", "spans", keep="is_transaction"),
    _stream("trace_metrics", "tracemetrics"),
    _stream("uptime_results", "uptime_results", "check_id"),
)
