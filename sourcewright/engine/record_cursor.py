"""Cursor of one list: the date of its newest record."""

from datetime import datetime, timedelta
from typing import Any

from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor
from airbyte_cdk.sources.types import Record
from typing_extensions import override

from sourcewright import dates
from sourcewright.components.runtime import OddDates


class RecordCursor(ConcurrentCursor):
    """State of a stream without partitions: {"dateCreated": "…Z"}, the date of its newest record.

    A record that is dated after its window does not advance it: all later syncs would begin there.
    """

    odd_dates: OddDates | None = None
    """Where records that are dated ahead of now are counted, unless the stream's own filter does it."""

    @override
    def observe(self, record: Record) -> None:
        try:
            moment = self._extract_cursor_value(record)
        except ValueError:
            return
        window = record.associated_slice
        if not (window and "end_time" in window and moment > self._end_of(window["end_time"])):
            super().observe(record)
        elif self.odd_dates and dates.is_ahead(dates.to_text(moment)):
            self.odd_dates.note_ahead(self._stream_name, record[self.cursor_field.cursor_field_key])

    @override
    def should_be_synced(self, record: Record) -> bool:
        """Whether a record is new enough, of a list that is read whole; one from after the sync began is."""
        try:
            lowest: Any = self._lowest_cursor_value_to_sync()
            return bool(lowest <= self._extract_cursor_value(record))
        except ValueError:
            return super().should_be_synced(record)  # which warns once

    @override
    def copy_without_state(self) -> "RecordCursor":
        copy: Any = super().copy_without_state()
        copy.odd_dates = self.odd_dates
        made: RecordCursor = copy
        return made

    @override
    def _extract_cursor_value(self, record: Record) -> datetime:
        """The moment of a record in UTC: the engine writes it into the state without its offset."""
        return dates.from_text(str(self.cursor_field.extract_value(record)))

    def _end_of(self, last: str) -> datetime:
        """Exclusive end of a window whose last unit is `last`."""
        unit: Any = self._cursor_granularity or timedelta()
        end: datetime = dates.from_text(last) + unit
        return end
