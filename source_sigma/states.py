"""State: how new the newest record of a list was, for the whole list or for each of its parents."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.incremental.concurrent_partition_cursor import ConcurrentPerPartitionCursor
from airbyte_cdk.sources.declarative.migrations.state_migration import StateMigration
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.types import Config
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_kit import dates
from source_sigma.config import moment


class ParentCursor(ConcurrentPerPartitionCursor):
    """{"use_global_cursor": false, "states": [{"partition": {"workbookId": "w"}, "cursor": {"updatedAt": "…Z"}}]}.

    Without the engine's cursor for all: a parent that appears later would start at the others' cursor.
    """

    SWITCH_TO_GLOBAL_LIMIT = DEFAULT_MAX_PARTITIONS_NUMBER = 2**31

    @property
    @override
    def state(self) -> MutableMapping[str, Any]:
        return {name: value for name, value in super().state.items() if name in ("use_global_cursor", "states")}


@dataclass
class CheckedState(StateMigration):
    """State of any age -> today's state, or a clear error; never a silent restart.

    {"updatedAt": "2026-11-01T00:00:00Z"} -> the same, for every parent where the stream has parents.
    Nothing saved (null, {}) -> {}.
    """

    config: Config
    declarative_stream: DeclarativeStream

    @override
    def should_migrate(self, stream_state: Mapping[str, Any]) -> bool:
        return bool(stream_state)

    @override
    def migrate(self, stream_state: Mapping[str, Any]) -> Mapping[str, Any]:
        field_name = str(self.declarative_stream.incremental_sync.cursor_field)  # type: ignore[union-attr]
        partitioned = bool(self.declarative_stream.retriever.partition_router)  # type: ignore[union-attr]
        if partitioned and "states" in stream_state:
            return {"use_global_cursor": False, "states": self._partitions(stream_state["states"], field_name)}
        saved = stream_state.get("state", stream_state)
        if not isinstance(saved, Mapping) or field_name not in saved:
            raise self._unreadable(dict(stream_state), field_name)
        if saved[field_name] is None:
            return {}
        cursor = self._cursor(saved, field_name)
        return {"use_global_cursor": False, "states": [], "state": cursor} if partitioned else cursor

    def _partitions(self, states: object, field_name: str) -> list[Mapping[str, Any]]:
        try:
            saved = [(dict(entry["partition"]), entry["cursor"]) for entry in states]  # type: ignore[attr-defined]
        except (KeyError, TypeError, ValueError):
            raise self._unreadable(states, field_name) from None
        return [{"partition": partition, "cursor": self._cursor(cursor, field_name)} for partition, cursor in saved]

    def _cursor(self, saved: Mapping[str, Any], field_name: str) -> MutableMapping[str, Any]:
        try:
            return {field_name: moment(dates.from_text(saved[field_name]))}
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            raise self._unreadable(saved, field_name) from None

    def _unreadable(self, saved: object, field_name: str) -> AirbyteTracedException:
        name = self.declarative_stream.name
        return AirbyteTracedException(
            message=f"The saved state of stream `{name}` is not one that this connector can go on from: {saved!r}. "
            f'Expected {{"{field_name}": "2026-01-31T00:00:00.000Z"}} or the state of an earlier sync; to read the '
            "stream from its start, leave its state out.",
            failure_type=FailureType.config_error,
        )
