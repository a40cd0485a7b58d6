"""What is read: for each workload a sandbox, and the jobs that read it one after the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.contenders import OURS, Contenders, Job, bare_import
from source_sentry import SourceSentry

FULL: Final = 13_000
"""Bytes of a full event: the size of a Python exception with its frames and contexts."""
DEFAULTS: Final = f"{OURS}, default settings"
PROJECT: Final = f"{OURS}, one project"
PROJECT_DEFAULTS: Final = f"{OURS}, one project, default settings"
FEW: Final = f"{OURS}, few records"
MANY: Final = f"{OURS}, many records"
ROWS: Final = f"{OURS}, error_rows"
EVENTS: Final = f"{OURS}, events"
FIRST: Final = f"{OURS}, first sync"
QUIET: Final = f"{OURS}, no news"
PROJECTS: Final = {"H1": 10, "H2": 1_000, "H3": 10_000}
_SOURCE: Final = SourceSentry()
_SELECTED: Final = tuple(
    stream["name"] for stream in _SOURCE.resolved_manifest["streams"] if stream["name"] not in _SOURCE.costly_streams()
)
"""Those that are selected by default."""
_OF_PROJECT: Final = ("events", "issues", "project_details", "releases")
_OF_PEER: Final = ("events", "issues", "project_detail", "releases")
_FAST: Final[Mapping[str, Any]] = {"num_workers": 20, "events_window_days": 1}


@dataclass(frozen=True)
class Workload:
    """A sandbox's options, and what reads it."""

    key: str
    """A letter, which is that of `--only`, and what tells workloads of one letter apart."""
    title: str
    options: dict[str, Any]
    jobs: Callable[[Contenders], list[Job]]
    warm: bool = True
    """Whether an uncounted pass comes first, because the sandbox makes each record only once."""
    once: bool = False
    """Whether one run is enough: it is long, and what is counted does not vary with the machine."""
    of: str = "sentry"
    """Name of the sandbox."""


