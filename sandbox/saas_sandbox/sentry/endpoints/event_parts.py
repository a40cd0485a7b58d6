"""What lies below an event."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import Endpoint, Listing, Single
from saas_sandbox.sentry.lists.event_parts import EVENT, event_attachments, event_detail

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Single(
        "event_details",
        "/projects/{org}/{project}/events/{event}/",
        any_of("project"),
        event_detail,
        parent=EVENT,
        key="eventID",
    ),
    Listing(
        "event_attachments",
        "/projects/{org}/{project}/events/{event}/attachments/",
        any_of("project"),
        event_attachments,
        parent=EVENT,
    ),
)
