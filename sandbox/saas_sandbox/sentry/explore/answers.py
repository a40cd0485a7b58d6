"""Answers of Explore."""

from typing import Final, NamedTuple

import orjson

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.common.errors import ApiError
from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.call import Call, Window
from saas_sandbox.sentry.errors import bad_request
from saas_sandbox.sentry.explore import flex
from saas_sandbox.sentry.explore.columns import Column
from saas_sandbox.sentry.explore.datasets import DEFAULT, asked
from saas_sandbox.sentry.explore.groups import grouped
from saas_sandbox.sentry.explore.question import ACCURATE, FLEX, Question
from saas_sandbox.sentry.explore.rows import ordered
from saas_sandbox.sentry.explore.sources import EIGHTH, Source, count
from saas_sandbox.sentry.paging import Cursor, Page, absolute
from saas_sandbox.sentry.world import Project

_LONG: Final = 4 * 3600  # seconds; shorter windows are never sampled for their size
_SEVERAL: Final = "You cannot view events from multiple projects."
_TIMEOUTS: Final = {
    "400": "Query timeout. Please try again. If the problem persists try a smaller date range or fewer projects.",
    "429": "Query rate limit exceeded. Please try a smaller date range or fewer projects.",
}


class Scan(NamedTuple):
    """What is looked at: rows of projects in a window, and whether they are but an eighth of all."""

    sources: list[Source]
    window: Window
    partial: bool


def explore(call: Call, _: Record) -> Reply:
    """Answer with the rows of a dataset in a window, or with what is counted of them."""
    dataset, projects = asked(call), call.projects_asked()
    if not projects:
        return json_reply({"data": [], "meta": {"tips": {}}})
    if len(projects) > 1 and not call.settings.global_views:
        raise bad_request(_SEVERAL)
    question = Question.of(call, dataset)
    scan = _scan(call, question, projects)
    return _by_key(call, question, scan) if question.sampling == FLEX else _by_number(call, question, scan)


def _scan(call: Call, question: Question, projects: list[Project]) -> Scan:
    """Find the rows; where the server would not come to an end, 400 or 429."""
    dataset, settings, window = question.dataset, call.settings, call.search_window()
    rows = count((source for project in projects for source in dataset.sources(call, project)), *window)
    if settings.timeout_rows and rows > settings.timeout_rows and question.sampling != FLEX:
        raise ApiError(int(settings.timeout), {"detail": _TIMEOUTS[settings.timeout]})
    partial = dataset.sampled and _is_sampled(call, question, window, rows)
    found = [dataset.sources(call, project, question.terms, partial=partial) for project in projects]
    return Scan([source for sources in found for source in sources], window, partial)


def _is_sampled(call: Call, question: Question, window: Window, rows: int) -> bool:
    """Whether an eighth is read: the window begins before the retention, or is long and holds too much."""
    oldest = (call.now - (call.settings.explore_retention_days + 1) * DAY) // SECOND
    is_much = window.end - window.start >= _LONG and rows > call.settings.scan_rows
    return window.start < oldest or (is_much and question.sampling not in ACCURATE)


def _by_number(call: Call, question: Question, scan: Scan) -> Reply:
    cap, cursor = call.settings.explore_cap, call.cursor()
    if cap and not question.aggregates and (cursor.offset if cursor else 0) + question.limit > cap:
        raise bad_request(f"Cannot page beyond {cap} rows.")
    if question.aggregates:
        groups = grouped(question, scan.sources, scan.window, weight=EIGHTH if scan.partial else 1)
        page = call.page(absolute, len(groups), question.limit)
        rows = groups[page.start : page.stop]
    else:
        page = call.page(absolute, count(scan.sources, *scan.window), question.limit)
        rows = question.records(ordered(scan.sources, scan.window, question, page.start, page.stop))
    return call.linked(_body(call, question, rows, scan), None if call.one("noPagination") else page, {})


def _by_key(call: Call, question: Question, scan: Scan) -> Reply:
    question = flex.sorted_by_key(question)
    places, following = flex.step(call, question, scan.sources, scan.window)
    token = call.one("cursor") if call.fault == "repeat_cursor" else str(following or flex.Token(scan.window.start, []))
    before, behind = Cursor(is_prev=True), Cursor()
    tokens = {before: str(flex.Token(scan.window.end, [])), behind: token or ""}
    page = Page(0, len(places), before, has_previous=False, next=behind, has_next=following is not None)
    return call.linked(_body(call, question, question.records(places), scan), page, {}, tokens.__getitem__)


def _body(call: Call, question: Question, rows: list[Record], scan: Scan) -> bytes:
    counted = Column("integer", len)
    columns = {name: question.columns.get(name, counted) for name in question.fields}
    scanned = {"dataScanned": "partial" if scan.partial else "full", "bytesScanned": 1024}
    meta = {
        "fields": {name: column.kind for name, column in columns.items()},
        "units": {name: column.unit for name, column in columns.items()},
        "isMetricsData": False,
        "isMetricsExtractedData": False,
        "tips": {},
        "datasetReason": "unchanged",
        "dataset": call.one("dataset") or DEFAULT,
        **(scanned if question.dataset.sampled else {}),
    }
    return orjson.dumps({"data": rows, "meta": meta})
