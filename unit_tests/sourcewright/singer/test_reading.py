"""A tap writes the state of all streams at once, however many of them change."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import time_machine
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStream,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
    Type,
)

from sourcewright.engine.failures import Failures
from sourcewright.http.rate_limits import Limits, RateLimiter
from sourcewright.progress import Progress
from sourcewright.singer.reading import Reading
from unit_tests.source_sentry.sync import a_state

LARGE = {"states": ["x" * 80] * 10_000}


class OneStream:
    """A stream of a tap, with the last state that was saved."""

    name = "events"
    state: Mapping[str, Any] | None = None

    def configured(self) -> ConfiguredAirbyteStream:
        stream = AirbyteStream(name=self.name, json_schema={}, supported_sync_modes=[SyncMode.incremental])
        return ConfiguredAirbyteStream(
            stream=stream, sync_mode=SyncMode.incremental, destination_sync_mode=DestinationSyncMode.append
        )

    def saved_state(self) -> None:
        """Start anew."""

    def save_state(self, stream_state: Mapping[str, Any]) -> bool:
        self.state = dict(stream_state)
        return True


def written(clock: time_machine.Traveller, state: Mapping[str, Any], seconds: int) -> list[int]:
    """Seconds at which the tap writes its state, of a source that puts one out, and a record, each second."""

    class Source:
        failures = Failures(())

        def __init__(self, **_: Any) -> None:
            self.progress = Progress(RateLimiter(1, Limits("X-")))

        def read_pages(self, *_: Any) -> Iterator[AirbyteMessage]:
            for second in range(seconds):
                clock.shift(1)
                (message,) = a_state({"events": {**state, "second": second}})
                yield AirbyteMessage(type=Type.STATE, state=message)
                record = AirbyteRecordMessage(stream="events", data={"second": second}, emitted_at=0)
                yield AirbyteMessage(type=Type.RECORD, record=record)

    stream, found = OneStream(), []

    def save() -> Mapping[str, Any]:
        assert stream.state is not None
        found.append(stream.state["second"])
        return stream.state

    source: Any = Source
    assert len(list(Reading(source, {}, [stream], logging.getLogger(__name__), save).records())) == seconds
    return found


def test_given_tap_when_each_second_has_a_state_then_one_is_written_every_ten_seconds(
    frozen: time_machine.Traveller,
) -> None:
    assert written(frozen, {}, 60) == [10, 21, 32, 43, 54]


def test_given_tap_with_a_large_state_when_little_is_read_then_at_least_every_thirty_seconds(
    frozen: time_machine.Traveller,
) -> None:
    assert written(frozen, LARGE, 100) == [10, 40, 70]
