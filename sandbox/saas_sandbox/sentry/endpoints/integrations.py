"""Integrations, repositories and what connects them with projects."""

from typing import Final

from saas_sandbox.common.clock import SECOND
from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.data.integrations import data_forwarder, installation, integration_provider, sentry_app
from saas_sandbox.sentry.endpoint import Endpoint, Listing, Parent, by_key
from saas_sandbox.sentry.lists.integrations import (
    code_mappings,
    every_action,
    every_mapping,
    every_repository,
    integration_record,
    integrations,
    listed_repositories,
    notification_actions,
    repository_commits,
    repository_of,
    shown_commit,
    shown_repository,
)
from saas_sandbox.sentry.made import made

_ORG: Final = any_of("org")
_INTEGRATIONS: Final = _ORG | {"org:integrations"}

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Listing(
        "integrations",
        "/organizations/{org}/integrations/",
        _INTEGRATIONS,
        integrations,
        record=integration_record,
        old={"scopes": _ORG},
    ),
    Listing(
        "integration_providers",
        "/organizations/{org}/config/integrations/",
        _ORG,
        made(3, integration_provider),
        key="key",
        inside="providers",
        paging=None,
    ),
    Listing(
        "repositories",
        "/organizations/{org}/repos/",
        _INTEGRATIONS | {"org:ci"},
        listed_repositories,
        record=shown_repository,
        every=every_repository,
        old={"scopes": _INTEGRATIONS},
    ),
    Listing(
        "repository_commits",
        "/organizations/{org}/repos/{repository}/commits/",
        _ORG,
        repository_commits,
        record=shown_commit,
        paging=by_key(lambda row: row.commit.at // (SECOND // 1000)),
        parent=Parent(repository_of, lambda call: every_repository(call, call.world.organization)),
        old={},
    ),
    Listing(
        "code_mappings",
        "/organizations/{org}/code-mappings/",
        frozenset({"org:read", "org:integrations"}),
        code_mappings,
        every=every_mapping,
    ),
    Listing("sentry_apps", "/organizations/{org}/sentry-apps/", _ORG, made(3, sentry_app), key="uuid"),
    Listing(
        "sentry_app_installations",
        "/organizations/{org}/sentry-app-installations/",
        frozenset({"org:read", "org:integrations"}),
        made(3, installation),
        key="uuid",
    ),
    Listing(
        "notification_actions",
        "/organizations/{org}/notifications/actions/",
        _ORG,
        notification_actions,
        every=every_action,
    ),
    Listing("data_forwarders", "/organizations/{org}/forwarding/", frozenset({"org:read"}), made(3, data_forwarder)),
)
