"""Releases and what went into them."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import Endpoint, Listing, Single, by_rank
from saas_sandbox.sentry.lists.release_work import RELEASE, commit_files, commits, deploys, release_files
from saas_sandbox.sentry.lists.releases import every_release, releases, shown_release

_RELEASES: Final = any_of("project") | {"project:releases"}
_TODAY: Final = _RELEASES | {"org:ci"}
_RELEASE: Final = "/organizations/{org}/releases/{version}/"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Listing(
        "releases",
        "/organizations/{org}/releases/",
        _TODAY,
        releases,
        record=shown_release,
        every=every_release,
        key="version",
        budget="releases",
        old={"scopes": _RELEASES},
    ),
    Single(
        "release_details",
        _RELEASE,
        _TODAY,
        shown_release,
        parent=RELEASE,
        key="version",
        old={"scopes": _RELEASES},
    ),
    Listing("deploys", f"{_RELEASE}deploys/", _TODAY, deploys, parent=RELEASE, old={"scopes": _RELEASES}),
    Listing(
        "release_commits",
        f"{_RELEASE}commits/",
        _TODAY,
        commits,
        parent=RELEASE,
        paging=by_rank,
        old={"scopes": _RELEASES},
    ),
    Listing(
        "release_commit_files",
        f"{_RELEASE}commitfiles/",
        _TODAY,
        commit_files,
        parent=RELEASE,
        old={"scopes": _RELEASES},
    ),
    Listing(
        "release_files",
        f"{_RELEASE}files/",
        _TODAY,
        release_files,
        parent=RELEASE,
        old={"scopes": _RELEASES},
    ),
)
