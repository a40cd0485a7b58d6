"""Records that lack their primary key, so that a table could not tell them apart, and odd ones: both are told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.extractors.http_selector import HttpSelector
from airbyte_cdk.sources.declarative.extractors.record_selector import RecordSelector
from airbyte_cdk.sources.types import Record, StreamSlice, StreamState
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright.http.errors import place
from sourcewright.http.pages import page_of
from sourcewright.lenient_json import OddRecords
from sourcewright.log import is_logged, logger
from sourcewright.raw_records import RAW

_NAMED: Final = 5
"""Fields of a wrong object that an error names."""


@dataclass
class KeyedSelector(HttpSelector):
    """Answer -> those of its records that have every part of `key`, as `selector` finds and changes them.

    One record without is left out with a warning. Several of them and no other, or an object that has no field of the
    schema, are not what was asked for: an error, before the state says that they were read.
    """

    selector: RecordSelector
    stream: str
    key: list[str]
    odd_records: OddRecords
    _warnings: int = 0

    @override
    def select_records(
        self,
        response: requests.Response,
        stream_state: StreamState,
        records_schema: Mapping[str, Any],
        stream_slice: StreamSlice | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> Iterable[Record]:
        """Yield the records.

        Raises:
            AirbyteTracedException: `transient_error`: the answer has none of the stream's records.

        """
        page, keyed, others = page_of(response), 0, 0
        if page.is_raw:
            yield from self._select_raw(response, stream_state, stream_slice, next_page_token)
            return
        is_object = isinstance(page.content, dict)
        if is_object and page.content.keys().isdisjoint(records_schema.get("properties", page.content)):
            names = ", ".join(f"`{name}`" for name in islice(page.content, _NAMED))
            raise self._wrong(response, f"has no field of it, but {names}")
        found = self.selector.select_records(response, stream_state, records_schema, stream_slice, next_page_token)
        for record in found:
            if not self._is_keyed(record.data):
                others += 1
                continue
            keyed += 1
            if page.is_odd:
                self.odd_records.warn(self.stream, record.data, self.key)
            yield record
        self._judge(response, keyed, others + page.strays, is_object=is_object)

    def _select_raw(
        self,
        response: requests.Response,
        stream_state: StreamState,
        window: StreamSlice | None,
        token: Mapping[str, Any] | None,
    ) -> Iterable[Record]:
        """One record that stands for all of the page, past the engine's selector, which handles them one by one."""
        rows: Iterable[Mapping[str, Any]] = page_of(response).records()
        if self.selector.record_filter:
            rows = self.selector.record_filter.filter_records(rows, stream_state, window, token)
        raw, others = [], 0
        for row in rows:
            if self._is_keyed(row):
                raw.append(row[RAW])
            else:
                others += 1
        self._judge(response, len(raw), others)
        if raw:
            yield Record(data={RAW: raw}, stream_name=self.stream, associated_slice=window)

    def _judge(self, response: requests.Response, keyed: int, others: int, *, is_object: bool = False) -> None:
        if others and not keyed and (is_object or others > 1):
            raise self._wrong(response, f"has no {self._key_names}")
        if others:
            self._warn(response, others, keyed + others)

    def _is_keyed(self, row: Mapping[str, Any]) -> bool:
        for name in self.key:
            value = row.get(name)
            if value is None or (value == "" and len(self.key) == 1):
                return False
        return True

    @property
    def _key_names(self) -> str:
        return " and ".join(f"`{name}`" for name in self.key)

    def _warn(self, response: requests.Response, others: int, total: int) -> None:
        self._warnings += 1
        if is_logged(self._warnings):
            logger.warning(
                "Left out: %d of %d records of stream `%s` from %s, which have no %s to tell them apart by.",
                others,
                total,
                self.stream,
                place(response),
                self._key_names,
            )

    def _wrong(self, response: requests.Response, reason: str) -> AirbyteTracedException:
        message = f"What {place(response)} sent for stream `{self.stream}` {reason}: it is another answer than that."
        return AirbyteTracedException(
            message=message, internal_message=message, failure_type=FailureType.transient_error
        )
