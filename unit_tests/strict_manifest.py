"""Checks of a manifest for what the engine accepts silently and this project does not.

A misspelt field, a deprecated one, a definition that nothing uses: the engine ignores the first, obeys the second
and never looks at the third. Every check returns its complaints, one sentence each.
"""

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

Node = tuple[str, Any]

_ROOTS: Final = ("streams", "dynamic_streams", "check", "spec", "api_budget", "concurrency_level")
_DEFINITION: Final = "#/definitions/"
_JINJA: Final = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)


def complaints(text: str, package: str) -> list[str]:
    """All that is wrong with the manifest `text` of the Python package `package`."""
    manifest = yaml.safe_load(text)
    # The engine cannot resolve a manifest whose references are broken, so the form comes first
    return [*anchors(text), *references(manifest), *undocumented_streams(text)] or [
        *components(manifest),
        *parameters(manifest),
        *parents(manifest),
        *unused_definitions(manifest, package),
        *crowded_expressions(manifest),
    ]


def anchors(text: str) -> list[str]:
    """YAML's own references, which tools do not see."""
    kinds = (yaml.tokens.AnchorToken, yaml.tokens.AliasToken)
    return [
        f"line {token.start_mark.line + 1}: YAML anchor or alias `{token.value}`: use `$ref`"
        for token in yaml.scan(text)
        if isinstance(token, kinds)
    ]


OF_THE_SOURCE = {"costly", "read_whole"}
"""Parameters of a stream that the source reads: `ManifestSource.costly_streams`, `whole_streams`."""


def references(manifest: Mapping[str, Any]) -> list[str]:
    """References in another form than `$ref: '#/definitions/<name>'`, or to nothing."""
    found = []
    for place, value in _walk(manifest):
        if not isinstance(value, str):
            continue
        is_reference = place.endswith(".$ref")
        if not is_reference and value.startswith(("#/", "*ref(")):
            found.append(f"{place}: bare reference `{value}`: use the mapping form, `$ref:`")
        if is_reference and value.removeprefix(_DEFINITION) not in manifest["definitions"]:
            found.append(f"{place}: `{value}` is not the whole of a definition")
    return found


def components(manifest: Mapping[str, Any]) -> list[str]:
    """Keys that the engine's schema does not know for their component, or calls deprecated."""
    whole = {"type": "DeclarativeSource", **ManifestReferenceResolver().preprocess_manifest(dict(manifest))}
    found = []
    for place, value in _walk(whole):
        if isinstance(value, Mapping) and _is_component_name(value.get("type")):
            found += [f"{place}: {complaint}" for complaint in _component(value)]
    return sorted(set(found))


def parameters(manifest: Mapping[str, Any]) -> list[str]:
    """`$parameters` that nothing below them reads: no expression, no field of a component."""
    found = []
    for place, value in _walk(ManifestReferenceResolver().preprocess_manifest(dict(manifest))):
        if isinstance(value, Mapping) and "$parameters" in value:
            read = _read_below(value) | OF_THE_SOURCE
            found += [
                f"{place}: nothing reads the parameter `{name}`" for name in value["$parameters"] if name not in read
            ]
            # The engine appends a `path` to the URL that already has it
            found += [f"{place}: call no parameter `path`" for name in value["$parameters"] if name == "path"]
    return sorted(set(found))


def _read_below(owner: Mapping[str, Any]) -> set[str]:
    """Names of the parameters that the components and expressions within `owner` read."""
    read = set()
    for _, value in _walk(owner):
        if isinstance(value, str):
            read |= set(re.findall(r"""parameters\[["'](\w+)["']\]""", value))
        elif isinstance(value, Mapping) and _is_component_name(value.get("type")):
            read |= set(_schema().get(value["type"], {}).get("properties", {}))
            read |= _fields(str(value.get("class_name", "")))
    return read


def parents(manifest: Mapping[str, Any]) -> list[str]:
    """Streams whose parameter `parent` names no stream."""
    definitions = manifest["definitions"]
    streams = {name for name, value in _resolved(manifest).items() if value.get("type") == "DeclarativeStream"}
    return [
        f"definitions.{name}: its parent `{parent}` is no stream"
        for name in definitions
        if (parent := _parameters(definitions[name]).get("parent")) and parent not in streams
    ]


