"""The chart of the benchmark's results."""

import re

from benchmarks.chart import svg

TABLE = """
### {key}: {title}

| who | CPU s | CPU ms/record |
| --- | ---: | ---: |
| floor | 1.0 | {floor} |
| connector | 1.0 | {ours} |
| connector, first sync | 1.0 |  |
| published | 1.0 | {peer} |
"""


def bars(results: str) -> list[tuple[float, str]]:
    """(width, text) of each bar."""
    found = re.findall(r'<rect x="240".* width="([\d.]+)".*/>\n<text x="[\d.]+" y="\d+">([\d.]+)</text>', svg(results))
    return [(float(width), text) for width, text in found]


def test_given_results_when_drawn_then_each_bar_is_a_multiple_of_the_floor() -> None:
    table = TABLE.format(key="A", title="events", floor="0.10", ours="0.05", peer="0.40")
    assert bars(table) == [(115.0, "1.00"), (57.5, "0.50"), (460.0, "4.00")]


def test_given_two_runs_when_drawn_then_the_last_one_counts() -> None:
    old = TABLE.format(key="A", title="events", floor="0.10", ours="0.40", peer="0.80")
    new = TABLE.format(key="A", title="events", floor="0.10", ours="0.05", peer="0.20")
    assert [text for _, text in bars(old + new)] == ["1.00", "0.50", "2.00"]


def test_given_a_run_of_other_workloads_when_drawn_then_they_have_no_bars() -> None:
    events = TABLE.format(key="AZ", title="events in gzip", floor="0.20", ours="0.10", peer="0.40")
    others = TABLE.format(key="E1", title="events of projects", floor="9", ours="9", peer="9")
    assert [text for _, text in bars(events + others)] == ["1.00", "0.50", "2.00"]
