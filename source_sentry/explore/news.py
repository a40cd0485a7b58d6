"""Which projects have events since their cursors: one question for many of them, instead of a request for each."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry import errors
from source_sentry.explore.handler import COUNT, is_whole
from source_sentry.handler import SentryErrorHandler
from source_sentry.pages import SentryPage
from source_sentry.routers import ProjectRouter
from source_sentry.states import ALL
from sourcewright import dates
from sourcewright.components.handler import fail
from sourcewright.components.runtime import Row
from sourcewright.components.states import READ
from sourcewright.http.errors import quoted
from sourcewright.http.pages import page_of
from sourcewright.log import logger

_FEWEST: Final = 10
"""Projects for which a question is worth its request."""
_ASKED: Final = 125
"""Projects of one question, whose address then has some 3.4 kB."""
_TOLD: Final = 100
"""Projects that one answer has room for."""
_FEW_RETRIES: Final = {"max_retries": 1, "max_wait": 300}
"""Bounds of a question that can be done without."""


@dataclass
class NewsRouter(ProjectRouter):
    """Projects; of those with a cursor, the ones that have no errors since then, by Explore's count, are not asked.

    What Explore counts as errors are the rows of the very table that the list of a project's events has. An answer that
    is not about all that was asked for is not used, and no further question is sent.
    """

    cursor_field: str = "dateCreated"

    looks_at = ProjectRouter.looks_at | {"hasAccess"}

    @override
    def read_before(self, saved: Collection[Row]) -> Iterator[Row]:
        # Without the lookback, events that Explore is late with would be lost
        is_late = self.config["lookback_hours"] * 60 < self.config["rows_lag_minutes"]
        since = [] if is_late or len(saved) < _FEWEST else sorted(self._since(saved))
        read_until = {self.cursor_field: dates.next_second(self.config["last_second"])}
        try:
            for project in self._quiet(since) if len(since) >= _FEWEST else ():
                yield {"partition": {"project": project}, "cursor": read_until}
        except AirbyteTracedException as error:
            logger.info("Stream `%s`: each project is asked, as no answer tells which have any. %s", self.name, error)

    def _since(self, saved: Iterable[Row]) -> Iterator[tuple[str, str]]:
        """("2026-11-22T09:00:00Z", "42"): from when on a project is to be read, of those that are open to the token."""
        rows = filter(self.has_children, self.parents())
        is_open = {str(row["id"]) for row in rows if row.get("hasAccess") is not False}
        lookback, start = timedelta(hours=self.config["lookback_hours"]), str(self.config["start_date"])
        for entry in saved:
            project, cursor = entry["partition"]["project"], entry["cursor"][self.cursor_field]
            # One with a `read` is of a server that ignores windows
            if project in is_open and READ not in entry and cursor <= self.config["sync_start"]:
                yield max(dates.to_text(dates.from_text(cursor) - lookback), start), project

    def _quiet(self, since: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Projects that have no errors, of all at once, or of many where one answer has no room for those that have."""
        of_all = None if self.config["projects"] else self._with_errors([ALL], since[0][0])
        for first in range(0, len(since), _ASKED):
            part = since[first : first + _ASKED]
            projects = [project for _, project in part]
            found = self._with_errors(projects, part[0][0]) if of_all is None else of_all
            yield from (project for project in projects if found is not None and project not in found)

    def _with_errors(self, projects: Sequence[str], since: str) -> set[str] | None:
        """Those of `projects` that have errors since then; None where an answer may not have room for all of them."""
        rows = self.runtime.streams.ask(
            "projects_with_errors", "projectId", asked_projects=projects, asked_since=since, **_FEW_RETRIES
        )
        found = [str(row["projectId"]) for row in rows]
        return set(found) if len(found) < _TOLD else None


@dataclass
class NewsHandler(SentryErrorHandler):
    """Answer -> all that is asked for, or an error: a part, or nothing, would pass for projects without errors."""

    @override
    def judge_page(self, response: requests.Response) -> ErrorResolution:
        page = page_of(response)
        if isinstance(page, SentryPage) and is_whole(page) and all(map(_has_count, page.content)) and not page.strays:
            return super().judge_page(response)
        self.runtime.slots.give_back()
        return fail("Explore answered with a sample, or without a count of each project.")

    @override
    def judge_shape(self, response: requests.Response) -> ErrorResolution:
        return fail("This server has no Explore.")

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return super().judge_refusal(response)
        return fail(f"Explore answered with HTTP {status}: {quoted(errors.detail(response))}")


def _has_count(row: Row) -> bool:
    return bool(row.get("projectId")) and isinstance(row.get(COUNT), int | float)
