"""Reading of a window of rows: counted, and in slices that one query can answer."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from math import ceil
from typing import Any, Final, NoReturn

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.streams.http.request_window_split_exception import RequestWindowSplitRequiredException
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry.explore.columns import column
from source_sentry.explore.datasets import DATASETS, Dataset
from source_sentry.explore.handler import COUNT, SAMPLED, RowsHandler
from source_sentry.explore.paging import MOST_ROWS, RowsPagination
from source_sentry.explore.parts import halves, pieces_of, seconds_of, with_fields
from source_sentry.states import ALL
from sourcewright.components.windows import WindowProgress
from sourcewright.engine.retriever import WindowRetriever
from sourcewright.http.errors import place
from sourcewright.http.pages import has_page, page_of
from sourcewright.log import is_logged, logger

_ROWS: Final = 5_000
"""Rows of a part that is one of several: half of what a query may have, since rows are not spread evenly."""
_READINGS: Final = 2
_READINGS_OF_TIES: Final = 10
_SHORTEST: Final = 15 * 60
"""Seconds of a slice below which a sample is no matter of its size."""


class RowsRetriever(WindowRetriever):
    """Reads a window in parts of at most 10,000 rows, whose number the server is asked for before and after.

    Each request is pinned, `start <= timestamp < end`, and ordered by time and key, so that its pages do not move.
    """

    _sampled_until: str = ""
    """Up to here the server has a sample only."""
    _differences: int = 0

    @property
    def _handler(self) -> RowsHandler:
        handler: RowsHandler = self.requester.error_handler  # type: ignore[attr-defined]
        return handler

    @override
    def _read(self, records_schema: Mapping[str, Any], window: StreamSlice | None) -> Iterable[StreamData]:
        assert window is not None  # noqa: S101 - the manifest's cursor makes them
        for part, count in self._parts(with_fields(window, projects=[window.partition["project"]])):
            yield from self._counted(records_schema, part, count)

    def _parts(self, window: StreamSlice) -> Iterator[tuple[StreamSlice, int]]:
        """Parts of `window` with the number of their rows, oldest first; those without any are left out."""
        parts = [window]
        while parts:
            part = parts.pop()
            try:
                count = self._count(part)
            except RequestWindowSplitRequiredException as error:
                parts += reversed(halves(part) or self._give_up(part, error))
                continue
            smaller = (pieces_of(part, ceil(count / _ROWS)) or self._by_project(part)) if count > self._most else []
            if smaller:
                parts += reversed(smaller)
            elif count:
                yield part, count

    def _count(self, part: StreamSlice) -> int:
        """Number of rows by the server's count; 0 where it refuses, which marks the window as not read."""
        response = self._fetch_next_page(with_fields(part, fields=[COUNT], sort=[], per_page=1))
        if response is None or not has_page(response):
            return 0
        rows = list(page_of(response).records())
        if rows and not isinstance(rows[0].get(COUNT), int | float):
            raise AirbyteTracedException(
                message=f"Stream `{self.name}`: {place(response)} was asked for the number of rows and answered "
                "without it, so no row is read.",
                failure_type=FailureType.transient_error,
            )
        return int(rows[0][COUNT]) if rows else 0

    def _count_again(self, part: StreamSlice) -> int:
        """The same after `part` was read, in smaller parts where it takes the server too long now."""
        try:
            return self._count(part)
        except RequestWindowSplitRequiredException as error:
            return sum(map(self._count_again, halves(part) or self._give_up(part, error)))

    def _by_project(self, second: StreamSlice) -> list[StreamSlice]:
        """One second of all projects -> the same of each that is open to the token; [] for one of a project."""
        if second.extra_fields["projects"] != [ALL]:
            return []
        rows = self._handler.runtime.streams.parent_rows("project_list", "id", "hasAccess")
        return [with_fields(second, projects=[str(row["id"])]) for row in rows if row.get("hasAccess") is not False]

    def _counted(self, schema: Mapping[str, Any], part: StreamSlice, count: int) -> Iterator[Record]:
        """Rows of `part`, each once; read again if the server counts another number then."""
        seen: set[str] = set()
        readings = 0
        # Without an order of ties, each reading may leave out others of one second
        while readings < (_READINGS if self._handler.dialect.is_total else _READINGS_OF_TIES):
            came: set[str] = set()
            readings += 1
            for row in self._rows(schema, part, is_cut=count > self._most):
                came.add(key := self._key_of(row))
                if key not in seen:
                    seen.add(key)
                    yield row
            count = self._count_again(part)
            if count in (len(came), len(seen)) or not WindowProgress.of(part).is_complete:
                return
        self._differences += 1
        if is_logged(self._differences):
            logger.warning(
                "Stream `%s`: %d row(s) between %s and %s were read, %d times, and the server counts %d.",
                self.name,
                len(seen),
                part["start_time"],
                part["end_time"],
                readings,
                count,
            )

    @property
    def _dataset(self) -> Dataset:
        return DATASETS[self._paging.dataset]

    @property
    def _paging(self) -> RowsPagination:
        paging: RowsPagination = self.paginator.pagination_strategy  # type: ignore[union-attr]
        return paging

    @property
    def _page_rows(self) -> int:
        return min(self._handler.dialect.most_rows, self._dataset.page_rows)

    @property
    def _most(self) -> int:
        """Rows of a part: so many that no page of them begins or ends after what a query may have."""
        return MOST_ROWS - self._page_rows

    def _key_of(self, row: Record) -> str:
        """Time and project too: an event that was sent to two projects has one id."""
        return str([row.data.get(column(name)) for name in self._dataset.ordered_by])

    def _rows(self, schema: Mapping[str, Any], part: StreamSlice, *, is_cut: bool) -> Iterator[Record]:
        """Rows of `part` as they come, oldest first; of more than a query may have, the oldest and then the newest."""
        if is_cut:
            for sign in ("", "-"):
                yield from self._slice(schema, with_fields(part, is_cut=True, sign=sign))
            return
        hours = self._dataset.hours
        number = ceil(seconds_of(part) / (hours * 3600 - 60)) if hours else 1
        for piece in pieces_of(part, number) or [part]:
            yield from self._slice(schema, piece)

    def _slice(self, schema: Mapping[str, Any], piece: StreamSlice) -> Iterator[Record]:
        if piece["end_time"] <= self._sampled_until:
            WindowProgress.refuse(piece)
            return
        known, pieces = self._handler.dialect.known, None
        try:
            yield from self._chunks(schema, piece)
        except RequestWindowSplitRequiredException as error:
            if self._handler.dialect.known != known:
                pieces = [piece]  # the next request does without what the server refused
            elif error.error_message != SAMPLED:
                pieces = halves(piece) or self._give_up(piece, error)
            else:
                pieces = halves(piece) if seconds_of(piece) > _SHORTEST else []
            if not pieces:
                self._leave(piece)
        for smaller in pieces or ():
            yield from self._slice(schema, smaller)

    def _leave(self, piece: StreamSlice) -> None:
        """Leave what the server has a sample of, so that the cursor stays before it."""
        WindowProgress.refuse(piece)
        is_new, self._sampled_until = not self._sampled_until, max(self._sampled_until, piece["end_time"])
        if is_new:
            logger.warning(
                "Stream `%s`: of the time before %s the server has only a sample of the rows, so it is not read, "
                "and the state stays before it. Set `rows_retention_days` to what your plan keeps.",
                self.name,
                piece["end_time"],
            )

    def _give_up(self, piece: StreamSlice, error: RequestWindowSplitRequiredException) -> NoReturn:
        raise AirbyteTracedException(
            message=f"Stream `{self.name}`: Sentry cannot answer for {piece['start_time']} to {piece['end_time']}, the "
            f"smallest part of the time: {error.error_message}. The next sync asks for it again.",
            failure_type=FailureType.transient_error,
        ) from error

    def _chunks(self, schema: Mapping[str, Any], piece: StreamSlice) -> Iterator[Record]:
        """Whole rows: where one request may not name all fields, those of several requests, merged by key."""
        first, *others = self._requested()
        rows = self._pages(schema, piece, first)
        if not others:
            yield from rows
            return
        merged = {self._key_of(row): (row, [row.data]) for row in rows}
        for fields in others:
            for row in self._pages(schema, piece, fields):
                if found := merged.get(self._key_of(row)):
                    found[1].append(row.data)
        for row, parts in merged.values():
            if len(parts) == 1 + len(others):
                whole = {name: value for part in parts for name, value in part.items()}
                yield Record(data=whole, stream_name=self.name, associated_slice=row.associated_slice)

    def _requested(self) -> list[list[str]]:
        """Fields of each request, with time and key in all of them."""
        common = self._dataset.ordered_by
        rest = [name for name in self._paging.columns if name not in common]
        size = self._handler.dialect.most_fields - len(common)
        return [[*common, *rest[start : start + size]] for start in range(0, len(rest) or 1, size)]

    def _pages(self, schema: Mapping[str, Any], piece: StreamSlice, fields: list[str]) -> Iterator[Record]:
        dialect, sign = self._handler.dialect, piece.extra_fields.get("sign", "")
        by = self._dataset.ordered_by[: 2 if dialect.is_total else 1]
        asked = with_fields(
            piece,
            fields=fields,
            sort=[f"{sign}{name}" for name in by],
            per_page=self._page_rows,
            is_total=dialect.is_total,
        )
        parse = partial(self._parse_records, stream_slice=asked, records_schema=schema)
        yield from self._read_pages(parse, asked)
