"""The targets, and what the measurements say of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Final

from benchmarks.contenders import FLOOR, NOTHING, OURS, PEER, SYNC, TAP
from benchmarks.process import Usage
from benchmarks.service import Traffic
from benchmarks.workloads import EVENTS, FEW, FIRST, MANY, PROJECT, PROJECT_DEFAULTS, PROJECTS, QUIET, ROWS

START: Final = {
    OURS: f"{OURS}: {NOTHING}",
    TAP: f"{TAP}: {NOTHING}",
    SYNC: f"{OURS}: {NOTHING}",
    PEER: f"{PEER}: {NOTHING}",
    FLOOR: f"{FLOOR}: imports",
}
"""What each does besides reading."""
OF_RECORDS: Final = {"A": "events", "AZ": "events in gzip", "B": "issues", "BK": "issues with more keys"}
"""Workloads in which all read the same."""
_BOUNDS: Final = {"A": {PEER: 0.15, FLOOR: 0.6, TAP: 1.1}, "B": {PEER: 0.4, FLOOR: 1.3, TAP: 1.1}}
_SECONDS: Final = {"--version": 0.3, "spec": 0.3, "discover": 0.6, "check": 0.9, NOTHING: 0.9}


@dataclass(frozen=True)
class Measure:
    """One run of a job."""

    usage: Usage
    traffic: Traffic
    busy: float
    """Part of the wall time for which the sandbox had a processor; 1 would mean that it is the bottleneck."""
    service_rss: float
    """Most memory of the sandbox so far, in MB."""


Results = Mapping[str, Mapping[str, list[Measure]]]
"""By workload and job, the runs in order."""


@dataclass(frozen=True)
class Verdict:
    """A target and the value found; None where it was not measured."""

    target: str
    bound: str
    value: str
    met: bool


def cpu_of_records(results: Results, workload: str, name: str) -> list[float]:
    """Processor time per record of each run, in ms, start-up apart."""
    start_up = median(run.usage.cpu for run in results["F"][START[name]])
    return [1000 * (run.usage.cpu - start_up) / run.usage.records for run in results[workload][name]]


def verdicts(results: Results) -> list[Verdict]:
    """All targets whose workloads were measured."""
    return [verdict for needed, find in _GROUPS.items() if set(needed) <= set(results) for verdict in find(results)] + [
        verdict
        for workload, kind in OF_RECORDS.items()
        if workload in results
        for verdict in _cpu(results, workload, kind)
    ]


def _start(results: Results) -> list[Verdict]:
    found = []
    for command, bound in _SECONDS.items():
        seconds = median(run.usage.wall for run in results["F"][f"{OURS}: {command}"])
        found.append(Verdict(f"start-up: {command}", f"<= {bound} s", f"{seconds:.2f} s", seconds <= bound))
    return found


def _cpu(results: Results, workload: str, kind: str) -> list[Verdict]:
    """What a record costs beside the others, and what the tap and `sync` add to it."""
    bounds, per_record = _BOUNDS.get(workload, {}), partial(cpu_of_records, results, workload)
    of_ours = [
        _ratio(f"CPU per record on {kind}, of the {other}'s", per_record(OURS), per_record(other), bounds.get(other))
        for other in (PEER, FLOOR)
    ]
    return [
        *of_ours,
        _ratio(f"CPU per record on {kind}, tap / source", per_record(TAP), per_record(OURS), bounds.get(TAP)),
        _ratio(f"CPU per record on {kind}, sync / read", per_record(SYNC), per_record(OURS), None),
    ]


def _ratio(text: str, ones: list[float], others: list[float], bound: float | None) -> Verdict:
    ratio = median(one / other for one, other in zip(ones, others, strict=True))
    return Verdict(text, f"<= {bound}" if bound else "for comparison", f"{ratio:.3f}", bound is None or ratio <= bound)


def _tap(results: Results) -> list[Verdict]:
    pairs = zip(results["A"][OURS], results["A"][TAP], strict=True)
    share = median(ours.usage.wall / tap.usage.wall for ours, tap in pairs)
    return [Verdict("records/s of tap-sentry, of source-sentry's", ">= 60 %", f"{share:.0%}", share >= 0.6)]  # noqa: PLR2004


def _sigma(results: Results) -> list[Verdict]:
    tap, ours = ([run.usage.cpu for run in results["S"][name]] for name in (TAP, OURS))
    return [_ratio("CPU of tap-sigma / source-sigma, start-up included", tap, ours, None)]


def _latency(results: Results) -> list[Verdict]:
    seconds = median(run.usage.first or 0 for run in results["C"][PROJECT])
    return [
        _faster(results, PROJECT, 8),
        _faster(results, PROJECT_DEFAULTS, None),
        Verdict("first record at 100 ms an answer, one project", "for comparison", f"{seconds:.2f} s", met=True),
    ]


def _faster(results: Results, name: str, bound: float | None) -> Verdict:
    pairs = zip(results["C"][name], results["C"][PEER], strict=True)
    ratio = median(theirs.usage.wall / ours.usage.wall for ours, theirs in pairs)
    text = f"wall time with latency, published / {name}"
    return Verdict(text, f">= {bound}" if bound else "for comparison", f"{ratio:.1f}", ratio >= (bound or 0))


def _limits(results: Results) -> list[Verdict]:
    runs = results["D"][OURS]
    share = median(run.traffic.share or 0 for run in runs)
    return [
        Verdict("budget of the events used, up to the last window", ">= 95 %", f"{share:.1%}", share >= 0.95),  # noqa: PLR2004
        _refused("answers that are 429", runs),
    ]


def _memory(results: Results) -> list[Verdict]:
    few, many = (median(run.usage.rss for run in results[w][n]) for w, n in (("E1", FEW), ("E2", MANY)))
    growth = many / few - 1
    return [
        Verdict("most memory, 20 workers, many records", "< 250 MB", f"{many:.0f} MB", many < 250),  # noqa: PLR2004
        Verdict("memory at many records against few", "+-10 %", f"{growth:+.0%}", abs(growth) <= 0.1),  # noqa: PLR2004
    ]


def _rows(results: Results) -> list[Verdict]:
    rows, events = results["G"][ROWS], results["G"][EVENTS]
    of_rows, of_events = _a_minute(rows), _a_minute(events)
    return [
        Verdict("rows a minute of `error_rows`", "for comparison", f"{of_rows:,.0f}", met=True),
        Verdict("rows a minute of `events`", "for comparison", f"{of_events:,.0f}", met=True),
        Verdict(
            "rows a minute, `error_rows` / `events`", ">= 25", f"{of_rows / of_events:.1f}", of_rows >= 25 * of_events
        ),
        _refused("answers to `error_rows` that are 429", rows),
        _refused("answers to `events` that are 429", events),
    ]


def _a_minute(runs: list[Measure]) -> float:
    return median(60 * run.usage.records / run.usage.wall for run in runs)


def _refused(text: str, runs: list[Measure]) -> Verdict:
    share = median(run.traffic.refused / run.traffic.requests for run in runs)
    return Verdict(text, "< 1 %", f"{share:.2%}", share < 0.01)  # noqa: PLR2004


def _projects(results: Results) -> list[Verdict]:
    """What thousands of projects cost that say nothing: memory, states, requests."""
    most = results["H3"][FIRST] + results["H3"][QUIET]
    memory = max(run.usage.rss for run in most)
    states = median(run.usage.states / run.usage.output for run in results["H3"][FIRST])
    asked = {key: median(run.traffic.requests for run in results[key][QUIET]) for key in PROJECTS}
    every = ", ".join(f"{count:,.0f}" for count in asked.values())
    return [
        Verdict("most memory at 10,000 projects", "< 150 MB", f"{memory:.0f} MB", memory < 150),  # noqa: PLR2004
        Verdict("states of 10,000 projects, of all output", "< 1 %", f"{states:.2%}", states < 0.01),  # noqa: PLR2004
        Verdict("requests without news, 1,000 projects", "<= 20", f"{asked['H2']:,.0f}", asked["H2"] <= 20),  # noqa: PLR2004
        Verdict("requests without news, 10, 1,000 and 10,000 projects", "for comparison", every, met=True),
    ]


_GROUPS: Final[Mapping[tuple[str, ...], Callable[[Results], list[Verdict]]]] = {
    ("F",): _start,
    ("A",): _tap,
    ("C",): _latency,
    ("D",): _limits,
    ("E1", "E2"): _memory,
    ("G",): _rows,
    tuple(PROJECTS): _projects,
    ("S",): _sigma,
}
"""By the workloads that are needed."""
