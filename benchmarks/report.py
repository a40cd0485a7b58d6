"""Tables of the measurements, for the terminal and for benchmarks/results.md."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.chart import CHART, svg
from benchmarks.contenders import OURS, PEER, PEER_BIN
from benchmarks.targets import OF_RECORDS, START, Measure, Results, Verdict, cpu_of_records, verdicts
from benchmarks.workloads import Workload
from sourcewright import distribution

RESULTS: Final = Path(__file__).with_name("results.md")
_COLUMNS: Final = (
    "who",
    "wall s",
    "first record s",
    "CPU s",
    "records",
    "records/s",
    "CPU ms/record",
    "peak MB",
    "output MB",
    "states MB",
    "requests",
    "429",
    "sandbox busy",
)
_VERSIONS: Final = "from importlib.metadata import version as v; print(v('airbyte-source-sentry'), v('airbyte-cdk'))"

_WIDTH: Final = 170

Rows = list[list[str]]


def show(chosen: Sequence[Workload], results: Results, *, keep: bool) -> None:
    """Print the tables; `keep` them in results.md and the chart, or else call them too small to judge by."""
    tables = [(f"{w.key}: {w.title}", list(_COLUMNS), _rows(w.key, results)) for w in chosen]
    targets = ["target", "bound", "value", ""]
    tables.append(
        (
            "Targets" if keep else "Targets (quick: too small to judge by)",
            targets,
            [_verdict(verdict) for verdict in verdicts(results)],
        )
    )
    console = Console(width=_WIDTH)
    for title, columns, rows in tables:
        console.print(_table(title, columns, rows))
    console.print(_circumstances(results))
    if keep:
        with RESULTS.open("a") as file:
            file.write(f"\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{_circumstances(results)}\n")
            file.writelines(f"\n### {title}\n\n{_markdown(columns, rows)}" for title, columns, rows in tables)
        CHART.write_text(svg(RESULTS.read_text()))


def _rows(key: str, results: Results) -> Rows:
    return [_row(key, name, runs, results) for name, runs in results[key].items()]


def _row(key: str, name: str, runs: list[Measure], results: Results) -> list[str]:
    """Medians of a job's runs."""
    usages = [run.usage for run in runs]
    records = usages[0].records
    apart = f"{median(cpu_of_records(results, key, name)):.3f}" if key in OF_RECORDS and name in START else ""
    counted = not key.startswith("E")  # there, several processes serve
    return [
        name,
        f"{median(usage.wall for usage in usages):.2f}",
        f"{median(usage.first or 0 for usage in usages):.2f}" if usages[0].first else "",
        f"{median(usage.cpu for usage in usages):.2f}",
        f"{records:,}",
        f"{median(usage.records / usage.wall for usage in usages):,.0f}" if records else "",
        apart,
        f"{median(usage.rss for usage in usages):.0f}",
        f"{median(usage.output for usage in usages):,.1f}",
        f"{median(usage.states for usage in usages):,.2f}",
        f"{median(run.traffic.requests for run in runs):.0f}" if counted else "",
        f"{median(run.traffic.refused for run in runs):.0f}" if counted else "",
        f"{median(run.busy for run in runs):.0%}",
    ]


def _verdict(verdict: Verdict) -> list[str]:
    word = "" if verdict.bound == "for comparison" else "met" if verdict.met else "missed"
    return [verdict.target, verdict.bound, verdict.value, word]


def _circumstances(results: Results) -> str:
    """Versions, machine, and how often was measured."""
    peer = subprocess.run(  # noqa: S603
        [str(PEER_BIN / "python"), "-c", _VERSIONS], check=True, capture_output=True, text=True, cwd=PEER_BIN
    )
    published, engine = peer.stdout.split()
    times = max(len(runs) for jobs in results.values() for runs in jobs.values())
    served = max(runs[-1].service_rss for jobs in results.values() for runs in jobs.values())
    return (
        f"{OURS} {distribution.version()} on airbyte-cdk {version('airbyte-cdk')}, {PEER} {published} on airbyte-cdk "
        f"{engine}; Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; medians of "
        f"{times} runs (D, E, G and H of one), CPU per record with the start-up taken off, ratios run by run; the "
        f"sandbox took up to {served:,.0f} MB."
    )


def _table(title: str, columns: list[str], rows: Rows) -> Table:
    table = Table(*columns, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(columns: list[str], rows: Rows) -> str:
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
