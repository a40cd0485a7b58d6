"""Logs, keys, environments and relays of an organization, and the names that its data are searched by."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.data.organization import audit_entry, flag_change, relay, selector, tag
from saas_sandbox.sentry.endpoint import Custom, Endpoint, Listing
from saas_sandbox.sentry.lists.project import of_all, of_asked
from saas_sandbox.sentry.lists.settings import (
    attributes,
    audit_log,
    environments,
    every_attribute,
    every_environment,
    flag_log,
    replayed,
    selectors,
    with_deletions,
    without_snuba,
)
from saas_sandbox.sentry.made import made

_ORG: Final = any_of("org")
_ENTRIES: Final = with_deletions(made(230, audit_entry))
_CHANGES: Final = made(120, flag_change)
_SELECTORS: Final = made(12, selector)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Listing(
        "organization_project_keys",
        "/organizations/{org}/project-keys/",
        _ORG,
        of_asked(lambda _, project: project.keys),
        every=of_all(lambda _, project: project.keys),
        size=10,
    ),
    Listing(
        "organization_environments",
        "/organizations/{org}/environments/",
        _ORG,
        environments,
        every=every_environment,
        paging=None,
        old={},
    ),
    Listing("relays", "/organizations/{org}/relay_usage/", _ORG, made(6, relay), paging=None, key="version"),
    Custom(
        "audit_logs",
        "/organizations/{org}/audit-logs/",
        _ORG - {"org:read"},
        audit_log(_ENTRIES),
        every=_ENTRIES,
        identify=lambda row: str(row["id"]),
    ),
    Listing(
        "feature_flag_logs",
        "/organizations/{org}/flags/logs/",
        _ORG,
        flag_log(_CHANGES),
        every=_CHANGES,
        inside="data",
    ),
    Listing(
        "organization_tags",
        "/organizations/{org}/tags/",
        _ORG,
        made(30, tag),
        paging=None,
        key="key",
        old={"rows": without_snuba, "every": made(0, tag)},
    ),
    Listing(
        "trace_item_attributes",
        "/organizations/{org}/trace-items/attributes/",
        _ORG,
        attributes,
        every=every_attribute,
        size=1000,
        key="key",
    ),
    Listing(
        "replay_selectors",
        "/organizations/{org}/replay-selectors/",
        _ORG,
        selectors(replayed(_SELECTORS)),
        every=of_all(replayed(_SELECTORS)),
        inside="data",
        key="dom_element",
    ),
)
