"""The spec as a form: groups in their order, advanced and old settings last, an example for each."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from unit_tests.manifests import SOURCES, resolved

every_source = pytest.mark.parametrize("package", SOURCES)


def form(package: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resolved(package)["spec"]["connection_specification"]
    return found


@every_source
def test_given_the_spec_when_listed_then_its_order_is_that_of_its_groups(package: str) -> None:
    settings = form(package)["properties"].values()
    groups = [group["id"] for group in form(package)["groups"]]
    assert [setting["order"] for setting in settings] == [*range(len(settings))]
    assert {setting["group"] for setting in settings} == {*groups}
    places = [groups.index(setting["group"]) for setting in settings]
    assert places == sorted(places)


@every_source
def test_given_the_spec_when_listed_then_required_settings_are_first_and_hidden_ones_last(package: str) -> None:
    names = list(form(package)["properties"])
    hidden = [name for name, setting in form(package)["properties"].items() if setting.get("airbyte_hidden")]
    required = form(package)["required"]
    assert names[: len(required)] == required
    assert names[len(names) - len(hidden) :] == hidden


@every_source
def test_given_the_spec_when_looked_through_then_each_setting_has_examples_that_are_valid(package: str) -> None:
    for place, setting in every_setting(form(package), ""):
        assert setting.get("title"), place
        assert setting.get("examples"), place
        for example in setting["examples"]:
            Draft7Validator(setting, format_checker=FormatChecker()).validate(example)


def every_setting(schema: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, setting in schema.get("properties", {}).items():
        yield f"{place}.{name}", setting
        yield from every_setting(setting.get("items", {}), f"{place}.{name}[]")
