"""A page of figures, made of the tables that `source-sentry sync` fills."""

from collections.abc import Sequence
from html import escape
from itertools import cycle
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import plotly.graph_objects as go
from plotly.io import to_html

COLOURS: Final = ("#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#76b7b2", "#9c755f", "#edc948", "#ff9da7", "#bab0ac")
CHECK_INS: Final = {
    "ok": "#8cc6a0",
    "in progress": "#c9d3dc",
    "unknown": "#8d99a6",
    "timeout": "#edc948",
    "error": "#f28e2b",
    "missed": "#c0392b",
}
"""What a day of a monitor can be, the best first, and its colour."""
DAYS: Final = 30
HEIGHT: Final = 300
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sentry in a warehouse</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 15px/1.4 system-ui, "DejaVu Sans", sans-serif; color: #222; background: #f4f5f7; margin: 1.2rem; }}
h1 {{ font-size: 1.4rem; margin: 0 0 1rem; }}
main {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(540px, 1fr)); gap: 1rem; }}
section {{ background: #fff; border-radius: 6px; padding: .8rem 1rem; min-width: 0; }}
section.wide {{ grid-column: 1 / -1; }}
h2 {{ font-size: 1.05rem; margin: 0; }}
p {{ color: #666; margin: .1rem 0 .3rem; }}
</style>
</head>
<body>
<h1>Sentry in a warehouse: {events:,} events of {projects} projects</h1>
<main>
{sections}
</main>
</body>
</html>
"""


class View(NamedTuple):
    """A figure, and what a reader sees in it."""

    name: str
    title: str
    note: str
    figure: go.Figure
    wide: bool = False


def write(database: Path, page: Path) -> None:
    """Write the page, complete in itself, of a DuckDB database with the default streams and `issue_activities`."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        ((events, projects),) = _rows(connection, 'SELECT count(*), count(DISTINCT "projectID") FROM events')
        views = [make(connection) for make in (_events, _issues, _releases, _resolutions, _check_ins)]
    sections = "\n".join(_section(view, with_library=not number) for number, view in enumerate(views))
    page.write_text(_PAGE.format(events=events, projects=projects, sections=sections), encoding="utf-8")


def _section(view: View, *, with_library: bool) -> str:
    figure = to_html(
        view.figure,
        full_html=False,
        div_id=view.name,
        include_plotlyjs=with_library,
        config={"displayModeBar": False, "responsive": True},
    )
    kind = ' class="wide"' if view.wide else ""
    return f"<section{kind}><h2>{escape(view.title)}</h2><p>{escape(view.note)}</p>{figure}</section>"


def _events(database: duckdb.DuckDBPyConnection) -> View:
    rows = _rows(
        database,
        """
        SELECT projects.slug, events."dateCreated"::DATE AS day, count(*)
        FROM events JOIN projects ON projects.id = events."projectID" GROUP BY ALL ORDER BY ALL""",
    )
    figure = _figure(barmode="stack", bargap=0.1)
    colours = _colours(database)
    for project, found in _grouped(rows):
        days, counts = zip(*found, strict=True)
        figure.add_bar(name=project, x=days, y=counts, marker_color=colours[project])
    return View("events", "Events by day and project", "A bar is a day (UTC), a colour a project.", figure, wide=True)


def _issues(database: duckdb.DuckDBPyConnection) -> View:
    rows = _rows(
        database,
        """
        SELECT issues."shortId", issues.title, count(*) AS events
        FROM events JOIN issues ON issues.id = events."groupID" GROUP BY ALL ORDER BY events DESC, 1 LIMIT 10""",
    )[::-1]
    figure = _figure()
    names = [f"{short}  {title[:32]}{'…' * (len(title) > 32)}" for short, title, _ in rows]  # noqa: PLR2004 - fits beside the bars
    counts = [count for *_, count in rows]
    figure.add_bar(orientation="h", x=counts, y=names, text=counts, marker_color=COLOURS[0])
    figure.update_xaxes(title_text="events")
    return View("issues", "Issues with most events", "The ten that occurred most often.", figure)


def _releases(database: duckdb.DuckDBPyConnection) -> View:
    rows = _rows(
        database,
        """
        SELECT projects.slug, min("intervalStart")::DATE AS day, release,
            100 - 100 * coalesce(sum(sessions) FILTER (release_health.status = 'crashed'), 0) / sum(sessions)
        FROM release_health JOIN projects ON projects.id = release_health."projectId"
        GROUP BY projects.slug, release HAVING sum(sessions) > 0 ORDER BY ALL""",
    )
    figure = _figure()
    colours = _colours(database)
    for project, releases in _grouped(rows):
        days, versions, shares = zip(*releases, strict=True)
        marker = {"color": colours[project], "size": 9}
        figure.add_scatter(name=project, x=days, y=shares, text=versions, mode="lines+markers", marker=marker)
        figure.data[-1].hovertemplate = "%{text}: %{y:.2f} % crash-free<extra></extra>"
    for _, day, release, share in sorted(rows, key=lambda row: row[3])[:3]:
        figure.add_annotation(x=day, y=share, text=release, showarrow=False, yshift=-13, font_size=11)
    figure.update_yaxes(ticksuffix=" %")
    note = "A point is a release, at its first day. The three worst have their names."
    return View("releases", "Crash-free sessions by release", note, figure)


def _resolutions(database: duckdb.DuckDBPyConnection) -> View:
    rows = _rows(
        database,
        """
        WITH opened AS (
            SELECT "issueId", "dateCreated" AS at FROM issue_activities
            WHERE type IN ('first_seen', 'set_unresolved', 'set_regression')
        ), resolved AS (
            SELECT "issueId", "dateCreated" AS at FROM issue_activities WHERE type LIKE 'set_resolved%'
        ), spans AS (
            SELECT resolved."issueId", date_diff('minute', opened.at, min(resolved.at)) / 60 AS hours
            FROM resolved ASOF JOIN opened ON resolved."issueId" = opened."issueId" AND resolved.at >= opened.at
            GROUP BY resolved."issueId", opened.at
        )
        SELECT issues.project->>'slug', hours FROM spans JOIN issues ON issues.id = spans."issueId" ORDER BY ALL""",
    )
    figure = _figure(showlegend=False)
    colours = _colours(database)
    for project, spans in _grouped(rows):
        hours = [max(span, 1 / 60) for (span,) in spans]
        figure.add_box(name=project, y=hours, marker_color=colours[project], boxpoints="all", jitter=0.6, pointpos=0)
    marks = {1 / 60: "1 min", 1: "1 h", 24: "1 day", 168: "1 week", 720: "30 days"}
    figure.update_yaxes(type="log", tickvals=list(marks), ticktext=list(marks.values()))
    note = "From when the issue was last opened. A point is a resolution, a box their middle half."
    return View("resolutions", "Time to resolve, by project", note, figure)


def _check_ins(database: duckdb.DuckDBPyConnection) -> View:
    states = list(CHECK_INS)
    rows = _rows(
        database,
        """
        WITH days AS (
            SELECT "monitorId", "dateCreated"::DATE AS day, count(*) AS times,
                max(list_position($states, if(list_contains($states, name), name, 'unknown'))) AS worst
            FROM (SELECT *, replace(status, '_', ' ') AS name FROM monitor_checkins)
            WHERE "dateCreated"::DATE > (SELECT max("dateCreated")::DATE FROM monitor_checkins) - $days GROUP BY ALL
        )
        SELECT $states[worst], day, monitors.name, times
        FROM days JOIN monitors ON monitors.id = days."monitorId" ORDER BY worst, 3, 2""",
        {"states": states, "days": DAYS},
    )
    figure = _figure()
    for state, cells in _grouped(rows):
        days, monitors, times = zip(*cells, strict=True)
        marker = {"color": CHECK_INS[state], "size": 11, "symbol": "square"}
        figure.add_scatter(name=state, x=days, y=monitors, text=times, mode="markers", marker=marker)
        figure.data[-1].hovertemplate = f"%{{y}}, %{{x}}: %{{text}} check-ins, worst {state}<extra></extra>"
    figure.update_yaxes(categoryorder="category descending", showgrid=False)
    note = f"A square is a day, in the colour of its worst check-in; the last {DAYS} days."
    return View("checkins", "Check-ins of monitors, by day", note, figure)


def _figure(**layout: Any) -> go.Figure:
    figure = go.Figure(layout={"template": "plotly_white", "height": HEIGHT, **layout})
    figure.update_layout(legend={"orientation": "h", "y": 1.12}, margin={"l": 50, "r": 10, "t": 20, "b": 40})
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure


def _colours(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The colour of each project, the same in every figure."""
    slugs = [slug for (slug,) in _rows(database, "SELECT slug FROM projects ORDER BY slug")]
    return dict(zip(slugs, cycle(COLOURS), strict=False))


def _rows(database: duckdb.DuckDBPyConnection, query: str, values: object = None) -> list[tuple[Any, ...]]:
    return database.execute(query, values).fetchall()


def _grouped(rows: Sequence[tuple[Any, ...]]) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Rows by their first value, in the order in which each comes first."""
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for first, *others in rows:
        groups.setdefault(first, []).append(tuple(others))
    return list(groups.items())
