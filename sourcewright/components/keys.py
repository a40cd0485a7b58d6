"""Records that lack their primary key, so that a table could not tell them apart, and odd ones: both are told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.extractors.http_selector import HttpSelector
from airbyte_cdk.sources.types import Record, StreamSlice, StreamState
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright.http.errors import place
from sourcewright.http.pages import page_of
from sourcewright.lenient_json import OddRecords
from sourcewright.log import is_logged, logger

_NAMED: Final = 5
"""Fields of a wrong object that an error names."""


@dataclass
class KeyedSelector(HttpSelector):
    """Answer -> those of its records that have every part of `key`, as `selector` finds and changes them.

    One record without is left out with a warning. Several of them and no other, or an object that has no field of the
    schema, are not what was asked for: an error, before the state says that they were read.
    """

    selector: HttpSelector
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
        is_object = isinstance(page.content, dict)
        if is_object and page.content.keys().isdisjoint(records_schema.get("properties", page.content)):
            names = ", ".join(f"`{name}`" for name in islice(page.content, _NAMED))
            raise self._wrong(response, f"has no field of it, but {names}")
        found = self.selector.select_records(response, stream_state, records_schema, stream_slice, next_page_token)
        for record in found:
            data = record.data
            for name in self.key:
                value = data.get(name)
                if value is None or (value == "" and len(self.key) == 1):
                    others += 1
                    break
            else:
                keyed += 1
                if page.is_odd:
                    self.odd_records.warn(self.stream, data, self.key)
                yield record
        others += page.strays
        if others and not keyed and (is_object or others > 1):
            raise self._wrong(response, f"has no {self._key_names}")
        if others:
            self._warn(response, others, keyed + others)

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
