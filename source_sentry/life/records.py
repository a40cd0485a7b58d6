"""Records of the streams that follow the life of issues."""

import json
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import Any, Final

import requests
from airbyte_cdk.sources.declarative.extractors.record_filter import RecordFilter
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

from source_sentry.handler import SentryErrorHandler
from source_sentry.life.routers import FATE, SINCE, WANTED, Fate
from sourcewright import dates
from sourcewright.components.records import RecordChange
from sourcewright.http.pages import read_page
from sourcewright.log import is_logged, logger

Record = Mapping[str, Any]
_MOST: Final = 100
"""Activities of an answer, which has no pages."""
_DELETED, _CLOSED = b'{"deleted": true}', b'{"deleted": false}'


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
    """Issues -> those that were asked for."""

    @override
    def of_slice(self, records: Iterable[Record], found: StreamSlice) -> Iterable[Record]:
        wanted = found.extra_fields[WANTED]
        return (record for record in records if str(record.get("id")) in wanted)


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
        if count >= _MOST and oldest > dates.to_second(found.extra_fields.get(SINCE)):
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


@dataclass
class TombstoneFilter(SliceFilter):
    """The answer for a missing issue -> a tombstone, or nothing.

    {"id": "9"} for issue 3 -> {"id": "3", "mergedInto": "9"}; gone, for the second time or by the audit log
    -> {"id": "3", "deleted": true}. Gone for the first time, closed to the token, or still there: nothing.
    """

    @override
    def of_slice(self, records: Iterable[Record], found: StreamSlice) -> Iterable[Record]:
        issue, fate = str(found.partition["id"]), found.extra_fields[FATE]
        for record in records:
            if tombstone := self._judge(issue, record, fate):
                yield tombstone

    def _judge(self, issue: str, record: Record, fate: Fate) -> Record | None:
        entry, now = fate.missing[issue], self.config["sync_start"]
        about = {"id": issue, "projectId": entry["project"] or None, "observedAt": now}
        if record.get("deleted") is True:
            if not (entry["since"] or fate.confirmed):
                entry["since"] = now
                return None
            del fate.missing[issue]
            return {**about, "mergedInto": None, "deleted": True}
        survivor = str(record.get("id", issue))
        if survivor != issue:
            del fate.missing[issue]
            return {**about, "mergedInto": survivor, "deleted": False}
        entry["since"] = None
        if fate.listed and "id" in record:
            del fate.missing[issue]  # only quiet: a further event puts it on the list again
        return None


@dataclass
class TombstoneHandler(SentryErrorHandler):
    """404 and 403 about an issue are what was asked for -> {"deleted": true}, {"deleted": false}."""

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        is_gone = response.status_code == HTTPStatus.NOT_FOUND and self.means_no_records(response)
        is_closed = response.status_code == HTTPStatus.FORBIDDEN and not self._lacks_scope()
        if not (is_gone or is_closed):
            return super().judge_refusal(response)
        if is_closed:
            self.runtime.warn_once(
                f"Stream `{self.name}`: some issues are closed to the token now. They do not count as deleted."
            )
        response.status_code = HTTPStatus.OK
        body = _DELETED if is_gone else _CLOSED
        read_page(response, self.page, self.runtime.slots, self.page_class, body=body)
        return self.judge_page(response)
