"""The files around the code agree with each other: workflows, forms, hooks, versions, make targets."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[1]
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS: Final = [ROOT / ".github" / "ISSUE_TEMPLATE" / name for name in ("bug.yml", "feature.yml")]
CALLED_BY: Final = [*WORKFLOWS, ROOT / ".ci" / "run", *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]
every_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
every_form = pytest.mark.parametrize("form", FORMS, ids=lambda path: path.name)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in load(workflow)["jobs"].values() for step in job["steps"]]


def minors(specifier: str) -> list[str]:
    """Versions of Python that a specifier allows: ">=3.11,<3.14" -> ["3.11", "3.12", "3.13"]."""
    lowest, beyond = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", specifier, flags=re.ASCII).groups()  # type: ignore[union-attr]
    return [f"3.{minor}" for minor in range(int(lowest), int(beyond))]


def test_given_the_matrix_when_compared_then_it_is_every_python_that_the_project_allows() -> None:
    project = PROJECT["project"]
    classified = [line.rsplit(" ", 1)[1] for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)]
    matrix = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]

    assert matrix["python-version"] == classified == minors(project["requires-python"])
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{classified[0].replace('.', '')}"


@every_workflow
def test_given_a_workflow_when_read_then_it_may_only_read_and_its_actions_have_a_major_tag(workflow: Path) -> None:
    assert load(workflow)["permissions"] == {"contents": "read"}
    actions = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [action for action in actions if not re.fullmatch(r"actions/[a-z-]+@v\d+", action)] == []


@every_workflow
def test_given_a_workflow_when_read_then_python_is_one_of_the_matrix(workflow: Path) -> None:
    versions = {step["with"]["python-version"] for step in steps(workflow) if "python-version" in step.get("with", {})}
    assert versions
    assert versions <= {"${{ matrix.python-version }}", *minors(PROJECT["project"]["requires-python"])}


@pytest.mark.parametrize("caller", CALLED_BY, ids=lambda path: path.name)
def test_given_a_make_command_when_named_then_its_target_exists(caller: Path) -> None:
    targets = re.findall(r"^([\w./-]+):", text("Makefile"), flags=re.MULTILINE)
    named = set(re.findall(r"(?:^|[`\s])make ([\w./-]+)", caller.read_text(encoding="utf-8"), flags=re.MULTILINE))
    named -= {"is", "it"}
    assert named
    assert named - {*targets} == set()


def test_given_contributing_when_read_then_every_target_of_the_makefile_has_a_row() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), flags=re.MULTILINE)
    assert phony
    assert sorted(re.findall(r"^\| `make ([\w-]+)`", text("CONTRIBUTING.md"), flags=re.MULTILINE)) == sorted(
        phony.group(1).split()
    )


def test_given_dependabot_when_read_then_it_watches_the_pin_by_itself() -> None:
    updates = {update["package-ecosystem"]: update for update in load(ROOT / ".github" / "dependabot.yml")["updates"]}
    assert {*updates} == {"pip", "github-actions"}
    folders = [path.parent.relative_to(ROOT) for path in ROOT.glob("*/pyproject.toml")]
    assert updates["pip"]["directories"] == ["/", *(f"/{folder}" for folder in folders)]
    (group,) = updates["pip"]["groups"].values()
    assert group["exclude-patterns"] == ["airbyte-cdk"]
    assert any(line.startswith("airbyte-cdk==") for line in PROJECT["project"]["dependencies"])


@every_form
def test_given_an_issue_form_when_read_then_its_fields_have_an_id_of_their_own_and_a_label(form: Path) -> None:
    fields = [field for field in load(form)["body"] if field["type"] != "markdown"]
    assert all(field["attributes"]["label"] for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)
    assert {*load(form)} == {"name", "description", "labels", "body"}


def test_given_the_bug_form_when_read_then_version_server_and_log_are_required() -> None:
    required = {f["id"] for f in load(FORMS[0])["body"] if f.get("validations", {}).get("required")}
    assert {"version", "server", "config", "log"} <= required


def test_given_local_hooks_when_read_then_they_run_the_projects_own_tools() -> None:
    local = load(ROOT / ".pre-commit-config.yaml")["repos"][0]
    tools = {hook["entry"].split()[0].removeprefix(".venv/bin/") for hook in local["hooks"]}
    wanted = {re.split(r"[>=\[]", line)[0] for line in PROJECT["project"]["optional-dependencies"]["dev"]}
    assert local["repo"] == "local"
    assert tools == {"ruff", "mypy"}
    assert tools <= wanted


def test_given_packages_of_the_wheel_when_listed_then_each_is_marked_as_typed() -> None:
    packages = [name.removesuffix("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]
    data = PROJECT["tool"]["setuptools"]["package-data"]
    assert [name for name in packages if "py.typed" not in data[name] or not (ROOT / name / "py.typed").exists()] == []


def test_given_the_changelog_when_read_then_each_version_has_a_link_and_the_newest_is_the_projects() -> None:
    changelog = text("CHANGELOG.md")
    versions = re.findall(r"^## \[(.+?)\]", changelog, flags=re.MULTILINE)
    assert versions == re.findall(r"^\[(.+?)\]: \.\./\.\./\S+$", changelog, flags=re.MULTILINE)
    assert versions[0] == "Unreleased"
    assert versions[1] == PROJECT["project"]["version"] == load(ROOT / "metadata.yaml")["data"]["dockerImageTag"]
