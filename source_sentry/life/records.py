"""Records of the streams that follow the life of issues."""

import json
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass
from hashlib import blake2b
from typing import Any, Final

from airbyte_cdk.sources.declarative.extractors.record_filter import RecordFilter
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

from source_sentry.life.roll import LEAVING
from source_sentry.life.routers import UNREAD, WANTED
from sourcewright import dates
from sourcewright.components.records import RecordChange
from sourcewright.log import is_logged, logger

Record = Mapping[str, Any]
_MOST: Final = 100
"""Activities of an answer, which has no pages."""


@dataclass
class Digest(RecordChange):
    """{"status": "resolved", "project": {"id": "1"}, …} -> the same with `projectId` and `digest`.

    The digest, of 8 hexadecimal digits, is that of `fields`, whatever their order; an absent one counts as null.
    """

    fields: list[str]

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        text = json.dumps([record.get(name) for name in self.fields], sort_keys=True, default=str)
        project = record.get("project")
        record["projectId"] = str(project.get("id", "")) if isinstance(project, Mapping) else ""
        record["digest"] = blake2b(text.encode(errors="replace"), digest_size=4).hexdigest()


@dataclass
class SliceFilter(RecordFilter):
    """A filter that needs nothing but the slice."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    name: str = ""

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @abstractmethod
    def of_slice(self, records: Iterable[Record], found: StreamSlice) -> Iterable[Record]:
        """Records of an answer -> those to write."""

    @override
    def filter_records(
        self,
        records: Iterable[Record],
        stream_state: StreamState,
        stream_slice: StreamSlice | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> Iterable[Record]:
        return self.of_slice(records, stream_slice) if stream_slice is not None else records


@dataclass
class WantedFilter(SliceFilter):
    """Issues -> those that were asked for, and are still there."""

    @override
    def of_slice(self, records: Iterable[Record], found: StreamSlice) -> Iterable[Record]:
        wanted = found.extra_fields[WANTED]
        here = (record for record in records if record.get("status") not in LEAVING)
        return (record for record in here if str(record.get("id")) in wanted)


@dataclass
class ActivityFilter(SliceFilter):
    """All activities, with a WARN where a hundred of them since the last sync hide older ones."""

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._hidden = 0

    @override
    def of_slice(self, records: Iterable[Record], found: StreamSlice) -> Iterable[Record]:
        count, oldest = 0, ""
        for record in records:
            if record.get("type") != "first_seen":
                count += 1
                oldest = dates.to_second(record.get("dateCreated"))
            yield record
        if count >= _MOST and oldest > dates.to_second(found.extra_fields.get(UNREAD)):
            self._hidden += 1
            if is_logged(self._hidden):
                logger.warning(
                    "Stream `%s`: Sentry sends the newest %d activities of issue %s, all since %s; older ones are not "
                    "read. It is number %d of such issues.",
                    self.name,
                    count,
                    found.partition["issueId"],
                    oldest,
                    self._hidden,
                )
