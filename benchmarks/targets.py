"""The targets, and what the measurements say of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.contenders import FLOOR, NOTHING, OURS, PEER, TAP
from benchmarks.process import Usage
from benchmarks.service import Traffic
from benchmarks.workloads import EVENTS, FEW, MANY, PROJECT, PROJECT_DEFAULTS, ROWS

START: Final = {OURS: f"{OURS}: {NOTHING}", PEER: f"{PEER}: {NOTHING}", FLOOR: f"{FLOOR}: imports"}


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
    found: list[Verdict] = []
    for workload, of_floor in (("A", 1.5), ("B", 2.5)):
        if workload in results:
            kind = {"A": "events", "B": "issues"}[workload]
            for other, bound in ((PEER, 0.4), (FLOOR, of_floor)):
                found.append(_cpu(results, workload, other, f"CPU per record on {kind}, of the {other}'s", bound))
    if "A" in results:
        pairs = zip(results["A"][OURS], results["A"][TAP], strict=True)
        share = median(ours.usage.wall / tap.usage.wall for ours, tap in pairs)
        found.append(Verdict("records/s of tap-sentry, of source-sentry's", ">= 60 %", f"{share:.0%}", share >= 0.6))  # noqa: PLR2004
    if "C" in results:
        found += [_faster(results, PROJECT, 8), _faster(results, PROJECT_DEFAULTS, None)]
    if "D" in results:
        found += _limits(results)
    if "E1" in results and "E2" in results:
        found += _memory(results)
    if "G" in results:
        found += _rows(results)
    return found


def _cpu(results: Results, workload: str, other: str, text: str, bound: float) -> Verdict:
    pairs = zip(cpu_of_records(results, workload, OURS), cpu_of_records(results, workload, other), strict=True)
    ratio = median(ours / theirs for ours, theirs in pairs)
    return Verdict(text, f"<= {bound}", f"{ratio:.3f}", ratio <= bound)


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
