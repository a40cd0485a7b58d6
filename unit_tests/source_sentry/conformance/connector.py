"""What the manifest says of each stream: where it reads, what is in an answer, and what is added to its records."""

import copy
import importlib
import inspect
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from io import BytesIO
from typing import Any, Final

from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor
from requests import Request, Response

from source_sentry import SourceSentry
from sourcewright.http.pages import LIST, OBJECT, PageSlots, read_page
from unit_tests.manifests import resolved, streams
from unit_tests.source_sentry.builders import HOST, a_config
from unit_tests.source_sentry.conformance.description import position
from unit_tests.source_sentry.conformance.shapes import Shape, shape_of

PACKAGE: Final = "source_sentry"
GROUPS: Final = "groups"
"""Page of an object whose properties are lists of records, under any names."""
TABLE: Final = "table"
"""Page of the fields that a request asks for."""
COMPARED: Final = frozenset({"issue_states", "issue_tombstones"})
"""Streams that say what differs between answers."""
RESHAPED: Final = frozenset({"points", "segments", "series", TABLE, "usage"})
"""Pages whose records are made of the answer, instead of being parts of it."""


@dataclass(frozen=True)
class Stream:
    """A stream of the manifest, its references resolved."""

    name: str
    definition: Mapping[str, Any]
    schema: Mapping[str, Any]

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        return dict(self.definition["$parameters"])

    @property
    def path(self) -> str:
        return str(self.parameters["endpoint"])

    @property
    def position(self) -> str:
        return position(self.path)

    @property
    def page(self) -> str:
        """What an answer is: a list, an object, or an envelope whose records are in this field."""
        requester = self.definition["retriever"]["requester"]
        return str(self.parameters.get("page") or requester.get("$parameters", {}).get("page", LIST))

    @cached_property
    def shape(self) -> Shape:
        return shape_of(self.schema)

    @property
    def is_made(self) -> bool:
        """Whether an example of an answer tells nothing of the records."""
        return self.page == TABLE or self.name in COMPARED

    @property
    def is_reshaped(self) -> bool:
        return self.page in RESHAPED or self.is_made

    @property
    def columns(self) -> Mapping[str, Any]:
        """Top-level properties."""
        return dict(self.schema["properties"])

    @cached_property
    def routers(self) -> list[Mapping[str, Any]]:
        """What it has partitions by."""
        routers = self.definition["retriever"].get("partition_router", [])
        return routers if isinstance(routers, list) else [routers]

    @cached_property
    def dates(self) -> set[str]:
        """Properties that decide in which window a record is."""
        cursor = self.definition.get("incremental_sync", {}).get("cursor_field")
        return {*([cursor] if cursor else []), *self.parameters.get("newest_first", [])}

    @cached_property
    def added(self) -> set[str]:
        """Columns that the API does not send: what extractor and transformations make of an empty record."""
        record = _extracted(component(self.definition["retriever"]["record_selector"]["extractor"]))
        for change in self.definition.get("transformations", []):
            if "class_name" in change:
                component(change).change(record, self._partition())
            elif change["type"] == "AddFields":
                record.update((field["path"][0], "") for field in change["fields"])
        return {*record}

    @property
    def key(self) -> set[str]:
        """Columns of the primary key that the API sends."""
        return {*self.definition["primary_key"]} - self.added

    def _partition(self) -> Mapping[str, Any]:
        return {name: "1" for router in self.routers for name in _names(router)}

    def rows(self, answer: Any) -> list[Any]:
        """Records of an answer, as they are sent; none, if they are made of it."""
        if self.is_reshaped:
            return []
        if self.page == GROUPS:
            answer = [row for rows in answer.values() for row in rows]
        elif self.page not in (LIST, OBJECT):
            for name in self.page.split("."):
                answer = answer[name]
        return answer if isinstance(answer, list) else [answer]

    def row(self, answer: Shape) -> Shape:
        """Shape of a record of an answer of this shape: anything, if records are made of it."""
        if self.is_reshaped:
            return Shape()
        if self.page == GROUPS:
            answer = answer.items or Shape()
        elif self.page not in (LIST, OBJECT):
            for name in self.page.split("."):
                answer = answer.at(name)
        texts = [
            path for change in self._changes if change["class_name"].endswith(".Text") for path in change["fields"]
        ]
        return reduce(Shape.with_text, texts, answer.row)

    def as_read(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """What becomes of the columns of a record that is sent: values of several types get one."""
        record = copy.deepcopy(dict(sent))
        for change in self._changes:
            component(change).change(record, {})
        return {name: record.get(name, value) for name, value in sent.items()}

    @property
    def _changes(self) -> list[Mapping[str, Any]]:
        return [change for change in self.definition.get("transformations", []) if "class_name" in change]


def _names(definition: Mapping[str, Any]) -> list[str]:
    """Names of what stands in a partition, or is carried with it."""
    if "class_name" not in definition:
        return [definition["cursor_field"]]
    router = component(definition)
    key = resolved(PACKAGE)["definitions"][router.parent]["primary_key"]
    return [*router.partition(key, dict.fromkeys((*key, "id", "slug"), "1")), *router.carries]


def _extracted(extractor: RecordExtractor) -> dict[str, Any]:
    """What the extractor makes of an empty record."""
    response = Response()
    response.request = Request("GET", HOST).prepare()
    response.raw = BytesIO(b"[{}]")
    read_page(response, LIST, PageSlots())
    (record,) = extractor.extract_records(response)
    return dict(record)


def component(definition: Mapping[str, Any]) -> Any:
    """The custom component that the manifest defines; parameters of its stream stand in it as fields too."""
    module, _, name = definition["class_name"].rpartition(".")
    component = getattr(importlib.import_module(module), name)
    known = {*inspect.signature(component).parameters}
    given = {**definition, "config": _settings(), "parameters": {}}
    return component(**{name: value for name, value in given.items() if name in known})


@cache
def _settings() -> Mapping[str, Any]:
    return SourceSentry(config=a_config(include_secrets=True)).settings


@cache
def connector_streams() -> Mapping[str, Stream]:
    """Every stream by name."""
    return {name: Stream(name, definition, _schema(name)) for name, definition in streams(PACKAGE).items()}


def _schema(name: str) -> Any:
    return json.loads((SourceSentry.manifest.parent / "schemas" / f"{name}.json").read_bytes())


def window_dates(streams: Mapping[str, Stream]) -> Mapping[str, frozenset[str]]:
    """Properties that decide in which window a record is, by the position of its path."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for stream in streams.values():
        found[stream.position] |= stream.dates
    return found


def sent_keys(streams: Mapping[str, Stream]) -> Mapping[str, frozenset[str]]:
    """Properties that records have to be told apart by, by the position of their path."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for stream in streams.values():
        found[stream.position] |= stream.key
    return found


def children_flags(streams: Mapping[str, Stream]) -> Mapping[str, frozenset[str]]:
    """Properties that tell whether a record has children, by the position of its path."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    routers = [router for stream in streams.values() for router in stream.routers if "class_name" in router]
    for router in map(component, routers):
        parent = resolved(PACKAGE)["definitions"][router.parent]["$parameters"]["endpoint"]
        found[position(parent)] |= {*router.looks_at, router.counted_by} - {""}
    return found
