"""Partitions: one for each parent, or one for what is active and one for what is archived."""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any
from urllib.parse import quote

from airbyte_cdk.sources.declarative.partition_routers.partition_router import PartitionRouter
from airbyte_cdk.sources.declarative.partition_routers.substream_partition_router import ParentStreamConfig
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override


@dataclass
class WithoutRequestOptions(PartitionRouter):
    """A router that puts nothing into requests by itself, and has no state of its own."""

    @override
    def get_stream_state(self) -> Mapping[str, StreamState] | None:
        return {}

    @override
    def get_request_params(self, **_: Any) -> Mapping[str, Any]:
        return {}

    get_request_headers = get_request_body_data = get_request_body_json = get_request_params


@dataclass
class ParentRouter(WithoutRequestOptions):
    """Parent list -> one partition a parent: {"workbookId": "w"}, with `v2/workbooks/w` beside it as `path`.

    `ids` names the fields of the parent that make the partition, if `parent_key` alone does not; `below` the path in
    which they stand, quoted. Ids are texts, whatever they look like. Archived and inactive parents are left out, since
    the API answers 400 or 409 below them.
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    parent_stream_configs: list[ParentStreamConfig]
    below: str = ""
    ids: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    """Values of the parents' `type` that have such children; empty for all."""

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        seen = set()
        for parent in self._parents():
            partition = self._partition(parent)
            key = tuple(partition.values())
            # A list that changes while it is paged can bring a parent twice
            if key not in seen and self._has_children(parent):
                seen.add(key)
                path = self.below.format(**{name: quote(value, safe="") for name, value in partition.items()})
                yield StreamSlice(partition=partition, cursor_slice={}, extra_fields={"path": path})

    def _parents(self) -> Iterable[Mapping[str, Any]]:
        return self.parent_stream_configs[0].stream.records()  # type: ignore[attr-defined,no-any-return]

    def _partition(self, parent: Mapping[str, Any]) -> dict[str, str]:
        link = self.parent_stream_configs[0]
        own = {_text(link.partition_field, self.config): str(parent[_text(link.parent_key, self.config)])}
        return {**{name: str(parent[name]) for name in self.ids}, **own}

    def _has_children(self, parent: Mapping[str, Any]) -> bool:
        if parent.get("isArchived") or parent.get("isInactive"):
            return False
        return not self.types or parent.get("type") in self.types


@dataclass
class ArchiveRouter(WithoutRequestOptions):
    """Nothing -> {"archived": "false"}, and {"archived": "true"} too where the settings include archived objects.

    Nobody says whether the API's parameter adds archived objects to a list or shows nothing else, so they are asked
    for apart, and each answer is cut to its half. Each half has its own cursor: turned on later, the setting brings
    objects that were archived long ago too.
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        for archived in ("false", "true") if self.config.get("include_archived") else ("false",):
            yield StreamSlice(partition={"archived": archived}, cursor_slice={})


def _text(value: Any, config: Config) -> str:
    return value if isinstance(value, str) else str(value.eval(config))
