"""Windows of time: whether they were read, and which records lie in them."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, Final, Self

from airbyte_cdk.sources.declarative.extractors.record_filter import RecordFilter
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

from sourcewright import dates
from sourcewright.components.runtime import RuntimeComponent

Record = Mapping[str, Any]
PROGRESS: Final = "progress"
"""Extra field of a slice: its `WindowProgress`."""


class WindowsIgnored(Exception):  # noqa: N818 - no error, it starts the reading of the window anew
    """An answer showed that the server ignores windows, before any record of it was read."""


@dataclass(eq=False)
class Server:
    """What the answers to one stream showed of the server."""

    ignores_windows: bool = False


@dataclass(eq=False)
class Run:
    """Windows of one partition that follow one on the other.

    Where the server ignores windows, each of them would page through all records that are newer. So one is read for
    the whole run, and the others are left out.
    """

    windows: Sequence[StreamSlice]
    server: Server
    reader: "WindowProgress | None" = None
    """Which one is read for all."""
    read_from: str = ""
    """From here to its end the run was read, while one window is read for all: `2026-11-22T10:00:00Z`."""
    has_failed: bool = False
    """Whether a window failed for good, so that the others need not be tried."""
    _begun: set[str] = field(default_factory=set)
    """Ends of windows whose records came before that was known: from that with the newest record on, none shows it."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, progress: "WindowProgress") -> bool:
        """Whether the window of `progress` is the one that is read for all: the first that asks."""
        with self._lock:
            self.reader = self.reader or progress
        return self.reader is progress

    def begin(self, window: StreamSlice, newest: str) -> bool:
        """Whether to read `window`, whose newest record is of that date: it shows if the server ignores windows."""
        # An end that is inclusive sends one second more
        is_ignored = newest > dates.to_second(dates.next_second(window["end_time"]))
        with self._lock:
            self.server.ignores_windows |= is_ignored
            if not self.server.ignores_windows:
                self._begun.add(window["end_time"])
            return not self.server.ignores_windows

    @property
    def begun(self) -> list[StreamSlice]:
        """Windows whose records come on their own."""
        return [window for window in self.windows if window["end_time"] in self._begun]

    @property
    def bounds(self) -> Mapping[str, str]:
        """Start of the first window and end of the last of those that have not begun."""
        left = [window for window in self.windows if window["end_time"] not in self._begun]
        return {"start_time": left[0]["start_time"], "end_time": left[-1]["end_time"]}


@dataclass(eq=False)
class WindowProgress:
    """Whether all of a window was read, carried by the window itself; a refused request marks it as not read.

    Without it a project that answered 403 would count as read, and lose those days for good.
    """

    run: Run
    is_complete: bool = True

    @classmethod
    def attach(cls, windows: Sequence[StreamSlice], server: Server | None = None) -> list[StreamSlice]:
        """A run of `windows`, each with a progress; the parts into which the engine splits one share it."""
        run = Run(windows, server or Server())
        return [_with(window, window.cursor_slice, **{PROGRESS: cls(run)}) for window in windows]

    @classmethod
    def attach_runs(cls, windows: Sequence[StreamSlice], server: Server) -> tuple[list[StreamSlice], list[Run]]:
        """The same for `windows` of one partition, of which some may be missing between two runs."""
        runs: list[list[StreamSlice]] = []
        for window in windows:
            if runs and dates.next_second(runs[-1][-1]["end_time"]) == window["start_time"]:
                runs[-1].append(window)
            else:
                runs.append([window])
        attached = [cls.attach(run, server) for run in runs]
        return [window for run in attached for window in run], [cls.of(run[0]).run for run in attached]

    @classmethod
    def of(cls, window: StreamSlice) -> Self:
        """Progress that `attach` gave to `window`."""
        return window.extra_fields[PROGRESS]  # type: ignore[no-any-return]

    @classmethod
    def find(cls, window: StreamSlice | None) -> Self | None:
        """The same; None for slices of streams without windows, which carry no progress."""
        return window.extra_fields.get(PROGRESS) if window is not None else None

    @classmethod
    def refuse(cls, window: StreamSlice | None) -> None:
        """Note that a request of `window` was refused, if it carries a progress."""
        if progress := cls.find(window):
            progress.is_complete = False

    @property
    def reads_all(self) -> bool:
        """Whether this window is read for all of its run."""
        return self.run.reader is self

    def to_read(self, window: StreamSlice) -> StreamSlice | None:
        """What to read for `window`: itself, its whole run, or nothing."""
        if len(self.run.windows) == 1 or not self.run.server.ignores_windows:
            return window
        if self.run.claim(self):
            return self.all_read(window)
        self.is_complete = False  # the other one's end counts for it
        return None

    def all_read(self, window: StreamSlice) -> StreamSlice:
        """What was read for `window`, once it was."""
        return _with(window, self.run.bounds) if self.reads_all else window

    def judge(self, window: StreamSlice, newest: str) -> None:
        """Learn from the date of the newest record that was sent for `window`, from its first page.

        Raises:
            WindowsIgnored: The server ignores windows, and this is not the only one.

        """
        if len(self.run.windows) > 1 and not self.reads_all and not self.run.begin(window, newest):
            raise WindowsIgnored


