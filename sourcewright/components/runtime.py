"""What the custom components of one source share."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol

from sourcewright.http.pages import PageSlots
from sourcewright.inputs import wrong_input
from sourcewright.lenient_json import OddRecords
from sourcewright.log import logger

Row = Mapping[str, Any]


class ParentBatch(NamedTuple):
    """Records of one partition of a parent stream, and the parent's state once they were read."""

    rows: list[Row]
    state: Mapping[str, Any]
    window: Mapping[str, str] | None = None
    """{"start_time": …, "end_time": …} if the children are read for a window of time."""


class Streams(Protocol):
    """Streams of the manifest that components read by themselves."""

    def lookup(self, name: str, /, **settings: str) -> Iterable[Row]:
        """All records of the definition `name`, read once and with few retries: for error messages and `check`.

        Its expressions find `settings` in the config.
        """

    def ask(self, name: str, /, *fields: str, **settings: Any) -> Iterable[Row]:
        """`fields` of all records of the definition `name`, read anew, whose expressions find `settings`."""

    def stream_name(self, name: str) -> str:
        """What records, messages and users call the stream of the definition `name`."""

    def parent_key(self, name: str) -> list[str]:
        """Primary key of the parent stream `name`."""

    def keep(self, name: str, fields: Iterable[str]) -> None:
        """Announce that `fields` of the parent stream `name` will be needed, before any of its records are read."""

    def parent_rows(self, name: str, *fields: str) -> Iterable[Row]:
        """The kept fields of each record of the parent stream `name`, which is read once for all of its children."""

    def touched(self, name: str, state: Mapping[str, Any]) -> Iterable[ParentBatch]:
        """The kept fields of what an incremental sync of the parent stream `name` reads, starting at `state`."""


STOPS_GROWING: Final = (
    "without an error its table would silently stop growing. "
    "To go on without the stream, deselect it, or remove its state."
)
"""Why the refusal of what was read before is an error, and the way out."""


@dataclass
class LeftOut:
    """Answers that streams went without, by stream and kind."""

    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _examples: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, stream: str, kind: str, message: str) -> None:
        """Count an answer of a `kind`, such as `HTTP 403`; `message` says what it was about."""
        with self._lock:
            self._counts.setdefault(stream, Counter())[kind] += 1
            self._examples.setdefault((stream, kind), message)

    def tell(self, stream: str) -> None:
        """Log one warning of `stream`, if anything was left out, once."""
        with self._lock:
            counts = self._counts.pop(stream, Counter())
        kinds = [
            f"{count} with {kind}, such as: {self._examples[stream, kind]}" for kind, count in counts.most_common()
        ]
        if kinds:
            logger.warning("Stream `%s` goes without %d answer(s). %s", stream, counts.total(), " ".join(kinds))

    def tell_rest(self) -> None:
        """Do the same of streams that were read as parents of others alone."""
        for stream in list(self._counts):
            self.tell(stream)


@dataclass
class Refusals:
    """Streams that the API refuses, because the server, the plan or the token does not have them."""

    read_before: frozenset[str] = frozenset()
    """Streams with a saved state: their tables would silently stop growing."""
    left_out: LeftOut = field(default_factory=LeftOut)
    _ended: set[str] = field(default_factory=set)
    _unsaved: set[str] = field(default_factory=set)
    _skipped: set[str] = field(default_factory=set)
    _answered: set[str] = field(default_factory=set)
    _failed: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self, stream: str) -> bool:
        """Send no more requests of `stream` and save no state of it; whether that is new."""
        with self._lock:
            is_new = stream not in self._ended
            self._ended.add(stream)
            self._unsaved.add(stream)
        return is_new

    def fail(self, stream: str, reason: str) -> None:
        """Let every further request of `stream` fail for the same `reason`, without sending it."""
        self._failed.setdefault(stream, reason)

    def why_failed(self, stream: str) -> str | None:
        """The reason that `fail` was given; None if requests of `stream` may be sent."""
        return self._failed.get(stream)

    def withhold(self, stream: str) -> None:
        """Save no state of `stream`, of which some requests were refused: it does not count as read."""
        self._unsaved.add(stream)

    def note_skip(self, stream: str) -> None:
        """A part of `stream` was refused, such as a project."""
        self._skipped.add(stream)

    def note_answer(self, stream: str) -> None:
        """A part of `stream` was read."""
        self._answered.add(stream)

    def has_ended(self, stream: str) -> bool:
        """Whether no more requests of `stream` are sent."""
        return stream in self._ended

    def is_saved(self, stream: str) -> bool:
        """Whether a state of `stream` may be saved: not if it was refused, as a whole or in every part."""
        return stream not in self._unsaved and (stream in self._answered or stream not in self._skipped)


@dataclass
class OddDates:
    """Records whose dates do not fit the order of their list, or lie ahead of now, by stream."""

    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, stream: str, date: object) -> None:
        """Count a record of `stream` with that `date`, which its list is not ordered by."""
        self._note(
            stream,
            date,
            "out of the order of their list or in the future, such as %s. They were kept, though no later sync may "
            "find them again.",
        )

    def note_ahead(self, stream: str, date: object) -> None:
        """Count a record of `stream`, of a list that is read whole each time."""
        self._note(
            stream,
            date,
            "in the future, such as %s. They were kept, come again with each sync until then, and do not count for the "
            "saved state.",
        )

    def tell(self) -> None:
        """Log one warning for each stream that has any, once."""
        while self._counts:
            (stream, what), count = self._counts.popitem()
            example = self._examples.pop((stream, what))
            logger.warning("Stream `%s`: %d record(s) are dated " + what, stream, count, example)

    def _note(self, stream: str, date: object, what: str) -> None:
        self._counts[stream, what] += 1
        self._examples.setdefault((stream, what), str(date))


@dataclass
class Runtime:
    """Made once for each source; its factory gives it to every custom component that is a `RuntimeComponent`."""

    streams: Streams
    slots: PageSlots = field(default_factory=PageSlots)
    refusals: Refusals = field(default_factory=Refusals)
    odd_dates: OddDates = field(default_factory=OddDates)
    odd_records: OddRecords = field(default_factory=OddRecords)
    bytes_read: Counter[str] = field(default_factory=Counter)
    """Bytes of the answers to each stream."""
    reports_status: bool = True
    """False where streams are read as parents of others: the protocol knows the status of chosen streams only."""
    _warned: set[str] = field(default_factory=set)

    def warn_once(self, message: str) -> None:
        """Log a warning that several streams may have reason to give."""
        if message not in self._warned:
            self._warned.add(message)
            logger.warning("%s", message)


class RuntimeComponent:
    """A custom component that uses the runtime of its source."""

    _runtime: Runtime | None = None

    @property
    def runtime(self) -> Runtime:
        """Runtime of the source.

        Raises:
            AirbyteTracedException: Another program runs the manifest, without the source's factory.

        """
        if self._runtime is None:
            raise wrong_input(
                "This manifest does not run alone, since its source has parts that Airbyte's engine lacks: use the "
                "command or the image of the source. In PyAirbyte, name the command in `local_executable` instead of "
                "the manifest in `source_manifest`."
            )
        return self._runtime

    def wire(self, runtime: Runtime) -> None:
        """Take the runtime, once, before anything is read."""
        self._runtime = runtime
