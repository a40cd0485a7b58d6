"""Reads a source into a target, from where the last sync ended."""

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessageSerializer
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.engine.messages import retell
from sourcewright.log import logger
from sourcewright.warehouse.target import NotWrittenError, Target

_BYTES: Final = 16 * 1024 * 1024
_SECONDS: Final = 10.0
"""A transaction takes so many records, as JSON, or those of so long."""


class Sync:
    """Passes the messages of a source on: records and states into `target`, the rest into the log.

    Records and states are written together, so a process that dies loses what it has not written, and the next one
    reads it again. What no state covers yet is written too: it is read twice then, and merged.
    """

    def __init__(self, target: Target) -> None:
        self.rows: Counter[str] = Counter()
        """Records of each stream that were read."""
        self._target = target
        self._states: dict[str, Any] = {}
        self._size = 0
        self._written = time.monotonic()

    def run(self, messages: Iterable[AirbyteMessage]) -> None:
        """Pass `messages` on, to their end.

        Raises:
            NotWrittenError: The target failed.
            AirbyteTracedException: The source failed; all that it read before is written.

        """
        failure = None
        try:
            for message in messages:
                self._take(message)
                if self._size > _BYTES or time.monotonic() - self._written > _SECONDS:
                    self._write()
        except NotWrittenError:
            raise
        except AirbyteTracedException as error:
            failure = error
        self._write()
        with self._target.problems():
            self._target.finish()
        if failure:
            raise failure

    def _take(self, message: AirbyteMessage) -> None:
        if record := message.record:
            self.rows[record.stream] += 1
            self._size += self._target.batches[record.stream].add(record.data, record.emitted_at)
        elif message.state and message.state.stream:
            state = AirbyteStateMessageSerializer.dump(message.state)
            self._states[message.state.stream.stream_descriptor.name] = state
        else:
            retell(message, logger)

    def _write(self) -> None:
        with self._target.problems():
            self._target.write(self._states)
        self._states, self._size, self._written = {}, 0, time.monotonic()
