"""examples/meltano says what the tap says."""

from pathlib import Path
from typing import Any

import yaml

from source_sentry.tap import TapSentry

ROOT = Path(__file__).parents[3]
KINDS = {"string": "string", "array": "array", "boolean": "boolean", "integer": "integer"}


def plugin() -> dict[str, Any]:
    project = yaml.safe_load((ROOT / "examples" / "meltano" / "meltano.yml").read_text(encoding="utf-8"))
    (found,) = project["plugins"]["extractors"]
    return dict(found)


def spec() -> dict[str, Any]:
    specification = TapSentry.source_class().spec(TapSentry.logger).connectionSpecification
    return dict(specification["properties"])


def test_given_the_example_when_compared_then_settings_kinds_labels_and_secrets_are_the_specs() -> None:
    settings = {setting["name"]: setting for setting in plugin()["settings"]}

    assert list(settings) == list(spec())
    for name, about in spec().items():
        date = about.get("format") == "date-time"
        assert settings[name]["kind"] == ("date_iso8601" if date else KINDS[about["type"]]), name
        assert settings[name]["label"] == about["title"]
        assert settings[name].get("sensitive", False) == about.get("airbyte_secret", False)
        assert settings[name].get("hidden", False) == about.get("airbyte_hidden", False)
        assert settings[name].get("value", about.get("default")) == about.get("default")


def test_given_the_example_when_compared_then_capabilities_are_the_taps() -> None:
    assert plugin()["capabilities"] == [str(capability) for capability in TapSentry.capabilities]


def test_given_the_docs_when_read_then_every_capability_and_file_is_named() -> None:
    text = (ROOT / "docs" / "singer.md").read_text(encoding="utf-8")
    assert all(f"`{capability}`" in text for capability in TapSentry.capabilities)
