"""What `make docs` writes is up to date."""

import runpy
from pathlib import Path

import pytest

GENERATE = Path(__file__).parents[1] / "docs" / "generate.py"


def test_given_manifests_when_documents_are_compared_then_none_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert runpy.run_path(str(GENERATE))["main"](check=True) == 0, capsys.readouterr().out


def test_given_document_that_is_stale_when_compared_then_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "old.md"
    cog = '<!-- [[[cog\nimport cog, tables\ncog.out(tables.settings("source_sentry"))\n]]] -->\n<!-- [[[end]]] -->\n'
    document.write_text(cog, encoding="utf-8")
    generated = runpy.run_path(str(GENERATE))
    monkeypatch.setitem(generated["main"].__globals__, "DOCUMENTS", [str(document)])
    assert generated["main"](check=True) != 0
    assert str(document) in capsys.readouterr().out
