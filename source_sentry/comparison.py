"""The settings held against what the organization has, before anything is read: what is wrong, in one sentence each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sourcewright.components.runtime import Row


def unknown_projects(
    rows: Iterable[Row], settings: Mapping[str, Any], old_slugs: Iterable[str] = ()
) -> tuple[list[str], str]:
    """Configured projects that the list of projects does not have, now or as `old_slugs`, and the sentence on them."""
    visible = sorted(str(row["slug"]) for row in rows)
    unknown = sorted(set(settings["projects"]) - {*visible, *old_slugs})
    there_are = f"Projects this token can see: {_names(visible) or 'none'}."
    return unknown, _unknown("project", unknown, "projects", settings, there_are)


def unknown_environments(names: Iterable[str], settings: Mapping[str, Any]) -> tuple[list[str], str]:
    """Configured environments that the organization does not have, in any project, and the sentence that says so.

    The empty name stands for records without an environment, and is in no list.
    """
    known = sorted(names)
    unknown = sorted({*settings["environments"]} - {*known, ""})
    there_are = f"Environments that exist: {_names(known) or 'none'}."
    return unknown, _unknown("environment", unknown, "environments", settings, there_are)


def closed_projects(rows: Iterable[Row], streams: Sequence[str] = ()) -> str:
    """Sentence on projects that the token may not open, which lists of the whole organization leave out; or nothing.

    Sentry says so by `hasAccess: false`, to the token of a member of an organization whose teams are closed.
    """
    closed = sorted(str(row["slug"]) for row in rows if row.get("hasAccess") is False)
    if not closed:
        return ""
    left_out = f" What belongs to them is left out of {_names(streams)}." if streams else ""
    return (
        f"{'Project' if len(closed) == 1 else 'Projects'} {_names(closed)}: closed to this `auth_token`.{left_out} "
        "To read them, join their teams, or use the token of an internal integration."
    )


def no_projects(organization: str) -> str:
    """Sentence on an empty list of projects."""
    return (
        f"Organization `{organization}` shows no project to this `auth_token`: it has none, or the owner of the token "
        "is in no team of it. Join a team, or use the token of an internal integration."
    )


def _unknown(noun: str, unknown: Sequence[str], setting: str, settings: Mapping[str, Any], there_are: str) -> str:
    noun, verb = (noun, "does") if len(unknown) == 1 else (f"{noun}s", "do")
    return (
        f"{noun.capitalize()} {_names(unknown)} of setting `{setting}` {verb} not exist in organization "
        f"`{settings['organization']}`. {there_are}"
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
