"""The setting `redact`: which fields of which streams are removed or hashed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sourcewright.redaction_rules import Rule

PERSONAL: Final = "personal"
"""Stands in a list of fields for all that Sentry is known to keep of persons."""
_PERSONS: Final = (
    "actor",
    "assignedTo",
    "author",
    "authors[]",
    "createdBy",
    "owner",
    "participants[]",
    "seenBy[]",
    "targetUser",
    "user",
    "userReport",
)
_NAMES: Final = (
    "assigneeEmail",
    "assigneeName",
    "avatarUrl",
    "client_email",
    "contact_email",
    "cookies",
    "display_name",
    "email",
    "emails",
    "geo",
    "identities",
    "inviterName",
    "ip",
    "ipAddress",
    "ip_address",
    "missing_user_emails",
    "userEmail",
    "userIp",
    "userName",
    "userUsername",
    "username",
)
_TAGS: Final = ("user*", "ip*", "device.name", "url")
_OF_TAGS: Final = ("value", "name", "query")
_ANYWHERE: Final = (
    *_NAMES,
    *(f"{person}.name" for person in _PERSONS),
    *(f"tags[key={tag}].{name}" for tag in _TAGS for name in _OF_TAGS),
    "contexts.device.name",
    "entries[type=request].data.*",
    "entries[type=breadcrumbs].data.values[].data.url",
)
_OF_TAG_VALUES: Final = ("identifier", "tagValue", *(f"[key={tag}].{name}" for tag in _TAGS for name in _OF_TAGS))
_OF_USER: Final = ("user.id", "user.data", "user.identifier")
_OF_STREAMS: Final[Mapping[str, tuple[str, ...]]] = {
    "error_rows": ("url", "geoCountryCode"),
    "event_details": _OF_USER,
    "events": _OF_USER,
    "feature_flag_logs": ("createdBy",),
    "feedback": ("metadata.name",),
    "issue_events": _OF_USER,
    "issue_hashes": tuple(f"latestEvent.{path}" for path in _OF_USER),
    "issue_tag_values": _OF_TAG_VALUES,
    "issue_user_feedback": ("name", *_OF_USER),
    "members": ("name",),
    "notification_actions": ("targetDisplay", "targetIdentifier"),
    "project_codeowners": ("raw", "schema"),
    "project_members": ("name",),
    "project_ownership": ("raw", "schema"),
    "project_tag_values": _OF_TAG_VALUES,
    "project_users": ("identifier", "tagValue", "name", "hash"),
    "replay_recording_segments": ("events",),
    "replay_viewers": ("name",),
    "replays": ("urls", "tags.user*", "device.name", *_OF_USER),
    "scim_groups": ("members[].display",),
    "scim_users": ("name.*", "displayName"),
    "team_members": ("name",),
    "user_feedback": ("name", *_OF_USER),
    "users": ("name",),
}


def rules(entries: object) -> list[Rule]:
    """[{"fields": ["user.email"], "action": "remove"}] -> its rules; entries that are wrong are left to validation."""
    return list(_rules(entries)) if isinstance(entries, list) else []


def _rules(entries: Iterable[Any]) -> Iterator[Rule]:
    for entry in entries:
        try:
            fields, action, streams = entry["fields"], entry["action"], entry.get("streams") or []
        except (AttributeError, KeyError, TypeError):
            continue
        for path in fields if isinstance(fields, list) else ():
            if path == PERSONAL:
                yield from _personal(action, streams)
            elif isinstance(path, str):
                yield Rule(path, action, streams)


def _personal(action: str, streams: list[str]) -> Iterator[Rule]:
    yield from (Rule(f"**.{path}", action, streams) for path in _ANYWHERE)
    yield Rule("userId", action, streams)
    for stream, paths in _OF_STREAMS.items():
        if not streams or stream in streams:
            yield from (Rule(path, action, [stream]) for path in paths)
