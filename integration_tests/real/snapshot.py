"""What each stream must hold: the rows of a real Sentry 9.1.2, with the columns that the connector adds to them."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Final

from integration_tests.real.wire import Row, Wire

Snapshot = dict[str, list[Row]]
_DAY: Final = 86_400
_WORKERS: Final = 4
_OF_ORGANIZATION: Final = {
    "teams": "teams/",
    "members": "members/",
    "users": "users/",
    "projects": "projects/",
    "organization_environments": "environments/",
    "releases": "releases/",
    "integrations": "integrations/",
    "repositories": "repos/",
}
_OF_TEAM: Final = {"team_members": "members/", "team_projects": "projects/"}
_OF_PROJECT: Final = {
    "project_keys": "keys/",
    "project_teams": "teams/",
    "project_members": "members/",
    "project_environments": "environments/",
    "project_tags": "tags/",
    "project_users": "users/",
    "project_releases": "releases/",
    "issue_alert_rules": "rules/",
    "user_feedback": "user-feedback/",
    "discarded_issues": "tombstones/",
    "project_debug_files": "files/dsyms/",
}
_OF_RELEASE: Final = {
    "deploys": "deploys/",
    "release_commits": "commits/",
    "release_commit_files": "commitfiles/",
    "release_files": "files/",
}
_OF_ISSUE: Final = {
    "issue_comments": "comments/",
    "issue_events": "events/",
    "issue_hashes": "hashes/",
    "issue_tags": "tags/",
}


def snapshot(wire: Wire, began: int) -> Snapshot:
    """All rows of all streams, by stream, as a sync that `began` then, in seconds since 1970, must have them."""
    base = f"organizations/{wire.organization}/"
    found: Snapshot = {name: wire.rows(base + path) for name, path in _OF_ORGANIZATION.items()}
    found["organization"] = [wire.body(base)]
    found["organizations"] = wire.rows("organizations/")
    found["integration_providers"] = wire.body(f"{base}config/integrations/")["providers"]
    parts: list[Callable[[], Snapshot]] = [
        *(partial(_team, wire, team) for team in found["teams"]),
        *(partial(_project, wire, project, began) for project in found["projects"]),
        *(partial(_release, wire, release) for release in found["releases"]),
    ]
    _add(found, parts)
    slugs = {project["id"]: project["slug"] for project in found["projects"]}
    parts = [partial(_issue, wire, issue) for issue in found["issues"]]
    parts += [partial(_event, wire, slugs[event["projectID"]], event) for event in found["events"]]
    _add(found, parts)
    return found


def _add(found: Snapshot, parts: list[Callable[[], Snapshot]]) -> None:
    with ThreadPoolExecutor(_WORKERS) as pool:
        for part in pool.map(lambda make: make(), parts):
            for name, rows in part.items():
                found.setdefault(name, []).extend(rows)


def _team(wire: Wire, team: Row) -> Snapshot:
    base = f"teams/{wire.organization}/{team['slug']}/"
    return {name: _with(wire.rows(base + path), teamId=team["id"]) for name, path in _OF_TEAM.items()}


def _project(wire: Wire, project: Row, began: int) -> Snapshot:
    base, number = f"projects/{wire.organization}/{project['slug']}/", project["id"]
    found = {name: _with(wire.rows(base + path), projectId=number) for name, path in _OF_PROJECT.items()}
    for row in found["project_keys"]:
        row["projectId"] = int(number)  # a number on the wire
    tags = found["project_tags"]
    values = [_with(wire.rows(f"{base}tags/{tag['key']}/values/"), projectId=number, key=tag["key"]) for tag in tags]
    filters = wire.body(f"{base}filters/")
    for row in filters:
        row["active"] = (
            row["active"] if isinstance(row["active"], str) else json.dumps(row["active"], separators=(",", ":"))
        )
    issues = wire.rows(f"{base}issues/", query="", limit=100)
    return {
        **found,
        "project_tag_values": [row for rows in values for row in rows],
        "project_filters": _with(filters, projectId=number),
        "project_details": [wire.body(base)],
        "project_ownership": _with([wire.body(f"{base}ownership/")], projectId=number),
        "project_stats": _with(_days(wire, base, began), projectId=number),
        "issues": issues,
        "issue_states": _with(issues, observedAt=""),
        "events": wire.rows(f"{base}events/"),
    }


def _days(wire: Wire, base: str, began: int) -> list[Row]:
    """Events of each of the 90 days before, and of the day when the sync began."""
    today = began // _DAY * _DAY
    points = wire.body(
        f"{base}stats/", stat="received", resolution="1d", since=today - 90 * _DAY, until=today + _DAY - 1
    )
    days = [(datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), count) for at, count in points]
    return [{"intervalStart": day, "count": count} for day, count in days]


def _release(wire: Wire, release: Row) -> Snapshot:
    base = f"organizations/{wire.organization}/releases/{release['version']}/"
    carried = {"releaseVersion": release["version"], "releaseDateCreated": release["dateCreated"]}
    found = {name: _with(wire.rows(base + path), **carried) for name, path in _OF_RELEASE.items()}
    return {**found, "release_details": _with([wire.body(base)], **carried)}


def _issue(wire: Wire, issue: Row) -> Snapshot:
    base = f"issues/{issue['id']}/"
    carried = {"issueId": issue["id"], "issueLastSeen": issue["lastSeen"]}
    found = {name: _with(wire.rows(base + path), **carried) for name, path in _OF_ISSUE.items()}
    values = [
        _with(wire.rows(f"{base}tags/{tag['key']}/values/"), key=tag["key"], **carried) for tag in found["issue_tags"]
    ]
    return {
        **found,
        "issue_tag_values": [row for rows in values for row in rows],
        "issue_details": _with([wire.body(base)], **carried),
    }


def _event(wire: Wire, slug: str, event: Row) -> Snapshot:
    body = wire.body(f"projects/{wire.organization}/{slug}/events/{event['eventID']}/")
    return {"event_details": _with([body], eventDateCreated=event["dateCreated"])}


def _with(rows: list[Row], **columns: object) -> list[Row]:
    return [{**columns, **row} for row in rows]
