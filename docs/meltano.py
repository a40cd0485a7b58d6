"""Meltano's definitions of the taps, made from the specs of their sources: https://docs.meltano.com/reference/plugin-definition-syntax/."""

from collections.abc import Mapping
from typing import Any, Final

import tables
import yaml

from source_sentry.tap import TapSentry
from source_sigma.tap import TapSigma
from sourcewright.singer.tap import SourceTap

TAPS: Final[Mapping[str, type[SourceTap]]] = {"source_sentry": TapSentry, "source_sigma": TapSigma}
_LABELS: Final = {"source_sentry": "Sentry", "source_sigma": "Sigma Computing"}


def plugin(package: str) -> dict[str, Any]:
    """Definition of a tap, in the form of Meltano Hub but for `pip_url`: a checkout beside the project is installed."""
    tap = TAPS[package]
    spec = tables.manifest(package)["spec"]["connection_specification"]
    return {
        "name": tap.name,
        "namespace": tap.name.replace("-", "_"),
        "variant": "sourcewright",
        "label": _LABELS[package],
        "pip_url": "../..[singer]",
        "executable": tap.name,
        "capabilities": [str(capability) for capability in tap.capabilities],
        "settings_group_validation": _required(spec),
        "settings": [_setting(name, about) for name, about in spec["properties"].items()],
    }


def definition(package: str) -> str:
    """YAML text of the definition, for `meltano add --from-ref`."""
    return yaml.safe_dump(plugin(package), sort_keys=False, allow_unicode=True, width=120)


def extractor(package: str, schema: str) -> str:
    """Lines of the definition in a list of meltano.yml, with the schema that it is loaded into and what is left out.

    Meltano reads every stream where a rule says `*.*`, so those that are not selected by default need a rule each.
    """
    return _listed({**plugin(package), "load_schema": schema, "select": _select(package)})


def snippet(package: str) -> str:
    """The least that a meltano.yml needs, in a block of Markdown: without `capabilities` Meltano obeys no `select`."""
    whole = plugin(package)
    kept = {name: whole[name] for name in ("name", "namespace", "pip_url", "executable", "capabilities", "settings")}
    required = whole["settings_group_validation"][0]
    config = {name: f"${{{whole['namespace'].upper()}_{name.upper()}}}" for name in required}
    lines = _listed({**kept, "config": config, "select": _select(package)})
    return f"\n```yaml\nplugins:\n  extractors:\n{lines}```\n"


def _select(package: str) -> list[str]:
    costly = sorted(TAPS[package].source_class().costly_streams())
    return ["*.*", *(f"!{name}.*" for name in costly)]


def _listed(definition: Mapping[str, Any]) -> str:
    text = yaml.safe_dump([dict(definition)], sort_keys=False, allow_unicode=True, width=110)
    return "".join(f"    {line}\n" for line in text.splitlines())


def _required(spec: Mapping[str, Any]) -> list[list[str]]:
    """What a project has to set; a required setting may have an old name, which does as well."""
    titles = {about["title"]: name for name, about in spec["properties"].items()}
    new = list(spec["required"])
    old = [titles.get(f"{spec['properties'][name]['title']} (old name)", name) for name in new]
    return [new] if old == new else [new, old]


def _setting(name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    is_date = about.get("format") == "date-time"
    marks = {"sensitive": about.get("airbyte_secret"), "hidden": about.get("airbyte_hidden")}
    value = {"value": about["default"]} if about.get("default") not in (None, "", []) else {}
    return {
        "name": name,
        "kind": "date_iso8601" if is_date else about["type"],
        "label": about["title"],
        **{mark: True for mark, is_set in marks.items() if is_set},
        **value,
    }
