"""The datasets: columns, page sizes, and where the rows come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.common.errors import ApiError
from saas_sandbox.sentry.call import PAGE, Call, Window
from saas_sandbox.sentry.data.items import Burst, Items
from saas_sandbox.sentry.data.timeline import HISTORY_DAYS
from saas_sandbox.sentry.data.words import EMPTY_SLUG, QUIET_SLUG
from saas_sandbox.sentry.errors import bad_request
from saas_sandbox.sentry.explore.columns import (
    ERRORS,
    LOGS,
    SPANS,
    TRACE_METRICS,
    UPTIME_RESULTS,
    Column,
    Columns,
    tag_column,
)
from saas_sandbox.sentry.explore.search import Term
from saas_sandbox.sentry.explore.sources import EIGHTH, Errors, Made, Part, Source
from saas_sandbox.sentry.world import Project

_LARGE: Final = 9999
_EARLY, _LATE = tuple(range(EIGHTH - 1)), (EIGHTH - 1,)  # remainders of rows that come at once, and late


@dataclass(frozen=True)
class Dataset:
    """Rows of one kind, of which a page has `most` at most; of `sampled` ones only a part may be read."""

    name: str
    columns: Columns
    most: int = PAGE
    sampled: bool = False

    def column(self, name: str) -> Column:
        """Return a column, also of a tag that nothing has; 400 for what cannot be a name."""
        column = self.columns.get(name) or tag_column(name)
        if column is None:
            raise bad_request(f"Invalid characters in field {name}")
        return column

    def sources(
        self, call: Call, project: Project, terms: tuple[Term, ...] = (), *, partial: bool = False
    ) -> list[Source]:
        """Return those rows of a project that have arrived and that the terms admit; of them an eighth, or all."""
        found, late = self._all(call, project), call.settings.late_seconds
        if partial:
            return [Part(source, terms, (0,)) for source in found]
        if late:
            until = call.now // SECOND - late
            return [
                part for source in found for part in (Part(source, terms, _EARLY), Part(source, terms, _LATE, until))
            ]
        return [Part(source, terms) for source in found] if terms else found

    def _all(self, call: Call, project: Project) -> list[Source]:
        if self.columns is ERRORS:
            return [Errors(project)]
        world, settings = call.world, call.settings
        if world.counts.odd_projects and project.slug in (QUIET_SLUG, EMPTY_SLUG):
            return []
        seed, begin = f"{settings.seed}:{project.slug}:{self.name}", world.anchor - HISTORY_DAYS * DAY
        items = [
            Items(seed, begin // SECOND, settings.items_per_day),
            Burst(f"{seed}:burst", (world.anchor - DAY) // SECOND, settings.burst),
        ]
        return [Made(world, project, kind) for kind in items if kind.per_day]

    def readable(self, call: Call) -> Window:
        """Return the window of all rows that can be read in full."""
        window = call.readable()
        days = call.settings.explore_retention_days if self.sampled else 0
        return Window(max(window.start, (call.now - days * DAY) // SECOND), window.end) if days else window


_ERRORS: Final = Dataset("errors", ERRORS)
_LOGS: Final = Dataset("logs", LOGS, most=_LARGE, sampled=True)
DATASETS: Final = {
    "discover": _ERRORS,
    "errors": _ERRORS,
    "logs": _LOGS,
    "ourlogs": _LOGS,
    "spans": Dataset("spans", SPANS, sampled=True),
    "tracemetrics": Dataset("tracemetrics", TRACE_METRICS, most=_LARGE, sampled=True),
    "uptime_results": Dataset("uptime_results", UPTIME_RESULTS),
}
DEFAULT: Final = "discover"


def asked(call: Call) -> Dataset:
    """Return the dataset of a request: 400 for one that the server does not know, 404 for one that the plan lacks."""
    name = call.one("dataset") or DEFAULT
    known = [one for one, row in DATASETS.items() if row.name not in call.settings.unknown_datasets]
    if name not in known:
        raise bad_request(f"dataset must be one of: {', '.join(known)}")
    if DATASETS[name].name in call.settings.missing_datasets:
        raise ApiError(404, None)
    return DATASETS[name]


def every(call: Call, name: str, column: str = "id", keep: str = "") -> Sequence[str]:
    """Return a column of every row that can be read in full; `keep` names one that must be true."""
    dataset = DATASETS[name]
    if dataset.name in (*call.settings.missing_datasets, *call.settings.unknown_datasets):
        return []
    window, value = dataset.readable(call), dataset.column(column).value
    found = [
        source.made_of(row)
        for project in call.visible()
        for source in dataset.sources(call, project)
        for row in source.rows(*window)
    ]
    return [str(value(made)) for made in found if not keep or dataset.column(keep).value(made)]
