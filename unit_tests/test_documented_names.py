"""The files, classes and constants that the developers' documents name exist."""

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import airbyte_cdk
import pytest
import singer_sdk

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = (
    "CONTRIBUTING.md",
    "docs/behaviour.md",
    "docs/engine.md",
    "docs/performance.md",
    "docs/singer-sdk.md",
)
BUILT: Final = ("build", "demo", "dist")
NAME: Final = re.compile(r"[A-Z]\w+(?:\.(?!md)\w+)?")
PATH: Final = re.compile(r"[\w./-]+\.py|[\w./-]+/[\w.-]+\.(?:ya?ml|toml)")
every_document = pytest.mark.parametrize("document", DOCUMENTS)


def text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def quoted(document: str, form: re.Pattern[str]) -> set[str]:
    """All of `form` that stands between backticks by itself."""
    return {token for token in re.findall(r"`([^`\n]+)`", text(document)) if form.fullmatch(token)}


@cache
def modules() -> frozenset[str]:
    """Python files of the repository by their paths."""
    folders = (path for path in ROOT.iterdir() if path.is_dir() and path.name not in BUILT and path.name[0] != ".")
    found = (path.relative_to(ROOT) for folder in folders for path in folder.rglob("*.py"))
    return frozenset(path.as_posix() for path in found if not any(part[0] == "." for part in path.parts))


def found(path: str) -> list[str]:
    """Files that `path` may mean: the one that lies there, else all whose path ends with it."""
    return [path] if (ROOT / path).is_file() else [name for name in modules() if name.endswith(f"/{path}")]


def defined_in(path: Path) -> Iterator[str]:
    """Names that a Python file defines: `RateLimiter`, `RateLimiter.slot`, `CHECKPOINT_SECONDS`, also in a class."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        yield from names_of(node)
        members = [name for member in node.body for name in names_of(member)] if isinstance(node, ast.ClassDef) else []
        yield from (f"{owner}.{name}" for owner in names_of(node) for name in members)
        yield from (name for name in members if name.isupper())


def names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


@cache
def defined() -> frozenset[str]:
    """Names that the project, the two libraries that it runs on, and Python define."""
    ours = [ROOT / path for path in modules()]
    theirs = [path for each in (airbyte_cdk, singer_sdk) for path in Path(str(each.__file__)).parent.rglob("*.py")]
    return frozenset(name for path in [*ours, *theirs] for name in defined_in(path)).union(dir(builtins))


@every_document
def test_given_document_when_it_names_files_then_each_is_one_file(document: str) -> None:
    named = quoted(document, PATH)
    assert named
    assert {path: found(path) for path in named if len(found(path)) != 1} == {}


def test_given_promises_when_their_tables_name_tests_then_each_exists() -> None:
    rows = [line.split(" | ") for line in text("docs/reliability.md").splitlines() if line.startswith("| ")]
    named = {path for row in rows for path in re.findall(r"`([\w./-]+\.py)`", row[2])}
    assert "test_moving_lists.py" in named
    assert [path for path in named if not found(path)] == []


@every_document
def test_given_document_when_it_names_classes_and_constants_then_they_are_defined(document: str) -> None:
    assert quoted(document, NAME) - defined() == set()


def test_given_engine_page_when_it_names_a_thing_and_its_file_then_the_file_defines_it() -> None:
    pairs = re.findall(r"`(?!\w+\.py`)(\w+(?:\.\w+)?)`, `([\w/]+\.py)`", text("docs/engine.md"))
    assert ("WindowProgress.refuse", "sourcewright/components/windows.py") in pairs
    assert [(name, path) for name, path in pairs if name not in defined_in(ROOT / path)] == []


def test_given_layout_when_compared_then_its_folders_and_modules_exist() -> None:
    listed = list(layout())
    assert "sourcewright/http" in listed
    assert [path for path in listed if not (ROOT / path).exists()] == []


def layout() -> Iterator[str]:
    """Paths of the overview in CONTRIBUTING.md, whose indented lines lie in the folder above them."""
    folder = ""
    for line in text("CONTRIBUTING.md").split("## Layout")[1].split("```")[1].strip().splitlines():
        names = re.split(r"  +", line.strip())[0].split(" ")
        folder = folder if line.startswith("  ") else names[0].removesuffix("/")
        yield from (f"{folder}/{name}".removesuffix("/") if line.startswith("  ") else folder for name in names)


@pytest.mark.parametrize("name", ["Governor", "SharedParent", "WindowProgress.note", "ROOM_IN_THE_QUEUE"])
def test_given_name_that_is_gone_when_looked_for_then_it_is_missed(name: str) -> None:
    assert name not in defined()


@pytest.mark.parametrize("path", ["sourcewright/governor.py", "test_check.py", "components.py"])
def test_given_path_that_is_gone_or_of_several_files_when_looked_for_then_it_is_not_one(path: str) -> None:
    assert len(found(path)) != 1
