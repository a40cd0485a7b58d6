"""What the answers of Explore mean, and what they show of the server."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from typing_extensions import override

from source_sentry import errors
from source_sentry.handler import TOO_WIDE, SentryErrorHandler
from source_sentry.pages import SentryPage
from sourcewright.components.handler import nothing, skip, split
from sourcewright.http.pages import page_of
from sourcewright.http.redirects import asked_parameters

COUNT: Final = "count()"
SAMPLED: Final = "a sample of the rows"
_MOST_FIELDS: Final = re.compile(r"up to (\d+) (?:fields|columns)", re.IGNORECASE)
_FEWEST_FIELDS: Final = 4
"""Time, key and project, which are in every request, and one more."""
_PAGE_SIZE: Final = re.compile(r"per_page|cannot be larger than", re.IGNORECASE)
_ORDER: Final = re.compile(r"order ?by|sort", re.IGNORECASE)
_ONE_PROJECT: Final = "events from multiple projects"
_ABOUT_THE_QUESTION: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@dataclass
class Dialect:
    """What the server was seen to accept of one stream."""

    most_fields: int = 50
    """Fields that one request may name: 20 before June 2025."""
    most_rows: int = 9_999
    """Rows that one page may have."""
    is_total: bool = True
    """Whether rows can be ordered by key within one moment."""

    @property
    def known(self) -> tuple[int, int, bool]:
        """All of it, to compare."""
        return self.most_fields, self.most_rows, self.is_total

    def learn(self, detail: str) -> None:
        """Note what a refusal tells, in the server's own words."""
        if found := _MOST_FIELDS.search(detail):
            self.most_fields = min(self.most_fields, max(int(found[1]), _FEWEST_FIELDS))
        elif _PAGE_SIZE.search(detail):
            self.most_rows = 100
        elif _ORDER.search(detail):
            self.is_total = False

    def takes(self, asked: Mapping[str, Sequence[str]]) -> bool:
        """Whether the server accepts a request with these parameters, as far as is known."""
        size = int(asked.get("per_page", ["1"])[0])
        fits = len(asked.get("field", ())) <= self.most_fields and size <= self.most_rows
        return fits and (self.is_total or len(asked.get("sort", ())) <= 1)


@dataclass
class RowsHandler(SentryErrorHandler):
    """Answer -> what to do with it; what another request, or a smaller one, may get is told by a split."""

    dialect: Dialect = field(default_factory=Dialect)

    @override
    def judge_page(self, response: requests.Response) -> ErrorResolution:
        page = page_of(response)
        if isinstance(page, SentryPage) and not is_whole(page) and not _is_count(page):
            self.runtime.slots.give_back()
            return split(SAMPLED)
        return super().judge_page(response)

    @override
    def judge_shape(self, response: requests.Response) -> ErrorResolution:
        """Servers from before Explore have a plain list of events at the same address."""
        if self._was_read or not response.content.lstrip().startswith(b"["):
            return super().judge_shape(response)
        told = f"stream `{self.name}`: `{self.endpoint}` answered with a list of events. This server has no Explore."
        return skip(f"Skipped: {told}" if self.runtime.refusals.end(self.name) else None)

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        detail, status = errors.detail(response), response.status_code
        if status == HTTPStatus.BAD_REQUEST:
            self.dialect.learn(detail)
            # Of several requests under way at once, only the first tells what was not known
            if not self.dialect.takes(asked_parameters(response)):
                return split(detail)
        # Newer servers tell of a query that takes too long with 429
        is_refused = status in (HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS)
        if is_refused and any(complaint in detail for complaint in TOO_WIDE):
            return split(detail)
        return super().judge_refusal(response)


@dataclass
class AcrossHandler(SentryErrorHandler):
    """Answer to a question about all projects -> no record where the plan has no views across them.

    Where Explore does not find errors, because the server is older or the token may not use it, the question ends.
    """

    @override
    def judge_page(self, response: requests.Response) -> ErrorResolution:
        page = page_of(response)
        if isinstance(page, SentryPage) and not page.envelope:  # a list of events, which this address once had
            page.content.clear()
            self.runtime.refusals.end(self.name)
        return super().judge_page(response)

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        detail, status = errors.detail(response), response.status_code
        if status not in _ABOUT_THE_QUESTION or any(complaint in detail for complaint in TOO_WIDE):
            return super().judge_refusal(response)
        if _ONE_PROJECT not in detail:
            self.runtime.refusals.end(self.name)
        return nothing(detail)


def is_whole(page: SentryPage) -> bool:
    """Whether all rows were looked at: {"dataScanned": "full"}; datasets that are never sampled do not say."""
    meta: Any = page.envelope.get("meta")
    return not isinstance(meta, dict) or meta.get("dataScanned", "full") == "full"


def _is_count(page: SentryPage) -> bool:
    return any(COUNT in row for row in page.content)
