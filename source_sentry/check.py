"""`check`: prove host, token, organization and every configured project, and say what the token does not cover."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from airbyte_cdk.models import AirbyteConnectionStatus
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry.errors import CI_ONLY, is_organization_token, token_scopes
from source_sentry.projects import explain_renamed, renamed
from sourcewright.components.check import CheckedSource, connection_status
from sourcewright.inputs import wrong_input

_LEVELS: Final = ("read", "write", "admin")
"""Each implies those before it."""
_RELEASE_SCOPES: Final = frozenset({"project:releases", "org:ci"})
"""They suffice for what lies below `/releases/`."""


class Organization(CheckedSource, Protocol):
    """What `check` asks of the connector."""

    def stream_parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Parameters of each stream: {"events": {"scope": "project:read", "endpoint": "projects/…"}}."""


def check_connection(organization: Organization) -> AirbyteConnectionStatus:
    """SUCCEEDED, with the streams that the token does not cover, or FAILED with one clear sentence."""
    return connection_status(lambda: _prove(organization))


def _prove(organization: Organization) -> str:
    settings = organization.settings
    if is_organization_token(settings):
        raise wrong_input(CI_ONLY)
    organization.read_definition("organization")
    projects = {str(row["id"]): str(row["slug"]) for row in organization.read_definition("project_list")}
    visible = sorted(projects.values())
    unknown = sorted(set(settings["projects"]) - set(visible))
    new_slugs = renamed(organization.read_definition, unknown, projects)
    if len(new_slugs) < len(unknown):
        missing = [slug for slug in unknown if slug not in new_slugs]
        raise wrong_input(unknown_projects(missing, settings["organization"], visible))
    found = f"Organization `{settings['organization']}`: {len(visible)} project(s) visible."
    return " ".join([found, *explain_renamed(new_slugs), *_uncovered(organization)])


def covers(scopes: Iterable[str], needed: str) -> bool:
    """Whether a token with `scopes` may read what needs `needed`: admin implies write, and write read."""
    resource, level = needed.split(":")
    return any(f"{resource}:{level}" in set(scopes) for level in _LEVELS[_LEVELS.index(level) :])


def _uncovered(organization: Organization) -> list[str]:
    """One sentence for each scope that the token lacks; nothing if the server does not say which scopes it has."""
    try:
        scopes = set(token_scopes(organization.read_definition("token")))
    except AirbyteTracedException as error:
        return [f"The token's scopes could not be read: {error.message}"]
    lacking: dict[str, list[str]] = {}
    for stream, parameters in organization.stream_parameters().items():
        needed, is_release = str(parameters["scope"]), "/releases/" in parameters["endpoint"]
        readable = covers(scopes, needed) or (is_release and scopes & _RELEASE_SCOPES)
        if scopes and not readable:
            lacking.setdefault(needed, []).append(stream)
    return [
        f"The token lacks the scope `{scope}`, so these streams cannot be read: {', '.join(streams)}."
        for scope, streams in lacking.items()
    ]


def unknown_projects(unknown: list[str], organization: str, visible: list[str]) -> str:
    """Say which configured projects do not exist, and which do."""
    names, verb = ", ".join(f"`{slug}`" for slug in unknown), "does" if len(unknown) == 1 else "do"
    projects = ", ".join(f"`{slug}`" for slug in visible) or "none"
    noun = "Project" if len(unknown) == 1 else "Projects"
    return (
        f"{noun} {names} of setting `projects` {verb} not exist in organization `{organization}`. "
        f"Projects this token can see: {projects}."
    )
