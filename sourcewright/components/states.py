"""Saved states of any version, checked and brought into this version's form."""

import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from airbyte_cdk.sources.declarative.migrations.state_migration import StateMigration
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.types import Config
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright import dates
from sourcewright.inputs import wrong_input
from sourcewright.validation import shorten

READ: Final = "read"
"""What was read of a partition after its cursor, {"start": "…Z", "end": "…Z"}, where it is read newest first."""


@dataclass
class CheckedState(StateMigration):
    """State of any version -> state of this version, or a clear error; never a silent restart. Nothing saved -> {}."""

    config: Config
    declarative_stream: DeclarativeStream

    @property
    def field_name(self) -> str:
        """Cursor field of the stream."""
        return str(self.declarative_stream.incremental_sync.cursor_field)  # type: ignore[union-attr]

    def text(self, moment: datetime) -> str:
        """Form of a date in the state."""
        return dates.to_text(moment)

    def partition_key(self, saved: Any) -> Mapping[str, Any]:
        """Key of a saved partition.

        Raises:
            KeyError, TypeError, ValueError: `saved` is no partition.

        """
        return dict(saved)

    def from_single_cursor(self, cursor: Mapping[str, Any], *, explicit: bool) -> Mapping[str, Any]:  # noqa: ARG002 for subclasses
        """State of a stream with partitions, from the one cursor that was saved: `explicit` if it was saved for all."""
        return {"use_global_cursor": False, "states": [], "state": cursor}

    @override
    def should_migrate(self, stream_state: Mapping[str, Any]) -> bool:
        return bool(stream_state)

    @override
    def migrate(self, stream_state: Mapping[str, Any]) -> Mapping[str, Any]:
        field_name = self.field_name
        partitioned = bool(self.declarative_stream.retriever.partition_router)  # type: ignore[union-attr]
        if partitioned and "states" in stream_state:
            return {"use_global_cursor": False, "states": self._partitions(stream_state["states"], field_name)}
        saved = stream_state.get("state", stream_state)
        if not isinstance(saved, Mapping) or field_name not in saved:
            raise self._unreadable(dict(stream_state), field_name)
        if saved[field_name] is None:
            return {}
        cursor = self.cursor(saved, field_name)
        return self.from_single_cursor(cursor, explicit="state" in stream_state) if partitioned else cursor

    def _partitions(self, states: object, field_name: str) -> list[Mapping[str, Any]]:
        if not isinstance(states, list):
            raise self._unreadable(states, field_name)
        found: dict[tuple[str, ...], Mapping[str, Any]] = {}
        for entry in states:
            checked = self._partition(entry, field_name)
            key = tuple(map(str, checked["partition"].values()))
            # Of two entries for one partition, the earlier one misses nothing
            if key not in found or checked["cursor"][field_name] < found[key]["cursor"][field_name]:
                found[key] = checked
        return [*found.values()]

    def _partition(self, entry: Any, field_name: str) -> Mapping[str, Any]:
        try:
            partition, cursor = self.partition_key(entry["partition"]), entry["cursor"]
        except (KeyError, TypeError, ValueError):
            raise self._unreadable(entry, field_name) from None
        checked = {"partition": partition, "cursor": self.cursor(cursor, field_name)}
        if not (isinstance(entry, Mapping) and isinstance(entry.get(READ), Mapping)):
            return checked
        read = {name: self.cursor(entry[READ], name)[name] for name in ("start", "end")}
        is_read = checked["cursor"][field_name] <= read["start"] <= read["end"]
        return {**checked, READ: read} if is_read and not dates.is_ahead(dates.to_second(read["end"])) else checked

    def cursor(self, saved: Mapping[str, Any], field_name: str) -> MutableMapping[str, Any]:
        """{"dateCreated": a date of any form} -> {"dateCreated": the same in the state's form}."""
        try:
            moment = dates.from_text(saved[field_name])
            text = self.text(moment)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            raise self._unreadable(saved, field_name) from None
        if moment < dates.EARLIEST:
            raise self._unreadable(saved, field_name)
        return {field_name: text}

    def _unreadable(self, saved: object, field_name: str) -> AirbyteTracedException:
        name, found = self.declarative_stream.name, shorten(json.dumps(saved, default=str))
        example = json.dumps({field_name: self.text(dates.from_text("2026-01-31"))})
        return wrong_input(
            f"The saved state of stream `{name}` is not one that this connector can go on from: {found}. Expected "
            f"{example} or the state of an earlier sync; to read the stream from its start, leave its state out."
        )


@dataclass
class ChildState(CheckedState):
    """State of a child of what changed, {"parent_state": {"issues": {…}}}; the parent checks its own part of it.

    A date saved for the child, {"issueLastSeen": "2026-11-01T00:00:00Z"}, applies to the parent's cursor.
    """

    def of_parent(self, saved: Mapping[str, Any], router: Any) -> Mapping[str, Any]:
        """Check a saved state of the parent, as far as it is not the parent's own."""
        # A parent without a cursor of its own keeps the child's
        return saved if getattr(router, "carries", {}) else self.cursor(saved, self.field_name)

    def parent_field(self, router: Any) -> str:
        """Cursor field of the parent, which a date saved for the child stands for."""
        return str(getattr(router, "carries", {}).get(self.field_name, self.field_name))

    @override
    def migrate(self, stream_state: Mapping[str, Any]) -> Mapping[str, Any]:
        router: Any = self.declarative_stream.retriever.partition_router  # type: ignore[union-attr]
        field_name = self.field_name
        saved = stream_state.get("parent_state", stream_state)
        if isinstance(saved, Mapping) and isinstance(saved.get(router.parent), Mapping):
            return {"parent_state": {router.parent: self.of_parent(saved[router.parent], router)}}
        if isinstance(saved, Mapping) and field_name in saved:
            cursor = {self.parent_field(router): self.cursor(saved, field_name)[field_name]}
            return {"parent_state": {router.parent: {"state": cursor, **cursor}}}
        raise self._unreadable(dict(stream_state), field_name)
