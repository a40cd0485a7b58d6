"""Columns of the tables that the streams become, and how the tables join."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tables import Stream, manifest, rows, schema

ACCOUNT: Final = "members.user.id"
"""The account of somebody who uses Sentry; `user` of an event is somebody who uses what sends events."""
ISSUE, PROJECT, RELEASE = "issues.id", "projects.id", "releases.version"

NAMED: Final[Mapping[str, str]] = {
    "event_id": "events.eventID",
    "eventID": "events.eventID",
    "groupID": ISSUE,
    "projectID": PROJECT,
    "projectId": PROJECT,
    "projectSlug": "projects.slug",
    "project_id": PROJECT,
    "project_slug": "projects.slug",
    "matchingEventId": "events.eventID",
    "nextEventID": "events.eventID",
    "previousEventID": "events.eventID",
    "release": RELEASE,
    "codeMappingId": "code_mappings.id",
    "detectorIds": "detectors.id",
    "workflowIds": "workflows.id",
    "alertRuleId": "metric_alert_rules.id",
    "originalAlertRuleId": "metric_alert_rules.id",
    "integrationId": "integrations.id",
    "repoId": "repositories.id",
    "teamSlug": "teams.slug",
    "organizationId": "organization.id",
    "orgId": "organization.id",
    "environment": "organization_environments.name",
}
"""Columns that join by their name, besides the key of a parent that a router adds to its children."""
OWN: Final[Mapping[str, str]] = {
    "event_details.eventID": "events.eventID",
    "issue_details.id": ISSUE,
    "project_details.id": PROJECT,
    "project_releases.version": RELEASE,
    "release_details.version": RELEASE,
    "project_members.id": "members.id",
    "project_teams.id": "teams.id",
    "scim_groups.id": "teams.id",
    "scim_users.id": "members.id",
    "team_members.id": "members.id",
    "team_projects.id": PROJECT,
    "users.id": "members.id",
    "replay_viewers.id": ACCOUNT,
    "issue_activities.user": ACCOUNT,
    "issue_comments.user": ACCOUNT,
}
"""Columns that join although other tables use their name for something else."""
INSIDE: Final[Mapping[str, str]] = {
    "project": PROJECT,
    "projects": PROJECT,
    "enrolledProjects": PROJECT,
    "team": "teams.id",
    "teams": "teams.id",
    "issue": ISSUE,
    "event": "events.eventID",
    "latestEvent": "events.eventID",
    "release": RELEASE,
    "firstRelease": RELEASE,
    "lastRelease": RELEASE,
    "latestRelease": RELEASE,
    "repository": "repositories.id",
    "alertRule": "metric_alert_rules.id",
    "organization": "organization.id",
    "app": "sentry_apps.uuid",
    "actor": ACCOUNT,
    "author": ACCOUNT,
    "authors": ACCOUNT,
    "createdBy": ACCOUNT,
    "targetUser": ACCOUNT,
}
"""Objects, and lists of objects, that hold the key of another table."""
OUTSIDE_IN: Final = (
    "members",
    "teams",
    "integrations",
    "projects",
    "repositories",
    "releases",
    "detectors",
    "issues",
    "events",
)
"""The picture draws a table below the last of these that it joins, and these below one before them."""
LOOSE: Final = ("latestEvent", "latestRelease", "matchingEventId")
"""Columns that name one of many, so the table does not belong to what they join."""


def reference(package: str) -> str:
    """A heading and a table of columns for each stream."""
    parts = []
    for name, stream in _streams(package).items():
        joins = _joins(package, name)
        cells = [
            [f"`{column}`", _type(about), "key" if column in stream["primary_key"] else "", _words(column, joins)]
            for column, about in schema(package, name)["properties"].items()
        ]
        parts.append(f"\n### {name}\n{rows(('column', 'type', 'key', 'joins'), cells)}")
    return "".join(parts)


def picture(package: str) -> str:
    """Mermaid flowchart: from each table, by the place that joins, to the tables that belong to it.

    Each table stands once. Those to which nothing belongs share a box.
    """
    edges: dict[tuple[str, str], list[str]] = {}
    for name, stream in _streams(package).items():
        parent, place = _nearest(stream, _joins(package, name))
        if parent:
            edges.setdefault((parent, place), []).append(name)
    parents = {parent for parent, _ in edges}
    lines = [
        line for (table, place), names in edges.items() for line in _arrows(f'{table} -->|"{place}"|', names, parents)
    ]
    return "\n".join(["\n```mermaid", "flowchart LR", *lines, "```\n"])


def _arrows(arrow: str, names: list[str], parents: set[str]) -> Iterator[str]:
    yield from (f"  {arrow} {name}" for name in names if name in parents)
    leaves = [name for name in names if name not in parents]
    if leaves:
        yield f'  {arrow} of_{leaves[0]}["{"<br>".join(leaves)}"]'


def _nearest(stream: Stream, joins: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Table that a stream belongs to, and the place in its records that joins."""
    firm = [join for column, join in joins.items() if column not in LOOSE]
    found = {target.partition(".")[0]: place for place, target in reversed(firm)}
    router, name = stream["retriever"].get("partition_router", {}), stream["name"]
    if router.get("key_name"):
        found[router["parent"]] = router["key_name"]
    twin = (
        OWN.get(f"{name}.{stream['primary_key'][0]}", "").partition(".")[0] if len(stream["primary_key"]) == 1 else ""
    )
    outside = OUTSIDE_IN[: OUTSIDE_IN.index(name)] if name in OUTSIDE_IN else OUTSIDE_IN
    nearest = [router.get("parent"), twin, *reversed(outside)]
    return next(((table, found[table]) for table in nearest if table in found), ("", ""))


