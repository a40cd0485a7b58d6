"""A project and what lies below it."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.call import PAGE
from saas_sandbox.sentry.data.project_settings import debug_file_row, tombstone_row
from saas_sandbox.sentry.endpoint import PROJECT, Custom, Endpoint, Listing, Single, by_key, by_rank
from saas_sandbox.sentry.lists.events import event_ids, events
from saas_sandbox.sentry.lists.project import keys, project_details
from saas_sandbox.sentry.lists.release_work import artifact_bundles, project_commits, project_releases
from saas_sandbox.sentry.lists.releases import shown_release
from saas_sandbox.sentry.lists.seen import (
    TAG,
    event_users,
    every_report,
    report_record,
    tag_value_record,
    tags,
    user_reports,
)
from saas_sandbox.sentry.made import made
from saas_sandbox.sentry.paging import absolute

_PROJECT: Final = any_of("project")
_FILES: Final = _PROJECT | {"project:releases", "org:ci"}
_OLD_FILES: Final = {"scopes": _PROJECT | {"project:releases"}}

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Single("project_details", "/projects/{org}/{project}/", _PROJECT, project_details, parent=PROJECT, old={}),
    Custom(
        "events",
        "/projects/{org}/{project}/events/",
        _PROJECT,
        events,
        parent=PROJECT,
        every=event_ids,
        key="eventID",
        by_project=True,
        budget="events",
        old={},
    ),
    Listing(
        "project_keys",
        "/projects/{org}/{project}/keys/",
        _PROJECT,
        keys,
        parent=PROJECT,
        size=10,
        budget="keys",
        old={"paging": by_rank, "size": PAGE},
    ),
    Listing(
        "project_users",
        "/projects/{org}/{project}/users/",
        _PROJECT,
        event_users,
        parent=PROJECT,
        key="tagValue",
        paging=lambda _: absolute,
        budget="project_users",
        old={"paging": by_rank},
    ),
    Listing(
        "project_tags",
        "/projects/{org}/{project}/tags/",
        _PROJECT,
        tags,
        parent=PROJECT,
        key="key",
        paging=None,
        old={},
    ),
    Listing(
        "project_tag_values",
        "/projects/{org}/{project}/tags/{key}/values/",
        _PROJECT,
        lambda _, values: values,
        record=tag_value_record,
        parent=TAG,
        key="value",
        paging=by_key(lambda value: value.last // 1000),
        budget="tag_values",
        old={},
    ),
    Listing(
        "user_feedback",
        "/projects/{org}/{project}/user-feedback/",
        _PROJECT,
        user_reports,
        record=report_record,
        every=every_report,
        parent=PROJECT,
        paging=by_key(lambda report: report.at // 1000),
        old={},
    ),
    Listing(
        "discarded_issues",
        "/projects/{org}/{project}/tombstones/",
        _PROJECT,
        made(2, tombstone_row),
        parent=PROJECT,
        old={},
    ),
    Listing(
        "project_debug_files",
        "/projects/{org}/{project}/files/dsyms/",
        _FILES,
        made(23, debug_file_row),
        parent=PROJECT,
        size=20,
    ),
    Listing(
        "project_artifact_bundles",
        "/projects/{org}/{project}/files/artifact-bundles/",
        _FILES,
        artifact_bundles,
        parent=PROJECT,
        key="bundleId",
        size=10,
    ),
    Listing(
        "project_commits",
        "/projects/{org}/{project}/commits/",
        _FILES,
        project_commits,
        parent=PROJECT,
        old=_OLD_FILES,
    ),
    Listing(
        "project_releases",
        "/projects/{org}/{project}/releases/",
        _FILES,
        project_releases,
        record=shown_release,
        parent=PROJECT,
        key="version",
        old=_OLD_FILES,
    ),
)
