"""Nothing of a person leaves the process where `redact` names it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import Output

EMAIL = re.compile(r"\b[\w.+-]+@(?!\w+\.ingest\.)(?:[a-z-]+\.)+[a-z]{2,}\b")
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
PERSON = {"user", "actor", "author", "createdBy", "targetUser"}
LONG = 6
"""Letters of a text that is in no hash by chance."""
SALT = "a-long-and-random-text"
NOBODYS = {"127.0.0.1"}
"""Where the sandbox itself is."""


def texts(value: Any, inside: str = "") -> Iterator[str]:
    """Names and logins of persons, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if inside in PERSON and name in ("name", "username") and isinstance(inner, str):
                yield inner
            yield from texts(inner, name)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, inside)


def personal(output: Output) -> set[str]:
    """All that tells of a person in the records."""
    found = {text for message in output.messages if message["type"] == "RECORD" for text in texts(message["record"])}
    lines = "\n".join(json.dumps(message["record"]) for message in output.messages if message["type"] == "RECORD")
    return (found | set(EMAIL.findall(lines)) | set(ADDRESS.findall(lines))) - NOBODYS


def test_given_personal_redacted_when_all_streams_are_read_then_no_output_has_a_planted_value(
    connect: Connect,
) -> None:
    connector = connect(size="tiny")
    connector.settings["full_events"] = True
    plain = connector.read(mode="full_refresh")
    planted = personal(plain)
    assert len(planted) > 10

    connector.settings |= {"redact": [{"fields": ["personal"], "action": "hash"}], "redact_salt": SALT}
    redacted = connector.read(mode="full_refresh")

    assert redacted.exit_code == 0
    assert {text for text in planted if len(text) >= LONG and text in redacted.text} == set()
    assert SALT not in redacted.text
    for stream in plain.statuses:
        assert len(redacted.records(stream)) == len(plain.records(stream)), stream
