"""Messages of a sync, on their way to the output."""

import logging
from collections.abc import Container, Iterable, Iterator

from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage, AirbyteStreamStatus, Type
from airbyte_cdk.sources.streams.core import NO_CURSOR_STATE_KEY

from sourcewright.components.runtime import Refusals
from sourcewright.engine.failures import Failures


def without_false_states(
    messages: Iterable[AirbyteMessage],
    refusals: Refusals,
    failures: Failures,
    progressed: Container[str],
) -> Iterator[AirbyteMessage]:
    """`messages` without the states of what was not read, since a saved state says that its stream was.

    The engine marks every stream without a cursor as read when it ends. The mark of one that failed, or was refused, is
    left out, and so are all states of a stream that was refused, or that failed before it had `progressed` at all. What
    a stream went without is told at its end.
    """
    complete: set[str] = set()
    marks: dict[str, AirbyteMessage] = {}
    for message in messages:
        if message.type is Type.RECORD:
            yield message
        elif message.state and message.state.stream:
            name, state = message.state.stream.stream_descriptor.name, message.state.stream.stream_state
            if not refusals.is_saved(name) or (failures.has_failed(name) and name not in progressed):
                continue
            if state and NO_CURSOR_STATE_KEY in vars(state) and name not in complete:
                marks[name] = message
            else:
                yield message
        else:
            yield message
            status = message.trace.stream_status if message.trace else None
            if status and status.status in (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE):
                refusals.left_out.tell(status.stream_descriptor.name)
            if status and status.status is AirbyteStreamStatus.COMPLETE:
                complete.add(status.stream_descriptor.name)
                yield from filter(None, [marks.pop(status.stream_descriptor.name, None)])


def saved_streams(states: Iterable[AirbyteStateMessage]) -> frozenset[str]:
    """Names of the streams that have a saved state."""
    saved = [state.stream for state in states if state.stream and state.stream.stream_state]
    return frozenset(each.stream_descriptor.name for each in saved if vars(each.stream_state))


def retell(message: AirbyteMessage, logger: logging.Logger) -> None:
    """Log what a LOG message or an error says."""
    if message.log:
        # Airbyte also has a level TRACE, which Python has not
        logger.log(getattr(logging, message.log.level.value, logging.DEBUG), "%s", message.log.message)
    elif message.trace and message.trace.error:
        error = message.trace.error
        logger.error("%s", "\n".join(filter(None, [error.message, error.stack_trace])))
