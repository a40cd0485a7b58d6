"""docs/using.md shows what its commands print."""

import shutil
from pathlib import Path

import pytest

from unit_tests.documentation import PAGE, run_page, shell

MISSING = [command for command in ("bash", "curl", "jq") if shutil.which(command) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"the guide's commands need {', '.join(MISSING)}")


def test_given_the_guide_when_its_commands_run_then_they_print_what_it_shows(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    with shell(tmp_path) as session:
        assert run_page(page, session) == page


def test_given_a_wrong_output_when_the_page_runs_then_it_is_replaced_by_the_real_one(tmp_path: Path) -> None:
    page = "```console\n$ echo one\ntwo\n$ echo 'a long line'\na ... line\n```\n"
    with shell(tmp_path) as session:
        assert run_page(page, session) == page.replace("two", "one")
