"""Errors of a sync: each is told once, and a summary says which streams failed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from airbyte_cdk.models import (
    AirbyteErrorTraceMessage,
    AirbyteLogMessage,
    AirbyteMessage,
    FailureType,
    Level,
    Type,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.log import is_logged

_DEFECT: Final = "An unexpected error occurred in stream"
"""Beginning of the engine's message for an error that is none of its own kind."""
_NO_MESSAGE: Final = "Something went wrong in the connector."
"""Beginning of its message for one that has no message for users."""
_SMALLEST_WINDOW: Final = "the API rejected it: "
"""What stands, in its message for developers, before the handler's reason for splitting a window."""
_SUMMARY: Final = "Concurrent read failure"
"""What it raises at the end of a sync in which a stream failed, for developers."""
_KINDS: Final = (FailureType.transient_error, FailureType.config_error, FailureType.system_error)
"""A platform tries again after the first kind and not after the second, so the first of them decides."""


class StreamsFailedError(AirbyteTracedException):
    """Some streams could not be read to their end; the message lists them, each with its reason."""


@dataclass
class Failures:
    """Errors of a sync of the chosen `streams`: told once each, and listed at the end.

    An error that 30 windows of a stream have in common is told once, and so is one that streams have in common. It is a
    sentence without the engine's internals: the headers of the answer, the stack trace.
    """

    streams: Iterable[str]
    _reasons: dict[str, dict[str, FailureType]] = field(default_factory=dict)
    """Sentences of each stream that failed."""
    _told: set[str] = field(default_factory=set)

    def told_once(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """`messages` with each error once.

        Raises:
            StreamsFailedError: At the end, if any stream failed.

        """
        try:
            for message in messages:
                if message.type is not Type.TRACE or not message.trace or not message.trace.error:
                    yield message
                elif self._is_new(message.trace.error):
                    yield self._of_stream(message, message.trace.error)
        except AirbyteTracedException as error:
            if error.internal_message != _SUMMARY:
                raise
        if self._reasons:
            kinds = {kind for reasons in self._reasons.values() for kind in reasons.values()}
            raise StreamsFailedError(message=self.summary(), failure_type=next(k for k in _KINDS if k in kinds))

    def has_failed(self, stream: str) -> bool:
        """Whether `stream` will not be read to its end."""
        return stream in self._reasons

    def summary(self) -> str:
        """One line for each stream that failed, or for all that have the same reason; empty if none did.

        Where one reason stopped everything, it has been told already and is not repeated.
        """
        total, failed = len(set(self.streams)), len(self._reasons)
        heading = f"Streams that were not read to their end: {failed} of {total}." if failed else ""
        lines: dict[str, list[str]] = {}
        for stream, reasons in self._reasons.items():
            lines.setdefault(_with_number(list(reasons)), []).append(f"`{stream}`")
        if failed == total and len(lines) == 1:
            return heading
        return "\n".join([heading, *(f"{', '.join(names)}: {reason}" for reason, names in lines.items())])

    def _is_new(self, error: AirbyteErrorTraceMessage) -> bool:
        """Tidy `error` and remember it; whether nothing has told it yet."""
        _tidy(error)
        stream = error.stream_descriptor.name if error.stream_descriptor else ""
        self._reasons.setdefault(stream, {})[error.message] = error.failure_type or FailureType.system_error
        is_new = error.message not in self._told
        self._told.add(error.message)
        return is_new and is_logged(len(self._reasons[stream]))

    def _of_stream(self, message: AirbyteMessage, error: AirbyteErrorTraceMessage) -> AirbyteMessage:
        """The error itself if it is the first of its stream, else a line of the log."""
        first = error.stream_descriptor is None or len(self._reasons[error.stream_descriptor.name]) == 1
        further = AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=Level.ERROR, message=error.message))
        return message if first else further


def error_message(error: Exception) -> AirbyteMessage:
    """The TRACE message of an error that ends a command: one sentence, and a stack trace where it is a defect."""
    traced = error
    if not isinstance(traced, AirbyteTracedException):
        traced = AirbyteTracedException.from_exception(error, message=_DEFECT)
    message = traced.as_airbyte_message()
    if message.trace and message.trace.error:
        _tidy(message.trace.error)
    return message


def _tidy(error: AirbyteErrorTraceMessage) -> None:
    """Leave the sentence alone, in place; an error that has none, a defect, keeps its stack trace."""
    internal = error.internal_message or ""
    if error.message.startswith(_NO_MESSAGE) and internal:
        error.message = internal
    if _SMALLEST_WINDOW in internal:
        error.message = f"{internal.partition(_SMALLEST_WINDOW)[2]} There is no smaller window to ask for."
    if error.message.startswith((_DEFECT, _NO_MESSAGE)):
        where = f"Stream `{error.stream_descriptor.name}`" if error.stream_descriptor else "The connector"
        last = (error.stack_trace or "").strip().rpartition("\n")[2]
        error.message = f"{where} failed because of a defect of this connector ({last}): please report it."
    else:
        error.internal_message = error.stack_trace = None


def _with_number(reasons: list[str]) -> str:
    """The first reason, and how many others there are."""
    others = len(reasons) - 1
    return f"{reasons[0]} ({others} other error(s), see above)" if others else reasons[0]