def workloads(*, quick: bool) -> list[Workload]:
    """All workloads in the order in which they run; `quick` ones only prove that they work."""
    part = 10 if quick else 1
    few, many = (1_000, 10_000) if not quick else (100, 500)
    return [
        _start_up(),
        _events(20_000 // part),
        _events(20_000 // part, gzip=True),
        _issues(20_000 // part),
        _issues(20_000 // part, keys=80),
        _sigma(20_000 // part),
        _latency(4 if quick else 20, 3_000 // part),
        _limits(4 if quick else 20, 600 // part),
        *(
            _memory(key, name, number, 4 if quick else 20)
            for key, name, number in (("E1", FEW, few), ("E2", MANY, many))
        ),
        _rows(4 if quick else 20, 5_000 // (100 if quick else 1)),
        *(_projects(key, number // part) for key, number in PROJECTS.items()),
    ]


def _start_up() -> Workload:
    return Workload(
        "F",
        "start-up: commands from start to end",
        {"projects": 1},
        lambda who: [*who.commands(), bare_import()],
    )


def _events(count: int, *, gzip: bool = False) -> Workload:
    def jobs(who: Contenders) -> list[Job]:
        path = f"projects/acme/{who.project['slug']}/events/"
        return [
            who.floor("events", path, count, full="true"),
            who.ours("events", records=count),
            who.tap("events", records=count),
            who.sync("events", count),
            who.peer("events", records=count),
        ]

    options = {"projects": 1, "events_per_project": count, "event_bytes": FULL, "full_page": 100}
    title = f"{count:,} events of {FULL // 1000} kB, one project"
    if gzip:
        return Workload("AZ", f"{title}, answers in gzip", {**options, "gzip": True}, jobs)
    return Workload("A", title, options, jobs)


def _issues(count: int, keys: int = 0) -> Workload:
    def jobs(who: Contenders) -> list[Job]:
        params = {"project": who.project["id"], "query": "", "sort": "new", "limit": "100"}
        return [
            who.floor("issues", "organizations/acme/issues/", count, **params),
            who.ours("issues", records=count),
            who.tap("issues", records=count),
            who.sync("issues", count),
            who.peer("issues", records=count),
        ]

    options = {"projects": 1, "events_per_project": count, "issues_per_project": count, "issue_keys": keys}
    title = f"{count:,} issues, one project"
    return (
        Workload("BK", f"{title}, {keys} small keys more", options, jobs)
        if keys
        else Workload("B", title, options, jobs)
    )


def _sigma(files: int) -> Workload:
    streams = ("files", "workbooks", "workbook_pages")
    return Workload(
        "S",
        f"Sigma: {files:,} files, {files // 100:,} workbooks with 20 pages each",
        {"files": files, "workbooks": files // 100, "rows": 20, "mints_a_second": 0},
        lambda who: [who.ours(*streams), who.tap(*streams)],
        of="sigma",
    )


def _projects(key: str, projects: int) -> Workload:
    streams = ("events",)

    def jobs(who: Contenders) -> list[Job]:
        return [who.ours(*streams, name=FIRST), who.again(*streams, name=QUIET)]

    options = {
        "projects": projects,
        "events_per_project": 4,
        "issues_per_project": 1,
        "global_views": True,
        "event_bytes": FULL,
        "full_page": 100,
    }
    title = f"{projects:,} projects with 4 events of {FULL // 1000} kB each: first sync, and one without news"
    return Workload(key, title, options, jobs, warm=False, once=True)


def _latency(projects: int, events: int) -> Workload:
    def jobs(who: Contenders) -> list[Job]:
        one: dict[str, Any] = {"projects": [who.project["slug"]]}
        return [
            who.ours(*_SELECTED, **_FAST),
            who.ours(*_SELECTED, name=DEFAULTS),
            who.ours(*_OF_PROJECT, name=PROJECT, **one, **_FAST),
            who.ours(*_OF_PROJECT, name=PROJECT_DEFAULTS, **one),
            who.peer(*_OF_PEER),
        ]

    options = {"projects": projects, "events_per_project": events, "latency_ms": 100}
    title = f"organization of {projects} projects with {events:,} events each, every answer after 100 ms, no limits"
    return Workload("C", title, options, jobs, warm=False)


def _limits(projects: int, events: int) -> Workload:
    def jobs(who: Contenders) -> list[Job]:
        return [who.ours(*_SELECTED, full_events=False, num_workers=20), who.peer(*_OF_PEER)]

    options = {
        "projects": projects,
        "events_per_project": events,
        "latency_ms": 100,
        "limits": "saas",
        "time_scale": 0.1,
    }
    title = f"organization of {projects} projects with {events:,} events each, SaaS limits, a tenth in time and count"
    return Workload("D", title, options, jobs, warm=False, once=True)


def _memory(key: str, name: str, events: int, projects: int) -> Workload:
    def jobs(who: Contenders) -> list[Job]:
        return [who.ours("events", name=name, records=projects * events, num_workers=20)]

    options = {
        "projects": projects,
        "events_per_project": events,
        "event_bytes": FULL,
        "full_page": 100,
        "workers": 2,
    }
    title = f"{projects * events:,} events of {FULL // 1000} kB from {projects} projects, 20 workers"
    return Workload(key, title, options, jobs, warm=False, once=True)


def _rows(projects: int, events: int) -> Workload:
    def jobs(who: Contenders) -> list[Job]:
        # The newest ten minutes count too, because the sandbox's clock stands still
        settings: dict[str, Any] = {"full_events": False, "num_workers": 20, "rows_lag_minutes": 0}
        return [
            who.ours("error_rows", name=ROWS, records=projects * events, **settings),
            who.ours("events", name=EVENTS, records=projects * events, **settings),
        ]

    options = {
        "projects": projects,
        "events_per_project": events,
        "latency_ms": 100,
        "limits": "saas",
        "time_scale": 0.1,
        "global_views": True,
    }
    title = f"{projects * events:,} errors of {projects} projects, SaaS limits in windows of 6 s instead of 60 s"
    return Workload("G", title, options, jobs, warm=False, once=True)
