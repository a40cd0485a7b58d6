"""Replays and what lies below one. Today's server alone has them."""

from typing import Final

from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.endpoint import Custom, Endpoint, Listing, by_row
from saas_sandbox.sentry.lists.replays import (
    REPLAY,
    clicks,
    every_replay,
    recording_segments,
    replays,
    segments,
    shown_replay,
    viewed_by,
    viewers,
)

_PROJECT: Final = any_of("project")
_BELOW: Final = "/projects/{org}/{project}/replays/{replay}"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Listing(
        "replays",
        "/organizations/{org}/replays/",
        any_of("org"),
        replays,
        record=shown_replay,
        every=every_replay,
        paging=by_row,
        inside="data",
    ),
    Listing(
        "replay_clicks",
        f"{_BELOW}/clicks/",
        _PROJECT,
        clicks,
        parent=REPLAY,
        key="node_id",
        paging=by_row,
        inside="data",
    ),
    Custom(
        "replay_recording_segments",
        f"{_BELOW}/recording-segments/",
        _PROJECT,
        recording_segments,
        parent=REPLAY,
        every=segments,
        key="",
    ),
    Custom(
        "replay_viewers",
        f"{_BELOW}/viewed-by/",
        any_of("event"),
        viewed_by,
        parent=REPLAY,
        every=viewers,
        identify=lambda user: str(user["id"]),
    ),
)
