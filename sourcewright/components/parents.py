"""Partitions of child streams: one for each record of a parent stream, which the manifest names."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import InitVar, dataclass, field
from functools import cache
from string import Formatter
from typing import Any, Final
from urllib.parse import quote

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.partition_routers.partition_router import PartitionRouter
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright.components.runtime import STOPS_GROWING, ParentBatch, Row, Runtime, RuntimeComponent
from sourcewright.log import logger

_DOTS: Final = frozenset({".", ".."})
"""What every HTTP client takes out of a path, quoted or not."""
CARRIED: Final = "carried"
"""Extra field of a slice: what its router `carries`."""


@cache
def placeholders(endpoint: str) -> frozenset[str]:
    """`teams/{organization}/{slug}/members/` -> {"organization", "slug"}; parsed once, not for each parent."""
    return frozenset(name for _, name, _, _ in Formatter().parse(endpoint) if name)


@dataclass
class Router(PartitionRouter):
    """A partition router that adds nothing to requests and has no state."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @override
    def get_stream_state(self) -> Mapping[str, StreamState] | None:
        return {}

    @override
    def get_request_params(self, **_: Any) -> Mapping[str, Any]:
        return {}

    get_request_headers = get_request_body_data = get_request_body_json = get_request_params


@dataclass
class ParentRouter(Router, RuntimeComponent):
    """Stream `parent` -> one partition for each record, with the values of the placeholders in `endpoint`.

    `{"workbookId": "w 1", …}` of `workbooks`, for `v2/workbooks/{workbookId}/pages`
    -> partition `{"workbookId": "w 1"}`, extra fields `{"workbookId": "w%201"}`.

    The partition is the primary key of the parent. Parents that lack a placeholder are left out with a warning.
    """

    parent: str = ""
    name: str = ""
    """The child; the manifest's `$parameters` fill in this and `endpoint`."""
    endpoint: str = ""
    key_name: str = ""
    """Name of the key in the partition, if it differs from the parent's."""
    carries: Mapping[str, str] = field(default_factory=dict)
    """What records of the child get besides: {"issueLastSeen": "lastSeen"}, name there and field of the parent."""
    counted_by: str = ""
    """Field of a parent with the number of its children, if there is one."""
    costly: bool = False
    """Whether a request for each parent is so much that the stream is not selected by default."""

    looks_at = frozenset[str]()
    """Further fields of a parent that `has_children` reads."""

    def has_children(self, row: Row) -> bool:
        """Whether a parent can have children; no request is made for the others."""
        return not self.counted_by or row.get(self.counted_by) != 0

    def read_before(self, saved: Collection[Row]) -> Iterable[Row]:  # noqa: ARG002 - for subclasses
        """Entries of a state -> those of partitions that need not be asked, with the cursors that they get for it."""
        return ()

    @override
    def wire(self, runtime: Runtime) -> None:
        super().wire(runtime)
        key = runtime.streams.parent_key(self.parent)
        counted_by = {self.counted_by} - {""}
        fields = {*key, *self._placeholders(), *self.carries.values(), *counted_by, *self.looks_at}
        runtime.streams.keep(self.parent, fields)

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        return self.slices(self.parents())

    def parents(self) -> Iterable[Row]:
        """All records of the parent; where they are refused, the child does not count as read either."""
        with self._below_parent():
            rows = self.runtime.streams.parent_rows(self.parent)
        self._follow_parent()
        return rows

    @contextmanager
    def _below_parent(self) -> Iterator[None]:
        """Let an error that names the parent stream name the child, which fails with it; others are of all streams."""
        try:
            yield
        except AirbyteTracedException as error:
            if f"`{self.runtime.streams.stream_name(self.parent)}`" not in str(error):
                raise
            raise AirbyteTracedException(
                message=f"Stream `{self.name}` is read below `{self.parent}`, which failed: {error}",
                failure_type=error.failure_type,
            ) from error

    def _follow_parent(self) -> None:
        refusals = self.runtime.refusals
        if refusals.is_saved(self.parent):
            return
        if self.name in refusals.read_before:
            raise AirbyteTracedException(
                message=f"Stream `{self.name}` was read before, and its parent stream `{self.parent}` is refused now: "
                f"{STOPS_GROWING}",
                failure_type=FailureType.config_error,
            )
        refusals.withhold(self.name)

    def slices(self, rows: Iterable[Row]) -> Iterable[StreamSlice]:
        """Records of the parent -> partitions, each once: a list that changes while it is paged may repeat a record."""
        seen, nameless = set(), 0
        key = self.runtime.streams.parent_key(self.parent)
        for row in rows:
            partition = self.partition(key, row)
            identity = tuple(partition.values())
            if identity in seen or not self.has_children(row):
                continue
            seen.add(identity)
            path = self.path(partition, row)
            if not self._placeholders() <= path.keys():
                nameless += 1
            elif _DOTS & {*path.values()}:
                logger.warning("Skipped: stream `%s` below %s, since no URL can name that.", self.name, partition)
            else:
                carried = {name: row.get(of_parent) for name, of_parent in self.carries.items()}
                extra_fields = {**path, CARRIED: carried} if carried else path
                yield StreamSlice(partition=partition, cursor_slice={}, extra_fields=extra_fields)
        if nameless:
            names = ", ".join(f"`{name}`" for name in sorted(self._placeholders()))
            logger.warning(
                "Left out: stream `%s` below %d of stream `%s`, which lack %s.", self.name, nameless, self.parent, names
            )

    def partition(self, key: list[str], row: Row) -> dict[str, str]:
        """{"id": 42} -> {"id": "42"}: ids are strings, also if they look like numbers."""
        return {self.key_name or name: str(row[name]) for name in key}

    def path(self, partition: Mapping[str, str], row: Row) -> dict[str, str]:
        """Values of the placeholders, quoted for the URL, as far as there are any."""
        values = {name: partition.get(name, row.get(name)) for name in self._placeholders()}
        return {name: quote(str(value), safe="") for name, value in values.items() if value is not None}

    def _placeholders(self) -> frozenset[str]:
        return placeholders(self.endpoint) - {"organization"}


@dataclass
class TouchedRouter(ParentRouter):
    """Incremental stream `parent` -> one partition for each record that changed since its children were last read."""

    def batches(self, state: Mapping[str, Any]) -> Iterable[ParentBatch]:
        """Records of the parent since its `state`, by partition of the parent."""
        return self.touched(self.parent, state)

    def touched(self, parent: str, state: Mapping[str, Any]) -> Iterator[ParentBatch]:
        """The same of the definition `parent`; whether it was refused is known when all of it was read."""
        with self._below_parent():
            yield from self.runtime.streams.touched(parent, state)
        self._follow_parent()
