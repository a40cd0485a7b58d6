"""A project and what lies below it."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.call import PAGE
from saas_sandbox.sentry.endpoint import PROJECT, Custom, Endpoint, Listing, Single, by_rank
from saas_sandbox.sentry.lists.events import event_ids, events
from saas_sandbox.sentry.lists.project import keys, project_details

_PROJECT: Final = any_of("project")

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
)
