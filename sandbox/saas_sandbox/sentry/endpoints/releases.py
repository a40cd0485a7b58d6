"""Releases."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import Endpoint, Listing
from saas_sandbox.sentry.lists.releases import every_release, releases, shown_release

_RELEASES: Final = any_of("project") | {"project:releases"}

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
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
)
