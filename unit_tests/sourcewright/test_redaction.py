import hashlib
import hmac
from copy import deepcopy
from typing import Any

import pytest

from sourcewright.components.redaction import REMOVED, Redaction
from sourcewright.redaction_rules import Rule

SALT = "0123456789abcdef"
RECORD: dict[str, Any] = {
    "id": "1",
    "dateCreated": "2026-11-22T10:00:00Z",
    "user": {"email": "ann@example.com", "ip_address": None, "age": 7},
    "tags": [{"key": "user.email", "value": "ann@example.com"}, {"key": "os", "value": "Linux"}],
    "entries": [
        {"type": "request", "data": {"env": {"A": "b"}, "url": "/"}},
        {"type": "message", "data": "text"},
        None,
    ],
    "emails": ["ann@example.com", {"email": "bob@example.com"}],
}


def hashed(text: str) -> str:
    return hmac.new(SALT.encode(), text.encode(), hashlib.sha256).hexdigest()


def redacted(*rules: Rule, stream: str = "events") -> dict[str, Any]:
    settings = {"redaction": list(rules), "redact_salt": SALT}
    redaction = Redaction.of(settings, stream, key=["id"], cursor=["dateCreated"])
    record = deepcopy(RECORD)
    if redaction:
        redaction.transform(record)
    return record


ANN = "ann@example.com"
USER, TAGS, ENTRIES = RECORD["user"], RECORD["tags"], RECORD["entries"]


@pytest.mark.parametrize(
    ("path", "action", "changed"),
    [
        ("user.email", "remove", {"user": {"ip_address": None, "age": 7}}),
        ("user.email", "hash", {"user": {"email": hashed(ANN), "ip_address": None, "age": 7}}),
        ("user", "hash", {"user": {"email": hashed(ANN), "ip_address": None, "age": None}}),
        ("user.*", "remove", {"user": {}}),
        ("tags[key=user*].value", "remove", {"tags": [{"key": "user.email"}, TAGS[1]]}),
        ("tags[].value", "remove", {"tags": [{"key": "user.email"}, {"key": "os"}]}),
        ("tags[key=user*]", "remove", {"tags": [TAGS[1]]}),
        ("entries[].data.env", "remove", {"entries": [{"type": "request", "data": {"url": "/"}}, *ENTRIES[1:]]}),
        ("entries[type=request].data", "remove", {"entries": [{"type": "request"}, *ENTRIES[1:]]}),
        ("entries[type=request].data.*", "hash", {"entries": [
            {"type": "request", "data": {"env": {"A": hashed("b")}, "url": hashed("/")}}, *ENTRIES[1:]
        ]}),
        ("emails[]", "remove", {"emails": []}),
        ("**.email", "hash", {
            "user": {"email": hashed(ANN), "ip_address": None, "age": 7},
            "emails": [ANN, {"email": hashed("bob@example.com")}],
        }),
        ("[id=1].user", "remove", {"user": None}),
        ("[id=2].user", "remove", {}),
        ("user.email.more", "remove", {}),
        ("nothing.at.all", "hash", {}),
        ("id", "hash", {"id": hashed("1")}),
        ("**.id", "remove", {"id": REMOVED}),
        ("dateCreated", "hash", {}),
    ],
)  # fmt: skip
def test_given_a_path_when_redacted_then_exactly_what_it_leads_to_changes(
    path: str, action: str, changed: dict[str, Any]
) -> None:
    expected = {name: value for name, value in {**RECORD, **changed}.items() if value is not None}
    assert redacted(Rule(path, action)) == expected


def test_given_two_paths_to_one_place_when_redacted_then_the_text_is_hashed_once_and_no_other_goes() -> None:
    paths = [Rule("user.email", "hash"), Rule("**.email", "hash"), Rule("user", "hash"), Rule("emails[]", "remove")]
    record = redacted(*paths, Rule("**.emails[]", "remove"), Rule("emails[]", "hash"))
    assert record["user"]["email"] == hashed(ANN)
    assert record["emails"] == []


def test_given_rules_of_another_stream_when_redacted_then_there_is_nothing_to_do() -> None:
    assert Redaction.of({"redaction": [Rule("user", "remove", ["issues"])]}, "events", ["id"]) is None
    assert Redaction.of({}, "events", ["id"]) is None
    assert redacted(Rule("user", "remove", ["issues"])) == RECORD
