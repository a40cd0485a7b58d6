"""`python -m benchmarks`: runs the workloads in turn, so that a noisy moment of the machine affects all of them."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.contenders import PEER_BIN, Contenders, Job
from benchmarks.process import BenchmarkError, run
from benchmarks.report import show
from benchmarks.service import Service, sandbox
from benchmarks.targets import Measure
from benchmarks.workloads import Workload, workloads

_log = Console(stderr=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; 1 when a run failed or read another number of records than it should."""
    options = _parser().parse_args(arguments)
    if not (PEER_BIN / "source-sentry").exists():
        _log.print(f"The published connector is not installed in {PEER_BIN.parent.name}: `make bench` does it.")
        return 1
    chosen = _chosen(options.only, quick=options.quick)
    results: dict[str, dict[str, list[Measure]]] = {workload.key: {} for workload in chosen}
    runs = 1 if options.quick else options.runs
    try:
        _measure([workload for workload in chosen if not workload.once], runs, results)
        for workload in chosen:
            if workload.once:
                _measure([workload], 1, results)
    except BenchmarkError as error:
        _log.print(str(error), style="red", markup=False)
        return 1
    show(chosen, results, keep=not options.quick)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="letters of the workloads to run, such as A,B; all by default")
    parser.add_argument("--runs", type=int, default=5, help="how often to run each (default: 5); D, E, G, H once")
    parser.add_argument("--quick", action="store_true", help="small and once, to see that it works; keeps no results")
    return parser


def _chosen(only: str, *, quick: bool) -> list[Workload]:
    """The requested workloads. A and B bring F along, because their figures need the start-up's."""
    letters = set(only.upper().split(",")) if only else set("ABCDEFGHS")
    if letters & set("AB"):
        letters.add("F")
    return [workload for workload in workloads(quick=quick) if workload.key[0] in letters]


def _measure(chosen: Sequence[Workload], runs: int, results: dict[str, dict[str, list[Measure]]]) -> None:
    """Run the workloads in turn, `runs` times, beside their sandboxes."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with ExitStack() as stack:
        ready = [(workload, *_prepare(workload, now, stack)) for workload in chosen]
        for number in range(1, runs + 1):
            for workload, service, jobs in ready:
                for job in jobs:
                    measure = _run(service, job)
                    results[workload.key].setdefault(job.name, []).append(measure)
                    _log.print(_line(number, workload, job, measure), highlight=False, soft_wrap=True)


def _prepare(workload: Workload, now: str, stack: ExitStack) -> tuple[Service, list[Job]]:
    """Start the sandbox, and let it make the records that it makes only once."""
    service = stack.enter_context(sandbox(workload.of, now, **workload.options))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    jobs = workload.jobs(Contenders(service, folder))
    if workload.warm:
        for job in jobs:
            run(job.command)
    return service, jobs


def _run(service: Service, job: Job) -> Measure:
    service.reset()
    before = service.cpu()
    usage = run(job.command)
    busy = (service.cpu() - before) / usage.wall
    if job.records not in (None, usage.records):
        raise BenchmarkError(f"{job.name} read {usage.records:,} records instead of {job.records:,}.")
    return Measure(usage, service.traffic(), busy, service.rss())


def _line(number: int, workload: Workload, job: Job, measure: Measure) -> str:
    usage, traffic = measure.usage, measure.traffic
    share = "" if traffic.share is None else f", {traffic.share:.1%} of the budget"
    return (
        f"run {number}, {workload.key}, {job.name}: {usage.wall:.2f} s, CPU {usage.cpu:.2f} s, {usage.rss:.0f} MB, "
        f"{usage.records:,} records, {traffic.requests:,} requests, {traffic.refused} of them refused{share}"
    )


if __name__ == "__main__":
    sys.exit(main())
