"""Files and classes that the documents for developers name exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("CONTRIBUTING.md", "docs/behaviour.md", "docs/engine.md", "docs/performance.md", "docs/singer-sdk.md")
OURS = ("sourcewright", "source_sentry", "source_sigma", "sandbox", "unit_tests", "integration_tests", "docs")
ENGINES = {"YamlDeclarativeSource", "ModelToComponentFactory", "ConcurrentPerPartitionCursor", "HttpRequester"}
ENGINES |= {"HttpClient", "CursorPagination", "CheckStream", "RemoveFields", "HTTPAPIBudget"}
"""Classes of the engine that the documents speak of."""


@cache
def files() -> list[str]:
    """Paths of the repository: what stands at its root, and all below the packages."""
    below = [path for package in (*OURS, "benchmarks", "examples") for path in (ROOT / package).rglob("*.*")]
    return [str(path.relative_to(ROOT)) for path in [*ROOT.iterdir(), *below]]


@cache
def classes() -> set[str]:
    paths = [path for package in OURS for path in (ROOT / package).rglob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def unknown_names(text: str) -> list[str]:
    """Names in backticks that look like a path or a class and are none."""
    named = re.findall(r"`([^`\s]+)`", text)
    paths = [name for name in named if re.fullmatch(r"[\w./]*\.(py|yaml|md)", name) and "*" not in name]
    gone = [name for name in paths if not any(f"/{path}".endswith(f"/{name}") for path in files())]
    types = [name for name in named if re.fullmatch(r"(?:[A-Z][a-z]+){2,}", name) and name != "ConcurrentLimit"]
    return [*gone, *(name for name in types if name not in classes() | ENGINES)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_given_document_when_read_then_the_files_and_classes_that_it_names_exist(document: str) -> None:
    assert unknown_names((ROOT / document).read_text(encoding="utf-8")) == []


def test_given_names_that_do_not_exist_when_read_then_they_are_found() -> None:
    assert unknown_names("`RateLimiter` of `no_such_file.py`, once `SharedPatience`") == [
        "no_such_file.py",
        "SharedPatience",
    ]
