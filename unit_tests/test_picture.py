import re
from pathlib import Path

import duckdb
import pytest

import picture
from unit_tests import browser

TABLES = """
CREATE TABLE projects (id VARCHAR, slug VARCHAR);
CREATE TABLE events ("projectID" VARCHAR, "groupID" VARCHAR, "dateCreated" TIMESTAMPTZ);
CREATE TABLE issues (id VARCHAR, "shortId" VARCHAR, title VARCHAR, project JSON);
CREATE TABLE release_health
    ("projectId" VARCHAR, "intervalStart" TIMESTAMPTZ, release VARCHAR, status VARCHAR, sessions BIGINT);
CREATE TABLE issue_activities ("issueId" VARCHAR, type VARCHAR, "dateCreated" TIMESTAMPTZ);
CREATE TABLE monitors (id VARCHAR, name VARCHAR);
CREATE TABLE monitor_checkins ("monitorId" VARCHAR, status VARCHAR, "dateCreated" TIMESTAMPTZ);
"""
ROWS = """
INSERT INTO projects VALUES ('1', 'backend'), ('2', 'web');
INSERT INTO events VALUES ('1', '10', '2026-11-20T23:59:59Z'), ('1', '10', '2026-11-21T00:00:00Z'),
    ('1', '11', '2026-11-21T05:00:00Z'), ('2', '20', '2026-11-21T06:00:00Z');
INSERT INTO issues VALUES ('10', 'BACKEND-1', 'KeyError: <b>', '{"slug": "backend"}'),
    ('11', 'BACKEND-2', 'OSError: disk', '{"slug": "backend"}'), ('20', 'WEB-1', 'TypeError: null', '{"slug": "web"}');
INSERT INTO release_health VALUES ('1', '2026-11-20T00:00:00Z', 'backend@1', 'healthy', 90),
    ('1', '2026-11-20T00:00:00Z', 'backend@1', 'crashed', 10), ('1', '2026-11-21T00:00:00Z', 'backend@2', 'healthy', 5),
    ('2', '2026-11-21T00:00:00Z', 'web@1', 'healthy', 5), ('2', '2026-11-21T00:00:00Z', 'web@2', 'healthy', 0);
INSERT INTO issue_activities VALUES ('10', 'first_seen', '2026-11-20T00:00:00Z'),
    ('10', 'set_resolved', '2026-11-20T02:00:00Z'), ('10', 'set_regression', '2026-11-21T00:00:00Z'),
    ('10', 'set_resolved_in_release', '2026-11-21T09:00:00Z'), ('20', 'first_seen', '2026-11-21T06:00:00Z');
INSERT INTO monitors VALUES ('a', 'Nightly'), ('b', 'Hourly');
INSERT INTO monitor_checkins VALUES ('a', 'ok', '2026-11-20T00:00:00Z'), ('a', 'missed', '2026-11-21T00:00:00Z'),
    ('b', 'ok', '2026-11-21T01:00:00Z'), ('b', 'error', '2026-11-21T02:00:00Z'), ('b', 'new', '2026-11-20T02:00:00Z'),
    ('b', 'ok', '2026-10-22T02:00:00Z');
"""
MARKS = {"events": 3, "issues": 3, "releases": 3, "resolutions": 2, "checkins": 4}
chromium = pytest.mark.skipif(not browser.CHROMIUM, reason="needs Chromium: `apt install chromium`")


def written(folder: Path, rows: str) -> Path:
    with duckdb.connect(str(folder / "sentry.duckdb")) as database:
        database.execute(TABLES + rows)
    page = folder / "demo.html"
    picture.write(folder / "sentry.duckdb", page)
    return page


def marks(document: str) -> dict[str, int]:
    """How many marks each figure of the document has."""
    drawn = re.sub(r"<script.*?</script>", "", document, flags=re.DOTALL)
    figures = re.findall(r'<section.*?id="(\w+)"(.*?)</section>', drawn, flags=re.DOTALL)
    return {name: figure.count('class="point"') for name, figure in figures}


@chromium
def test_given_tables_when_the_page_is_opened_then_each_figure_has_its_marks_and_the_console_is_silent(
    tmp_path: Path,
) -> None:
    document, console = browser.dump(written(tmp_path, ROWS))

    assert console == ""
    assert marks(document) == MARKS
    assert "Sentry in a warehouse: 4 events of 2 projects" in document
    for text in ("BACKEND-1  KeyError: ", "backend@1", "Nightly", "missed", "unknown", "error"):
        assert f">{text}" in document, text


def test_given_empty_tables_when_the_page_is_written_then_it_has_every_figure(tmp_path: Path) -> None:
    assert marks(written(tmp_path, "").read_text()) == dict.fromkeys(MARKS, 0)


def test_given_a_page_when_looked_through_then_it_loads_nothing(tmp_path: Path) -> None:
    page = written(tmp_path, ROWS).read_text()

    assert set(re.findall(r"<script[^>]*>", page)) == {"<script>"}
    assert re.findall(r"<(?:link|img|iframe)[^>]*>", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)) == [
        '<link rel="icon" href="data:,">'
    ]


@chromium
def test_given_a_page_whose_script_fails_when_opened_then_the_console_tells(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<link rel="icon" href="data:,"><script>draw()</script>')

    assert "draw is not defined" in browser.dump(page)[1]


@chromium
def test_given_a_page_when_pictured_then_there_is_a_small_png(tmp_path: Path) -> None:
    page, made = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text("<h1>Sentry</h1>")

    browser.screenshot(page, made)

    assert made.read_bytes().startswith(b"\x89PNG")
    assert made.stat().st_size < browser.LARGEST
