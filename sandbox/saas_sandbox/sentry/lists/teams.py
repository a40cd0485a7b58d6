"""What lies below a team, and the view that SCIM has of people and teams."""

from collections.abc import Callable, Sequence
from typing import Any

from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.call import PAGE, Call
from saas_sandbox.sentry.data.organization import scim_group, scim_user
from saas_sandbox.sentry.data.people import Person, in_team
from saas_sandbox.sentry.endpoint import Parent
from saas_sandbox.sentry.errors import bad_request, not_found
from saas_sandbox.sentry.lists.organization import accepted, teams
from saas_sandbox.sentry.world import Project

_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def _find(call: Call) -> Record:
    """Return the team of the path, by its slug or, today, its number."""
    wanted, known = call.names["team"], ("slug",) if call.settings.old else ("slug", "id")
    for team in teams(call, call.organization()):
        if wanted in [team[name] for name in known]:
            return team
    raise not_found()


TEAM = Parent(_find, lambda call: teams(call, {}))


def team_members(call: Call, team: Record) -> Sequence[tuple[Person, Record]]:
    """Accepted members by e-mail."""
    return [(person, team) for person in accepted(call, {}) if in_team(person, int(team["id"]) - 1)]


def team_member_record(call: Call, row: tuple[Person, Record]) -> Record:
    """Return a membership of the organization with the role in the team, and with the old names of roles."""
    person, team = row
    roles = {"role": person.role, "roleName": person.role.title()}
    role = {} if call.settings.old else {"teamRole": "contributor", "teamSlug": team["slug"]}
    return call.world.member(person) | roles | role


def team_projects(call: Call, team: Record) -> Sequence[Project]:
    """By slug."""
    return sorted((row for row in call.visible() if row.facts["team"]["id"] == team["id"]), key=lambda row: row.slug)


def scim_users(call: Call, _: Record) -> Sequence[Record]:
    """Members and invitations, by e-mail."""
    return [scim_user(call.world.member(person)) for person in sorted(call.world.people, key=lambda row: row.email)]


def scim_groups(call: Call, organization: Record) -> Sequence[Record]:
    """Teams by slug, with their members."""
    return [
        scim_group(team, [call.world.member(person) for person, _ in team_members(call, team)])
        for team in teams(call, organization)
    ]


def scim_page(rows: Callable[[Call, Record], Sequence[Record]]) -> Callable[[Call, Any], Reply]:
    """Page as SCIM does: `count` rows from `startIndex`, which counts from 1."""

    def handle(call: Call, organization: Record) -> Reply:
        start, count = (_number(call, "startIndex", 1), _number(call, "count", PAGE))
        found = rows(call, organization)
        shown = found[start - 1 : start - 1 + min(count, PAGE)]
        envelope = {"schemas": [_LIST], "totalResults": len(found), "startIndex": start, "itemsPerPage": len(shown)}
        return json_reply({**envelope, "Resources": shown})

    return handle


def _number(call: Call, name: str, default: int) -> int:
    text = call.one(name) or str(default)
    if not text.isdigit() or (name == "startIndex" and int(text) < 1):
        raise bad_request(f"{name}: A valid integer is required.")
    return int(text)
