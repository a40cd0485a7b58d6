"""Teams, members, invitations and users."""

from dataclasses import dataclass
from random import Random

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.words import FAMILY, GIVEN, TEAMS
from saas_sandbox.sentry.moments import Stamp

AVATAR: Record = {"avatarType": "letter_avatar", "avatarUuid": None, "avatarUrl": None}


@dataclass(frozen=True)
class Person:
    """A member of the organization, or someone invited."""

    number: int
    name: str
    email: str
    role: str
    joined: int
    team: int
    pending: bool


def team_slug(number: int) -> str:
    """Name a team."""
    return TEAMS[number] if number < len(TEAMS) else f"team-{number}"


def in_team(person: Person, number: int) -> bool:
    """Whether someone belongs to a team; the first member belongs to all of them."""
    return number in (person.team, person.team if person.number else number)


def build_people(seed: int, count: int, teams: int, anchor: int) -> list[Person]:
    """Return members by id; the last two are invitations that nobody has accepted yet."""
    return [_person(Random(f"{seed}:person:{number}"), number, count, teams, anchor) for number in range(count)]


def _person(rng: Random, number: int, count: int, teams: int, anchor: int) -> Person:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number * 7 % len(FAMILY)]
    return Person(
        number=number,
        name=f"{given} {family}",
        email=f"{given}.{family}.{number}@acme.example".lower(),
        role="owner" if number == 0 else rng.choice(("admin", "manager", "member", "member")),
        joined=anchor - rng.randint(10, 900) * DAY - rng.randrange(DAY) // 1000 * 1000,
        team=number % teams,
        pending=number >= count - 2,
    )


def user_record(person: Person, anchor: int, stamp: Stamp) -> Record:
    """Return the account behind a membership."""
    return {
        "id": str(person.number + 1),
        "name": person.name,
        "username": person.email,
        "email": person.email,
        "avatarUrl": f"https://avatars.sentry.example/{person.number + 1}",
        "avatar": AVATAR,
        "identities": [],
        "authenticators": [],
        "canReset2fa": True,
        "isActive": True,
        "isSuspended": False,
        "hasPasswordAuth": True,
        "isManaged": False,
        "dateJoined": stamp(person.joined),
        "lastLogin": stamp(anchor - (person.number + 1) * 5 * 3600 * SECOND),
        "has2fa": person.number % 2 == 0,
        "lastActive": stamp(anchor - (person.number + 1) * 3600 * SECOND),
        "isSuperuser": False,
        "isStaff": False,
        "experiments": {},
        "emails": [{"id": str(person.number + 1), "email": person.email, "is_verified": True}],
    }


def member_record(person: Person, anchor: int, stamp: Stamp, *, old: bool) -> Record:
    """Return a membership; an invitation has no user. 9.1.2 says `role` where today's server says `orgRole`."""
    roles = {"role": person.role, "roleName": person.role.title()} if old else {"orgRole": person.role}
    return {
        "id": str(person.number + 101),
        "email": person.email,
        "name": person.email if person.pending else person.name,
        "user": None if person.pending else user_record(person, anchor, stamp),
        **roles,
        "pending": person.pending,
        "expired": False,
        "flags": _flags(old=old),
        "dateCreated": stamp(person.joined),
        "inviteStatus": "approved",
        "inviterName": "Ada Arden" if person.pending else None,
    }


def team_record(number: int, teams: int, anchor: int, stamp: Stamp, people: list[Person]) -> Record:
    """Return a team without its projects."""
    rng = Random(f"team:{number}:{teams}")
    created = anchor - rng.randint(400, 900) * DAY
    return {
        "id": str(number + 1),
        "slug": team_slug(number),
        "name": team_slug(number).title(),
        "dateCreated": stamp(created + (0, 125_000, 604_317)[number % 3]),
        "isMember": True,
        "teamRole": "contributor",
        "flags": {"idp:provisioned": False},
        "access": ["event:read", "member:read", "org:read", "project:read", "team:read"],
        "hasAccess": True,
        "isPending": False,
        "memberCount": sum(in_team(person, number) and not person.pending for person in people),
        "avatar": AVATAR,
    }


def _flags(*, old: bool) -> dict[str, bool]:
    names = ["sso:linked", "sso:invalid"]
    if not old:
        names += ["idp:provisioned", "idp:role-restricted", "member-limit:restricted", "partnership:restricted"]
    return dict.fromkeys(names, False)
