"""Who is calling; an organization's projects, teams, members and users."""

from collections.abc import Sequence

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.auth import ANONYMOUS
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.people import Person
from saas_sandbox.sentry.errors import forbidden
from saas_sandbox.sentry.lists.project import project_record
from saas_sandbox.sentry.world import Project


def index(call: Call, _: None) -> Record:
    """Say who is calling: `auth` is null without a token."""
    known = call.token is not ANONYMOUS
    auth = {"scopes": list(call.token.scopes)} if known else None
    user = {"id": "1", "email": call.world.people[0].email} if known and call.token.user else None
    return {"version": "0", "auth": auth, "user": user}


def organizations(call: Call, _: None) -> Sequence[Record]:
    """The one there is."""
    return [call.world.organization]


def projects(call: Call, _: Record) -> Sequence[Project]:
    """Bookmarked ones first, then by slug; 9.1.2 by slug alone."""
    old = call.settings.old
    return sorted(call.visible(), key=lambda project: (not old and project.slug != "mobile", project.slug))


def teams(call: Call, _: Record) -> Sequence[Record]:
    """By slug."""
    return sorted((call.world.team(number) for number in range(call.world.counts.teams)), key=lambda team: team["slug"])


def team_record(call: Call, team: Record) -> Record:
    """Return a team with its projects, unless `detailed=0`."""
    if call.one("detailed") == "0":
        return team
    owned = [row for row in call.visible() if row.facts["team"]["id"] == team["id"]]
    return team | {"projects": [project_record(call, row) for row in owned]}


def members(call: Call, _: Record) -> Sequence[Person]:
    """By id, invitations included; 9.1.2 by e-mail, invitations first."""
    rows = call.world.people
    return sorted(rows, key=lambda person: (not person.pending, person.email)) if call.settings.old else rows


def member_record(call: Call, person: Person) -> Record:
    """Return a membership."""
    return call.world.member(person)


def users(call: Call, organization: Record) -> Sequence[Person]:
    """Accepted members by e-mail: those of the caller's projects, or all with `project=-1`.

    9.1.2 lists all without a parameter, and refuses `project=-1`.
    """
    if call.settings.old and call.all("project"):
        raise forbidden()
    chosen = call.visible() if call.settings.old else call.projects_asked()
    teams_shown = {row.facts["team"]["id"] for row in chosen}
    everyone = call.settings.old or "-1" in call.all("project")
    return [person for person in accepted(call, organization) if everyone or str(person.team + 1) in teams_shown]


def accepted(call: Call, _: Record) -> Sequence[Person]:
    """All who accepted their invitation, by e-mail."""
    return sorted((person for person in call.world.people if not person.pending), key=lambda person: person.email)


def user_record(call: Call, person: Person) -> Record:
    """Return a membership with the projects that the caller sees too."""
    own = [row.slug for row in call.visible() if row.facts["team"]["id"] == str(person.team + 1)]
    return call.world.member(person) | {"projects": own}
