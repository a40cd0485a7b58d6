"""What is added to records, because their keys need it: nothing else of a record is changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from typing_extensions import override

from sourcewright import lenient_json
from sourcewright.components.records import RecordChange

_DIGITS: Final = 16


@dataclass
class IdentityKey(RecordChange):
    """{"type": "table", "inodeId": "i"} -> the same with {"sourceKey": "table/i"}, for rows that have no id.

    Values of `fields`, as far as there are any; of texts in `digested` only a hash, since they are whole queries. A
    row that has none of them but `type` is known by the hash of all it says.
    """

    key: str
    fields: list[str]
    digested: list[str] = field(default_factory=list)

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        parts = [str(record[name]) for name in self.fields if record.get(name) not in (None, "")]
        parts += [_digest(record[name]) for name in self.digested if record.get(name)]
        if not parts:
            parts = [_digest(record)]
        record[self.key] = "/".join([str(record.get("type") or "unknown"), *parts])


@dataclass
class NoNullKey(RecordChange):
    """{"lng": "de", "lng_variant": null} -> {"lng": "de", "lng_variant": ""}: no part of a key is null."""

    fields: list[str]

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        for name in self.fields:
            if record.get(name) is None:
                record[name] = ""


def _digest(value: Any) -> str:
    return hashlib.sha256(lenient_json.dumps(value, orjson.OPT_SORT_KEYS)).hexdigest()[:_DIGITS]
