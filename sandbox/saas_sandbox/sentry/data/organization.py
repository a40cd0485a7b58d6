"""What an organization keeps besides people and projects: logs, relays, names of tags and attributes, SCIM's view."""

from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.people import Person
from saas_sandbox.sentry.made import Draft

AUDITED: Final = (
    "issue.delete",
    "member.edit",
    "org.edit",
    "project.create",
    "project.edit",
    "rule.edit",
    "sso.edit",
    "team.edit",
)
_USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
_TAGS: Final = ("environment", "level", "release", "browser", "browser.name", "os", "transaction", "url", "user")
ITEM_TYPES: Final = ("spans", "logs", "tracemetrics", "processing_errors", "preprod")
_GONE: Final = 7  # one audit log entry in so many has a target user who is gone
_TITLED: Final = 3


def _user(person: Person) -> Record:
    name, email = person.name, person.email
    return {"id": str(person.number + 1), "name": name, "username": email, "email": email, "isActive": True}


def audit_entry(draft: Draft) -> Record:
    """An entry of the audit log; of a user who is gone only the number is left."""
    event, of_member = AUDITED[draft.number % len(AUDITED)], draft.number % len(AUDITED) == 1
    is_gone = draft.number % _GONE == 1
    target = (9000 + draft.number if is_gone else _user(draft.world.people[0])) if of_member else None
    return {
        "id": str(100_000 - draft.number),
        "actor": _user(draft.person) if draft.number % 5 else {"name": "Sentry"},
        "event": event,
        "ipAddress": draft.value("ip_v4"),
        "note": f"{event.replace('.', ' ')} {draft.value('word')}",
        "targetObject": draft.value("integer_number", start=1, end=500),
        "targetUser": target,
        "data": {"name": draft.value("word"), "teams": [1, 2], "public": False},
        "dateCreated": draft.date(1, days_between=0.5),
    }


def flag_change(draft: Draft) -> Record:
    """A change of a feature flag, with an offset in its date and a number for its id."""
    known = draft.number % 5 != 0
    return {
        "id": 5000 - draft.number,
        "action": ("created", "updated", "deleted")[draft.number % 3],
        "createdAt": draft.date(1, days_between=0.7).replace("Z", "+00:00"),
        "createdBy": draft.person.email if known else None,
        "createdByType": "email" if known else None,
        "flag": f"flag.{draft.number % 12}",
        "provider": ("launchdarkly", "unleash", None)[draft.number % 3],
        "tags": {"environment": "production"},
    }


def relay(draft: Draft) -> Record:
    """A version of a relay: one that was updated comes twice, and two relays share a version."""
    name = f"relay-{draft.number // 2}"
    return {
        "relayId": name,
        "version": ("26.10.0", "26.11.0")[draft.number % 2],
        "firstSeen": draft.date(80),
        "lastSeen": draft.date(1),
        "publicKey": f"{name}-public-key",
    }


def tag(draft: Draft) -> Record:
    """A tag's key."""
    key = _TAGS[draft.number] if draft.number < len(_TAGS) else f"custom.{draft.number}"
    return {"key": key, "name": key.title(), "totalValues": 1000 - draft.number}


def attribute(item_type: str, number: int) -> Record:
    """Name of something that spans, logs … carry: numbers and texts share names, and types of items share all."""
    kind, name = ("string", "number")[number % 2], f"attribute.{number // 2}"
    is_own = number < 4  # noqa: PLR2004 - the first ones are Sentry's own
    record: Record = {
        "key": name if kind == "string" else f"tags[{name},number]",
        "name": name,
        "attributeSource": {"source_type": "sentry" if is_own else "user"},
        "attributeType": kind,
    }
    return record | ({"secondaryAliases": [f"{item_type}.{name}"]} if is_own else {})


def selector(draft: Draft) -> Record:
    """A clicked element of a page; elements of two components may look the same."""
    component = ("Button", "Link", "")[draft.number % 3]
    tag_name = f"button#buy-{draft.number // 2}"
    title = draft.value("word") if draft.number % _TITLED == _TITLED - 1 else ""
    return {
        "count_dead_clicks": 200 - draft.number,
        "count_rage_clicks": draft.number % 4,
        "dom_element": f"{tag_name}.primary",
        "element": {
            "alt": "",
            "aria_label": "",
            "class": ["primary"],
            "component_name": component,
            "id": tag_name.partition("#")[2],
            "role": "",
            "tag": "button",
            "testid": "",
            "title": title,
        },
        "project_id": draft.parent.id,
    }


def scim_user(record: Record) -> Record:
    """A membership as SCIM shows it."""
    return {
        "schemas": [_USER],
        "id": record["id"],
        "userName": record["email"],
        "name": {"givenName": "N/A", "familyName": "N/A"},
        "emails": [{"primary": True, "value": record["email"], "type": "work"}],
        "meta": {"resourceType": "User"},
        "sentryOrgRole": record["orgRole"],
        "active": True,
    }


def scim_group(team: Record, members: list[Record]) -> Record:
    """A team as SCIM shows it."""
    return {
        "schemas": [_GROUP],
        "id": team["id"],
        "displayName": team["name"],
        "meta": {"resourceType": "Group"},
        "members": [{"value": record["id"], "display": record["email"]} for record in members],
    }
