"""examples/meltano says what the taps say."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from source_sentry.tap import TapSentry
from source_sigma.tap import TapSigma
from sourcewright.singer.tap import SourceTap

ROOT = Path(__file__).parents[3]
KINDS = {"string": "string", "array": "array", "boolean": "boolean", "integer": "integer"}
each_tap = pytest.mark.parametrize("tap", [TapSentry, TapSigma])


def plugin(tap: type[SourceTap]) -> dict[str, Any]:
    project = yaml.safe_load((ROOT / "examples" / "meltano" / "meltano.yml").read_text(encoding="utf-8"))
    (found,) = [one for one in project["plugins"]["extractors"] if one["name"] == tap.name]
    return dict(found)


@each_tap
def test_given_the_example_when_compared_then_settings_kinds_labels_and_secrets_are_the_specs(
    tap: type[SourceTap],
) -> None:
    settings = {setting["name"]: setting for setting in plugin(tap)["settings"]}
    spec = tap.source_class().spec(tap.logger).connectionSpecification["properties"]

    assert list(settings) == list(spec)
    for name, about in spec.items():
        date = about.get("format") == "date-time"
        assert settings[name]["kind"] == ("date_iso8601" if date else KINDS[about["type"]]), name
        assert settings[name]["label"] == about["title"]
        assert settings[name].get("sensitive", False) == about.get("airbyte_secret", False)
        assert settings[name].get("hidden", False) == about.get("airbyte_hidden", False)
        assert settings[name].get("value", about.get("default")) == about.get("default")


@each_tap
def test_given_the_example_when_compared_then_capabilities_are_the_taps(tap: type[SourceTap]) -> None:
    assert plugin(tap)["capabilities"] == [str(capability) for capability in tap.capabilities]


@each_tap
def test_given_the_example_when_streams_are_selected_then_not_those_that_cost_much(tap: type[SourceTap]) -> None:
    costly = tap.source_class().costly_streams()
    assert set(plugin(tap)["select"]) == {"*.*", *(f"!{name}.*" for name in costly)}


@each_tap
def test_given_the_definition_when_compared_then_it_is_that_of_the_example(tap: type[SourceTap]) -> None:
    definition = yaml.safe_load((ROOT / "examples" / "meltano" / f"{tap.name}.yml").read_text(encoding="utf-8"))
    assert definition.items() <= plugin(tap).items()


def test_given_the_docs_when_read_then_every_capability_and_file_is_named() -> None:
    text = (ROOT / "docs" / "singer.md").read_text(encoding="utf-8")
    assert all(f"`{capability}`" in text for capability in TapSentry.capabilities)
