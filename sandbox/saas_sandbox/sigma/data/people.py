"""Members, teams, account types, user attributes, and what they may do."""

from saas_sandbox.sigma.data.base import ORGANIZATION, Record, dated, member_id, slug, uid

TEAMS = 3
ATTRIBUTES = 2


def member(number: int, count: int) -> Record:
    """A member; of three and more the last one is archived and the one before inactive."""
    flags = {count - 1: {"isArchived": True}, count - 2: {"isInactive": True}} if count > 2 else {}  # noqa: PLR2004
    return {
        "organizationId": ORGANIZATION,
        "memberId": member_id(number),
        "memberType": "admin" if number == 0 else "viewer",
        "firstName": f"Ada{number}",
        "lastName": "Example",
        "email": f"ada{number}@acme.example",
        "profileImgUrl": None,
        "homeFolderId": uid("home", number),
        "userKind": "internal",
        **dated(number),
        **flags.get(number, {}),
    }


def team(number: int) -> Record:
    """A team."""
    return {
        "teamId": uid("team", number),
        "name": f"Team {number}",
        "description": None,
        "visibility": "public",
        **dated(40 + number),
    }


def team_member(number: int) -> Record:
    """A membership in a team, which tells neither the team nor a date."""
    return {"userId": member_id(number), "isTeamAdmin": number == 0, "addedBy": member_id(0)}


def account_type(number: int) -> Record:
    """An account type; its names are the customer's own."""
    return {
        "accountTypeId": uid("account-type", number),
        "accountTypeName": f"Type {number}",
        "description": "",
        "isCustom": number > 1,
    }


def permission(number: int) -> Record:
    """A permission of an account type."""
    return {"permission": f"permission-{number}", "description": f"May do {number}"}


def attribute(number: int) -> Record:
    """A user attribute."""
    return {
        "userAttributeId": uid("attribute", number),
        "name": f"attribute {number}",
        "description": None,
        "defaultValue": {"val": str(number), "type": "string"},
        **dated(50 + number),
    }


def assigned(name: str, value: str, number: int) -> Record:
    """A value of an attribute for a user, a team or a tenant: `assigned("userId", …)`."""
    return {name: value, "value": {"val": f"v{number}", "type": "string"}, **dated(60 + number)}


def team_attribute(number: int) -> Record:
    """A value of an attribute, seen from the team."""
    return {
        "userAttributeId": uid("attribute", number),
        "userAttributeName": f"attribute {number}",
        "value": {"val": f"v{number}", "type": "string"},
    }


def grant(kind: str, number: int, *, with_type: bool = False) -> Record:
    """A grant, to a member or to a team; `inodeId` is a slug, not the UUID of the object."""
    to_member = number % 2 == 0
    return {
        "grantId": uid(f"grant-{kind}", number),
        "inodeId": slug(kind, number),
        "organizationId": ORGANIZATION,
        "memberId": member_id(number) if to_member else None,
        "teamId": None if to_member else uid("team", 0),
        "permission": "view",
        **dated(70 + number),
        **({"inodeType": "workbook"} if with_type else {}),
    }
