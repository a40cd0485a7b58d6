"""How a project is set up: its people, teams and rules."""

from collections.abc import Sequence

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data import project_settings as data
from saas_sandbox.sentry.data.people import Person
from saas_sandbox.sentry.world import Project


def _team(call: Call, project: Project) -> int:
    return project.number % call.world.counts.teams


def members(call: Call, project: Project) -> Sequence[Person]:
    """Members of its teams by e-mail, invitations included."""
    found = [person for person in call.world.people if person.team == _team(call, project)]
    return sorted(found, key=lambda person: person.email)


def teams(call: Call, project: Project) -> Sequence[Record]:
    """Its teams, without their projects."""
    return [call.world.team(_team(call, project))]


def ownership(call: Call, project: Project) -> Record:
    """Return its rules of ownership."""
    return data.ownership(call.world, project)


def filters(call: Call, _: Project) -> Sequence[Record]:
    """By id."""
    return data.filters(old=call.settings.old)
