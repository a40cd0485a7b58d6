"""docs/queries.md shows what its queries return."""

from pathlib import Path

from unit_tests.documentation import run_page, shell
from unit_tests.queries import PAGE, fill


def test_given_the_queries_when_run_on_tables_of_a_sandbox_then_they_return_what_the_page_shows(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    with shell(tmp_path) as session:
        fill(session)
        assert run_page(page, session) == page
