"""`check`: prove host, token, organization and every configured project, and say what the token does not cover."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from airbyte_cdk.models import AirbyteConnectionStatus
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry.comparison import closed_projects, no_projects, unknown_environments, unknown_projects
from source_sentry.errors import CI_ONLY, is_organization_token, token_scopes
from source_sentry.projects import explain_renamed, renamed
from sourcewright.components.check import CheckedSource, connection_status
from sourcewright.inputs import wrong_input

_LEVELS: Final = ("read", "write", "admin")
"""Each implies those before it."""
_ISSUES_NEED: Final = "event:read"
_RELEASE_SCOPES: Final = frozenset({"project:releases", "org:ci"})
"""They suffice for what lies below `/releases/`."""


class Organization(CheckedSource, Protocol):
    """What `check` asks of the connector."""

    def stream_parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Parameters of each stream: {"events": {"scope": "project:read", "endpoint": "projects/…"}}."""

    def prove_queries(self) -> None:
        """Fail if a query of the user is wrong."""


def check_connection(organization: Organization) -> AirbyteConnectionStatus:
    """SUCCEEDED, with the streams that the token does not cover, or FAILED with one clear sentence."""
    return connection_status(lambda: _prove(organization))


def _prove(organization: Organization) -> str:
    settings = organization.settings
    if is_organization_token(settings):
        raise wrong_input(CI_ONLY)
    parameters = organization.stream_parameters()
    organization.read_definition("organization")
    projects = list(organization.read_definition("project_list"))
    if not projects:
        raise wrong_input(no_projects(settings["organization"]))
    visible = {str(row["id"]): str(row["slug"]) for row in projects}
    new_slugs = renamed(organization.read_definition, set(settings["projects"]) - set(visible.values()), visible)
    _prove_names(*unknown_projects(projects, settings, new_slugs))
    if settings["environments"] and (names := settings["server"].environment_names()) is not None:
        _prove_names(*unknown_environments(names, settings))
    organization.prove_queries()
    scopes, unreadable = _scopes(organization)
    if not scopes or covers(scopes, _ISSUES_NEED):
        organization.read_definition("issue_page")
    found = f"Organization `{settings['organization']}`: {len(projects)} project(s) visible."
    told = [found, *explain_renamed(new_slugs), closed_projects(projects), unreadable]
    return " ".join(filter(None, [*told, *_uncovered(parameters, scopes)]))


def _prove_names(unknown: Sequence[str], message: str) -> None:
    if unknown:
        raise wrong_input(message)


def covers(scopes: Iterable[str], needed: str) -> bool:
    """Whether a token with `scopes` may read what needs `needed`: admin implies write, and write read."""
    resource, level = needed.split(":")
    return any(f"{resource}:{level}" in set(scopes) for level in _LEVELS[_LEVELS.index(level) :])


def _scopes(organization: Organization) -> tuple[set[str], str]:
    """The token's scopes, none if the server does not say which it has, and why they could not be read."""
    try:
        return set(token_scopes(organization.read_definition("token"))), ""
    except AirbyteTracedException as error:
        return set(), f"The token's scopes could not be read: {error.message}"


def _uncovered(streams: Mapping[str, Mapping[str, Any]], scopes: set[str]) -> list[str]:
    """One sentence for each scope that the token lacks."""
    lacking: dict[str, list[str]] = {}
    for stream, parameters in streams.items():
        needed, is_release = str(parameters["scope"]), "/releases/" in parameters["endpoint"]
        readable = covers(scopes, needed) or (is_release and scopes & _RELEASE_SCOPES)
        if scopes and not readable:
            lacking.setdefault(needed, []).append(stream)
    return [
        f"The token lacks the scope `{scope}`, so these streams cannot be read: {', '.join(streams)}."
        for scope, streams in lacking.items()
    ]
