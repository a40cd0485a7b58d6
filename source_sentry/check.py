"""`check`: prove host, token, organization and every configured project, and say what the token does not cover."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from airbyte_cdk.models import AirbyteConnectionStatus, Status
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry.errors import CI_ONLY, is_organization_token
from sourcewright.log import logger

_RETRIED: Final = "Exhausted available request attempts. Please see logs for more details. Exception: "
_RELEASE_SCOPES: Final = frozenset({"project:releases", "org:ci"})


class Organization(Protocol):
    """What `check` asks of the connector."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The user's settings in today's form."""

    def read_definition(self, name: str) -> list[Mapping[str, Any]]:
        """All records of the stream that the manifest defines under `name`."""

    def stream_scopes(self) -> Mapping[str, str]:
        """Scope that each stream needs: {"events": "project:read"}."""


def check_connection(organization: Organization) -> AirbyteConnectionStatus:
    """SUCCEEDED, with a word on streams that the token does not cover, or FAILED with one clear sentence."""
    if is_organization_token(organization.settings):
        return _failed(CI_ONLY)
    try:
        organization.read_definition("organization")
        visible = sorted(project["slug"] for project in organization.read_definition("project_list"))
    except AirbyteTracedException as error:
        return _failed(str(error.message).removeprefix(_RETRIED))
    unknown = sorted(set(organization.settings["projects"]) - set(visible))
    if unknown:
        return _failed(unknown_projects(unknown, organization.settings["organization"], visible))
    found = f"Organization `{organization.settings['organization']}`: {len(visible)} project(s) visible."
    message = " ".join([found, *_uncovered(organization)])
    logger.info(message)
    return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=message)


def covers(scopes: Iterable[str], needed: str) -> bool:
    """Whether a token with `scopes` may read what needs `needed`: write and admin imply read."""
    resource = needed.split(":", maxsplit=1)[0]
    return any(f"{resource}:{level}" in set(scopes) for level in ("read", "write", "admin"))


def _uncovered(organization: Organization) -> list[str]:
    """One sentence a scope that the token lacks; nothing where the server does not say which scopes it has."""
    try:
        auth = organization.read_definition("token")[0].get("auth") or {}
    except AirbyteTracedException as error:
        return [f"The token's scopes could not be read: {error.message}"]
    scopes = set(auth.get("scopes") or [])
    lacking: dict[str, list[str]] = {}
    for stream, needed in organization.stream_scopes().items():
        readable = covers(scopes, needed) or (stream == "releases" and scopes & _RELEASE_SCOPES)
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


def _failed(message: str) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)