def unused_definitions(manifest: Mapping[str, Any], package: str) -> list[str]:
    """Definitions that can be reached neither from the streams, as their parents, nor by name in the code."""
    by_name = r"""(?:read_definition|parent_rows|lookup|touched|self\.read|ask)\(\s*"(\w+)"|parent: str = "(\w+)\""""
    reached = {name for names in re.findall(by_name, _code(package)) for name in names if name}
    todo = [*reached, *_referenced({root: manifest.get(root) for root in _ROOTS})]
    while todo:
        name = todo.pop()
        reached.add(name)
        definition = manifest["definitions"].get(name)
        todo += (_referenced(definition) | _parents(definition)) - reached
    return [f"definitions.{name}: nothing uses it" for name in manifest["definitions"] if name not in reached]


def _parents(definition: Any) -> set[str]:
    """Definitions that a stream, or a router, says that it is read below."""
    router = definition if isinstance(definition, Mapping) and "class_name" in definition else {}
    return {of[name] for of in (_parameters(definition), router) for name in ("parent", "fallback") if name in of}


def undocumented_streams(text: str) -> list[str]:
    """Streams without the address of their API page in the comment above them."""
    lines = text.splitlines()
    found = []
    for name in _referenced(yaml.safe_load(text)["streams"]):
        above = lines[lines.index(f"  {name}:") - 1].strip() if f"  {name}:" in lines else ""
        if not (above.startswith("#") and "https://" in above):
            found.append(f"definitions.{name}: no comment with the https:// address of its API page above it")
    return sorted(found)


def crowded_expressions(manifest: Mapping[str, Any]) -> list[str]:
    """Expressions with more than one `if`, which belong in a named component."""
    return [
        f"{place}: more than one `if` in `{expression}`"
        for place, value in _walk(manifest)
        if isinstance(value, str)
        for expression in _JINJA.findall(value)
        if len(re.findall(r"\bif\b", expression)) > 1
    ]


def _resolved(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Definitions with their references resolved."""
    found: Mapping[str, Any] = ManifestReferenceResolver().preprocess_manifest(dict(manifest))["definitions"]
    return found


def _parameters(definition: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = definition.get("$parameters", {}) if isinstance(definition, Mapping) else {}
    return found


def _component(component: Mapping[str, Any]) -> Iterator[str]:
    name = component["type"]
    schema = _schema()
    if name not in schema:
        yield f"the engine has no component `{name}`"
        return
    known = schema[name]["properties"]
    allowed = {"$parameters", *known, *_fields(str(component.get("class_name", "")))}
    for key, value in component.items():
        if key not in allowed:
            yield f"{name} has no field `{key}`"
        elif known.get(key, {}).get("deprecated"):
            yield f"field `{key}` of {name} is deprecated: {known[key].get('deprecation_message', '')}"
        elif isinstance(value, Mapping) and "type" not in value and _is_component_place(known.get(key, {})):
            yield f"field `{key}` of {name} does not say its type"


def _is_component_place(field: Mapping[str, Any]) -> bool:
    choices = field.get("anyOf", [field])
    return all("$ref" in choice for choice in choices)


def _is_component_name(name: Any) -> bool:
    """JSON schemas have a `type` too, in small letters."""
    return isinstance(name, str) and name[:1].isupper()


def _fields(class_name: str) -> set[str]:
    """Fields of a custom component besides those of the engine."""
    module, _, name = class_name.rpartition(".")
    if not module:
        return set()
    return {field.name for field in dataclasses.fields(getattr(importlib.import_module(module), name))} - {"config"}


@cache
def _schema() -> Mapping[str, Any]:
    data = pkgutil.get_data("airbyte_cdk", "sources/declarative/declarative_component_schema.yaml") or b""
    schema = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return {str(name): node for _, node in _walk(schema) for name in _component_names(node)}


def _component_names(node: Any) -> list[Any]:
    """Names of the component that `node` of the engine's schema describes; some stand inside of others."""
    properties = node.get("properties") if isinstance(node, Mapping) else None
    kind = properties.get("type") if isinstance(properties, Mapping) else None
    return list(kind.get("enum", [])) if isinstance(kind, Mapping) else []


def _code(package: str) -> str:
    folder = Path(str(importlib.import_module(package).__file__)).parent
    return "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))


def _referenced(node: Any) -> set[str]:
    return {value.removeprefix(_DEFINITION) for place, value in _walk(node) if place.endswith(".$ref")}


def _walk(node: Any, place: str = "") -> Iterator[Node]:
    """Every value below `node`, and `node`, with its place: ("definitions.events.name", "events")."""
    yield place, node
    if isinstance(node, Mapping):
        children: list[tuple[object, Any]] = list(node.items())
    else:
        children = list(enumerate(node)) if isinstance(node, list) else []
    for key, child in children:
        yield from _walk(child, f"{place}.{key}" if place or str(key) == "$ref" else str(key))
