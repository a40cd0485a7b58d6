"""The chart of docs/performance.md: what a record costs, as a multiple of the floor's CPU, by the latest results.

`make bench` and `make docs` write it. A library that draws would be larger than all that is drawn here.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.contenders import FLOOR, OURS, PEER, SYNC, TAP
from benchmarks.targets import OF_RECORDS

CHART: Final = Path(__file__).parents[1] / "docs" / "performance.svg"
_COLOURS: Final = {FLOOR: "#9ca3af", OURS: "#4f46e5", TAP: "#818cf8", SYNC: "#c7d2fe", PEER: "#f59e0b"}
_WIDTH: Final = 760
_LEFT: Final = 240
"""Where the bars begin."""
_BARS: Final = 460
_ROW: Final = 18
_GROUP: Final = 10
"""Room between the groups of bars, in pixels as all of these."""
_TOP: Final = 40


def svg(results: str) -> str:
    """SVG text of a chart of the Markdown `results`."""
    groups = {kind: costs for key, kind in OF_RECORDS.items() if (costs := _latest(results, key))}
    most = max(cost / costs[FLOOR] for costs in groups.values() for cost in costs.values())
    lines, y = [f'<text x="0" y="18" font-weight="bold">{_TITLE}</text>'], _TOP
    for kind, costs in groups.items():
        lines.append(f'<text x="0" y="{y + 12}">{kind}</text>')
        for name, cost in costs.items():
            ratio = cost / costs[FLOOR]
            width = _BARS * ratio / most
            lines += [
                f'<text x="{_LEFT - 6}" y="{y + 12}" text-anchor="end">{_SHORT.get(name, name)}</text>',
                f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_ROW - 4}" fill="{_COLOURS[name]}"/>',
                f'<text x="{_LEFT + width + 6:.1f}" y="{y + 12}">{ratio:.2f}</text>',
            ]
            y += _ROW
        y += _GROUP
    return _PAGE.format(width=_WIDTH, height=y, lines="\n".join(lines))


def _latest(results: str, key: str) -> dict[str, float]:
    """CPU per record of each contender in the last table of a workload: {"floor": 0.071, …}; nothing without one."""
    tables = re.findall(rf"^### {key}: .*\n\n((?:\|.*\n)+)", results, flags=re.MULTILINE)
    costs = dict(_costs(tables[-1])) if tables else {}
    return {name: costs[name] for name in _COLOURS if name in costs} if FLOOR in costs else {}


def _costs(table: str) -> Iterator[tuple[str, float]]:
    columns, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    place = columns.index("CPU ms/record")
    return ((row[0], float(row[place])) for row in rows if row[place])


_TITLE: Final = "CPU per record, start-up apart; the floor is 1"
_SHORT: Final = {OURS: "source-sentry", TAP: "tap-sentry", SYNC: "sync into DuckDB"}
_PAGE: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
{lines}
</svg>
"""
