"""Arrows between the packages run one way."""

import ast
from pathlib import Path

import pytest

import saas_sandbox.common

ROOT = Path(saas_sandbox.common.__file__).parents[1]


@pytest.mark.parametrize(
    ("package", "others"), [("common", {"sentry", "sigma"}), ("sentry", {"sigma"}), ("sigma", {"sentry"})]
)
def test_given_a_package_when_its_imports_are_listed_then_those_of_the_others_are_absent(
    package: str, others: set[str]
) -> None:
    modules = [
        node.module
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("saas_sandbox")
    ]
    assert "saas_sandbox.common.reply" in modules
    assert not {module.split(".")[1] for module in modules if "." in module} & others
