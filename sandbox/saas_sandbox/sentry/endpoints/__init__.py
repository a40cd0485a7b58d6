"""Every endpoint of the sandbox, a row each.

A plain list is a `Listing`: name of the stream, path, scopes and the function that returns its rows; all else has a
default. `old={}` says that 9.1.2 has it too, and may name what differs there.
"""

from typing import Final

from saas_sandbox.sentry.endpoint import Endpoint
from saas_sandbox.sentry.endpoints import (
    alerts,
    dashboards,
    event_parts,
    explore,
    integrations,
    issues,
    monitors,
    organization,
    project_settings,
    projects,
    releases,
    replays,
    settings,
    usage,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *organization.ENDPOINTS,
    *settings.ENDPOINTS,
    *releases.ENDPOINTS,
    *issues.ENDPOINTS,
    *projects.ENDPOINTS,
    *event_parts.ENDPOINTS,
    *explore.ENDPOINTS,
    *replays.ENDPOINTS,
    *project_settings.ENDPOINTS,
    *alerts.ENDPOINTS,
    *usage.ENDPOINTS,
    *monitors.ENDPOINTS,
    *dashboards.ENDPOINTS,
    *integrations.ENDPOINTS,
)
