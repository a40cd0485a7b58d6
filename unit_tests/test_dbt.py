"""The dbt project of examples/dbt beside the streams, and beside its own page; `make test-dbt` runs it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

PROJECT: Final = Path(__file__).parents[1] / "examples" / "dbt"
README: Final = (PROJECT / "README.md").read_text(encoding="utf-8")
SOURCE: Final = re.compile(r'source\("sentry", "(\w+)"\)')


@cache
def described(file: str) -> dict[str, Any]:
    """Tables or models that a file describes, by name."""
    content = yaml.safe_load((PROJECT / "models" / file).read_text(encoding="utf-8"))
    listed = content["sources"][0]["tables"] if "sources" in content else content["models"]
    return {entry["name"]: entry for entry in listed}


def models(folder: str) -> dict[str, str]:
    """SQL of the models of a folder, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models" / folder).glob("*.sql")}


def fields_of(stream: str) -> set[str]:
    schema = (PROJECT.parents[1] / "source_sentry" / "schemas" / f"{stream}.json").read_text(encoding="utf-8")
    return set(json.loads(schema)["properties"])


def test_given_the_sources_when_compared_then_the_models_read_each_and_the_page_syncs_each() -> None:
    used = set(SOURCE.findall("".join(models("staging").values())))
    synced = re.search(r"--streams ([\w,]+)", README)
    assert synced
    assert used == {*described("sources.yml")}
    assert synced.group(1).split(",") == [*described("sources.yml")]


def test_given_the_quoted_columns_when_compared_then_the_schemas_have_each() -> None:
    for name, query in models("staging").items():
        fields = {field for stream in SOURCE.findall(query) for field in fields_of(stream)}
        quoted = set(re.findall(r'"([a-z][\w.]*)"', re.sub(r"\w+\(\"[^)]*\)", "", query)))
        assert quoted <= fields, name


def test_given_the_models_when_compared_then_each_is_described_and_its_columns_too() -> None:
    for folder, file in (("staging", "staging/staging.yml"), ("marts", "marts/marts.yml")):
        assert {*models(folder)} == {*described(file)}
        for name, model in described(file).items():
            assert model["description"], name
            assert all(column["description"] for column in model["columns"]), name


def test_given_the_marts_when_compared_then_they_read_no_source_and_the_page_lists_each() -> None:
    marts = models("marts")
    assert SOURCE.findall("".join(marts.values())) == []
    assert {*marts} == set(re.findall(r"^\| `(\w+)`", README, flags=re.MULTILINE)) | {"issue_resolutions"}


def test_given_the_questions_of_the_page_when_compared_then_they_are_those_of_the_models() -> None:
    for name, question in re.findall(r"^\| `(\w+)` \| ([^?]+\?)", README, flags=re.MULTILINE):
        assert described("marts/marts.yml")[name]["description"] == question


def test_given_the_versions_of_the_page_when_compared_then_they_are_those_of_the_makefile() -> None:
    makefile = (PROJECT.parents[1] / "Makefile").read_text(encoding="utf-8")
    pins = re.findall(r"dbt-\w+==[\d.]+", README)
    assert len(pins) == 3
    assert set(pins) == set(re.findall(r"dbt-\w+==[\d.]+", makefile))
