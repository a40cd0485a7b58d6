"""What is added to records, because their keys need it: nothing else of a record is changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Final

import orjson
from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

_DIGITS: Final = 16


@dataclass
class ParentIds(RecordTransformation):
    """{"pageId": "p"} of the partition {"workbookId": "w"} -> {"pageId": "p", "workbookId": "w"}.

    With the prefix `parent` -> {"pageId": "p", "parentWorkbookId": "w"}, for records that call something else by that
    name. Otherwise both mean the same, and a value of the record stays.
    """

    parameters: InitVar[Mapping[str, Any]]
    prefix: str = ""

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @override
    def transform(
        self,
        record: dict[str, Any],
        config: Config | None = None,
        stream_state: StreamState | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> None:
        for name, value in (stream_slice.partition if stream_slice else {}).items():
            added = f"{self.prefix}{name[0].upper()}{name[1:]}" if self.prefix else name
            if record.get(added) is None:
                record[added] = value


@dataclass
class IdentityKey(RecordTransformation):
    """{"type": "table", "inodeId": "i"} -> the same with {"sourceKey": "table/i"}, for rows that have no id.

    Values of `fields`, as far as there are any; of texts in `digested` only a hash, since they are whole queries. A
    row that has none of them but `type` is known by the hash of all it says.
    """

    parameters: InitVar[Mapping[str, Any]]
    key: str
    fields: list[str]
    digested: list[str] = field(default_factory=list)

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @override
    def transform(
        self,
        record: dict[str, Any],
        config: Config | None = None,
        stream_state: StreamState | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> None:
        parts = [str(record[name]) for name in self.fields if record.get(name) not in (None, "")]
        parts += [_digest(record[name]) for name in self.digested if record.get(name)]
        if not parts:
            parts = [_digest(record)]
        record[self.key] = "/".join([str(record.get("type") or "unknown"), *parts])


@dataclass
class NoNullKey(RecordTransformation):
    """{"lng": "de", "lng_variant": null} -> {"lng": "de", "lng_variant": ""}: no part of a key is null."""

    parameters: InitVar[Mapping[str, Any]]
    fields: list[str]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @override
    def transform(
        self,
        record: dict[str, Any],
        config: Config | None = None,
        stream_state: StreamState | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> None:
        for name in self.fields:
            if record.get(name) is None:
                record[name] = ""


def _digest(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:_DIGITS]
