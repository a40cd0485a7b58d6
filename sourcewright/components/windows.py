"""Windows of time: whether they were read, and which records lie in them."""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Final, Self

from airbyte_cdk.sources.declarative.extractors.record_filter import RecordFilter
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

from sourcewright import dates

_PROGRESS: Final = "progress"


@dataclass
class WindowProgress:
    """Whether all of a window was read, carried by the window itself; a refused request marks it as not read.

    Without it a project that answered 403 would count as read, and lose those days for good.
    """

    is_complete: bool = True

    @classmethod
    def attach(cls, window: StreamSlice) -> StreamSlice:
        """`window` with a progress; the parts into which the engine splits it share it."""
        return StreamSlice(
            partition=window.partition,
            cursor_slice=window.cursor_slice,
            extra_fields={**window.extra_fields, _PROGRESS: cls()},
        )

    @classmethod
    def of(cls, window: StreamSlice) -> Self:
        """Progress that `attach` gave to `window`."""
        return window.extra_fields[_PROGRESS]  # type: ignore[no-any-return]

    @classmethod
    def refuse(cls, window: StreamSlice | None) -> None:
        """Note that a request of `window` was refused; slices of streams without windows carry no progress."""
        if window is not None and _PROGRESS in window.extra_fields:
            cls.of(window).is_complete = False


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
        if stream_slice is None or "start_time" not in stream_slice:
            yield from records
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