def _streams(package: str) -> Mapping[str, Stream]:
    return {stream["name"]: stream for stream in manifest(package)["streams"]}


def _keys(package: str) -> Mapping[str, str]:
    """Column that a router adds -> what it joins: {"teamId": "teams.id"}."""
    known = _streams(package)
    routers = (stream["retriever"].get("partition_router", {}) for stream in known.values())
    named = {router["key_name"]: router["parent"] for router in routers if router.get("key_name")}
    return {column: f"{parent}.{known[parent]['primary_key'][-1]}" for column, parent in named.items()}


def _joins(package: str, name: str) -> dict[str, tuple[str, str]]:
    """Column of the stream `name` -> the place in it that joins, and what it joins.

    {"projectId": ("projectId", "projects.id"), "teams": ("teams[].id", "teams.id")}
    """
    named = {**NAMED, **_keys(package)}
    found = {}
    for column, about in schema(package, name)["properties"].items():
        target = OWN.get(f"{name}.{column}") or named.get(column, "")
        place = column
        if "object" in about["type"] or ("items" in about and "object" in about["items"].get("type", [])):
            target = OWN.get(f"{name}.{column}") or INSIDE.get(column, "")
            place = _inside(column, about, target)
        if place and target and target.partition(".")[0] != name:
            found[column] = (place, target)
    return found


def _inside(column: str, about: Any, target: str) -> str:
    """`project.id`, or `projects[].id` in a list; empty where the objects do not have it."""
    key = target.rpartition(".")[2]
    if key in about.get("properties", {}):
        return f"{column}.{key}"
    return f"{column}[].{key}" if key in about.get("items", {}).get("properties", {}) else ""


def _words(column: str, joins: Mapping[str, tuple[str, str]]) -> str:
    if column not in joins:
        return ""
    place, target = joins[column]
    return f"`{target}`" if place == column else f"`{place}` = `{target}`"


def _type(about: Any) -> str:
    kinds = [kind for kind in about["type"] if kind != "null"]
    if about.get("format") == "date-time":
        return "timestamp"
    return f"array of {_type(about['items'])}" if kinds == ["array"] and "items" in about else " or ".join(kinds)