def _with(window: StreamSlice, times: Mapping[str, Any], **extra_fields: Any) -> StreamSlice:
    return StreamSlice(
        partition=window.partition, cursor_slice=times, extra_fields={**window.extra_fields, **extra_fields}
    )


@dataclass
class WindowFilter(RecordFilter, RuntimeComponent):
    """Records of a page -> those whose newest date lies in the window, and whose environment is configured.

    Servers before August 2025 ignore `start` and `end` and send everything. So the records before the first and behind
    the last of the window belong to other windows. One between two of the window does not, whatever its date: it was
    sent for this one. It is kept, and so is one whose date cannot be read, lies ahead or is none of an API, where no
    window finds it. The runtime counts them.
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    name: str = ""
    newest_first: list[str] = field(default_factory=list)
    strict: bool = False
    """Whether nothing from outside the window is kept, since the records are in no order of time."""
    by_environment: bool = False

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        self._environments = frozenset(self.config["environments"]) if self.by_environment else frozenset()
        self._reading = threading.local()
        self.fields = [*self.newest_first, *(["tags"] if self._environments else [])]
        """All that it looks at in a record."""

    @override
    def filter_records(
        self,
        records: Iterable[Mapping[str, Any]],
        stream_state: StreamState,
        stream_slice: StreamSlice | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> Iterable[Mapping[str, Any]]:
        if stream_slice is None or "start_time" not in stream_slice:
            return records
        return filter(self._is_configured, self._of_window(records, stream_slice))

    def _of_window(self, records: Iterable[Record], window: StreamSlice) -> Iterable[Record]:
        reading, odd = self._reading_of(window), self.runtime.odd_dates
        for record in records:
            moments = [dates.to_second(record.get(name)) for name in self.newest_first]
            if any(moments) and max(moments) < reading.start and not (self.strict or dates.is_odd(max(moments))):
                reading.older.append(record)
            elif any(moments) and max(moments) < reading.start:
                if not self.strict:
                    odd.note(self.name, record.get(self.newest_first[0]))
                    yield record
            # The first is the cursor field; a later one may lie ahead, as a planned dateReleased does
            elif moments and moments[0] > reading.end:
                if not self.strict and reading.keeps(moments[0]):
                    odd.note(self.name, moments[0])
                    yield record
            elif not reading.is_elsewhere(moments):
                while reading.older and any(moments):
                    odd.note(self.name, reading.older[0].get(self.newest_first[0]))
                    yield reading.older.pop(0)
                reading.has_begun |= any(moments)
                yield record

    def _reading_of(self, window: StreamSlice) -> "_Reading":
        """What is known of the window that this thread reads, from its first page to its last."""
        found: _Reading | None = self._reading.__dict__.get("of")
        if found is None or found.window is not window:
            found = self._reading.of = _Reading(window)
        return found

    def _is_configured(self, event: Record) -> bool:
        if not self._environments:
            return True
        tags = [tag for tag in event.get("tags") or [] if isinstance(tag, dict)]
        return any(tag.get("key") == "environment" and tag.get("value") in self._environments for tag in tags)


class _Reading:
    """One window while its pages are filtered."""

    def __init__(self, window: StreamSlice) -> None:
        self.window = window
        self.start, self.end = dates.to_second(window["start_time"]), dates.to_second(window["end_time"])
        self.has_begun = False
        """Whether a record of the window came."""
        self.older: list[Record] = []
        """Records from before the window since then."""
        progress = WindowProgress.find(window)
        self._elsewhere = progress.run.begun if progress and progress.reads_all else []

    def is_elsewhere(self, moments: list[str]) -> bool:
        """Whether a record comes with another window, though this one is read for all."""
        return any(
            dates.to_second(of["start_time"]) <= max(moments) and moments[0] <= dates.to_second(of["end_time"])
            for of in self._elsewhere
        )

    def keeps(self, moment: str) -> bool:
        """Whether a record from after the window stays: it is out of order, or dated in the future."""
        return self.has_begun or dates.is_ahead(moment)
