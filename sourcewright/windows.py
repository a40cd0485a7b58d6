"""Windows of time: what was read of them, which records lie in them, and which state says so."""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Final

from airbyte_cdk.sources.declarative.extractors.record_filter import RecordFilter
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import Self, override

from sourcewright import dates

_PROGRESS: Final = "progress"


@dataclass
class WindowProgress:
    """How far one window was read, carried by the window itself: a refused answer leaves it behind.

    Without it a project that answered 403 would count as read, and lose those days for good.
    """

    read_until: str
    """First second that is not known to be read."""

    @classmethod
    def attach(cls, window: StreamSlice) -> StreamSlice:
        """`window` with a progress that stands at its start; parts into which it is split share it."""
        progress = cls(read_until=window["start_time"])
        return StreamSlice(
            partition=window.partition,
            cursor_slice=window.cursor_slice,
            extra_fields={**window.extra_fields, _PROGRESS: progress},
        )

    @classmethod
    def of(cls, window: StreamSlice) -> Self:
        """Progress that `attach` gave to `window`."""
        return window.extra_fields[_PROGRESS]  # type: ignore[no-any-return]

    @classmethod
    def note(cls, window: StreamSlice | None) -> None:
        """Note that the last page of `window` was read; slices of other streams carry no progress."""
        if window is None or _PROGRESS not in window.extra_fields:
            return
        progress = cls.of(window)
        if window["start_time"] <= progress.read_until:
            progress.read_until = dates.next_second(window["end_time"])

    def covers(self, window: StreamSlice) -> bool:
        """Whether all of `window` was read."""
        return self.read_until > str(window["end_time"])


@dataclass
class WindowFilter(RecordFilter):
    """Records of a page -> those whose newest date lies in the window, and whose environment is configured.

    Servers before August 2025 ignore `start` and `end` and send everything. A record without a date was sent for
    the window and stays.
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    newest_first: list[str] = field(default_factory=list)
    by_environment: bool = False

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        self._environments = frozenset(self.config["environments"]) if self.by_environment else frozenset()

    @override
    def filter_records(
        self,
        records: Iterable[Mapping[str, Any]],
        stream_state: StreamState,
        stream_slice: StreamSlice | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> Iterable[Mapping[str, Any]]:
        if stream_slice is None:
            return
        start, end = dates.to_second(stream_slice["start_time"]), dates.to_second(stream_slice["end_time"])
        for record in records:
            moments = [dates.to_second(record.get(name) or "") for name in self.newest_first]
            # The first is the cursor field; a later one may lie ahead, as a planned dateReleased does
            if (not any(moments) or (start <= max(moments) and moments[0] <= end)) and self._is_configured(record):
                yield record

    def _is_configured(self, event: Mapping[str, Any]) -> bool:
        if not self._environments:
            return True
        tags = event.get("tags") or []
        return any(tag["key"] == "environment" and tag["value"] in self._environments for tag in tags)
