"""Whether the setting `redact` can be followed."""

from collections.abc import Mapping
from typing import Any, Final

from sourcewright.inputs import wrong_input
from sourcewright.redaction_rules import HASH

_LETTERS: Final = 16
"""Of a salt, below which it can be guessed."""


def require_redactions(settings: Mapping[str, Any], streams: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what names no stream, hashes without a salt, or would take what states and tables depend on."""
    entries = settings.get("redact") or ()
    if any(entry["action"] == HASH for entry in entries) and len(settings.get("redact_salt") or "") < _LETTERS:
        raise wrong_input(
            f"Action `hash` of setting `redact` needs `redact_salt`: choose a random text of {_LETTERS} letters or "
            "more."
        )
    for entry in entries:
        for name in entry.get("streams") or ():
            if name not in streams:
                raise wrong_input(f"Stream `{name}` of setting `redact` does not exist: docs/streams.md has all names.")
        for name in entry.get("streams") or streams:
            _require_kept(entry, name, streams[name])


def _require_kept(entry: Mapping[str, Any], name: str, stream: Mapping[str, Any]) -> None:
    """Refuse what would take the cursor field or a part of the key of a stream."""
    cursor = stream.get("incremental_sync", {}).get("cursor_field")
    if cursor in entry["fields"]:
        raise wrong_input(
            f"Field `{cursor}` of setting `redact` is the one by which stream `{name}` goes on from its state: leave "
            "it out, or name other `streams`."
        )
    taken = [part for part in stream.get("primary_key", ()) if part in entry["fields"] and entry["action"] != HASH]
    if taken:
        raise wrong_input(
            f"Field `{taken[0]}` of setting `redact` is in the key of stream `{name}`: hash it instead, or name other "
            "`streams`."
        )
