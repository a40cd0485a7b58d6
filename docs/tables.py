"""Tables of the documents, made from the manifests, the schemas and the spec.

`make docs` writes them between the markers of cog in README.md and docs/*.md; a test fails when they are stale.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import costs
import yaml

from source_sentry import SourceSentry
from source_sigma import SourceSigma
from sourcewright.engine.source import ManifestSource

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final[Mapping[str, type[ManifestSource]]] = {"source_sentry": SourceSentry, "source_sigma": SourceSigma}
LEFT_OUT: Final = "conformance/no_stream.yaml"
"""Path of the API reference: why no stream reads it; in the unit tests of each source."""
Stream = Mapping[str, Any]


@cache
def manifest(package: str) -> Mapping[str, Any]:
    """The manifest with its references resolved and its parameters filled in."""
    return SOURCES[package]().resolved_manifest


@cache
def schema(package: str, stream: str) -> Mapping[str, Any]:
    """The JSON schema of a stream."""
    found: Mapping[str, Any] = json.loads((ROOT / package / "schemas" / f"{stream}.json").read_text(encoding="utf-8"))
    return found


def table(package: str, section: str, *columns: str) -> str:
    """Markdown table of the streams under a heading of the manifest's `streams`; all of them where it is empty."""
    known = {stream["name"]: stream for stream in manifest(package)["streams"]}
    chosen = [known[name] for name in _sections(package)[section]] if section else known.values()
    return rows(columns, ([_COLUMNS[column](package, stream) for column in columns] for stream in chosen))


def sections(package: str, *columns: str) -> str:
    """A heading and a table for each section of the manifest's `streams`."""
    return "".join(f"\n### {title}\n{table(package, title, *columns)}" for title in _sections(package))


def overview(package: str) -> str:
    """Markdown table of the sections of the manifest's `streams`, with a star at those not selected by default."""
    known = {stream["name"]: stream for stream in manifest(package)["streams"]}
    starred = {name: "" if _selected(package, stream) else "\\*" for name, stream in known.items()}
    cells = [
        [title, ", ".join(f"`{name}`{starred[name]}" for name in names)] for title, names in _sections(package).items()
    ]
    return rows(("about", "streams"), cells)


def left_out(package: str = "source_sentry") -> str:
    """Markdown table of what the API reference describes and no stream reads: endpoint, reason."""
    path = ROOT / "unit_tests" / package / LEFT_OUT
    if not path.is_file():
        return ""
    reasons: Mapping[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    # The rows of other tables begin with a name in backticks alone, which is a stream's
    return rows(("endpoint", "why no stream reads it"), ([f"GET `{path}`", why] for path, why in reasons.items()))


def suggested(package: str) -> str:
    """YAML list of the streams that are selected by default."""
    return "".join(
        f"      - {stream['name']}\n" for stream in manifest(package)["streams"] if _selected(package, stream)
    )


def settings(package: str) -> str:
    """Markdown table of the settings that are not hidden: name, default as JSON, description."""
    spec = manifest(package)["spec"]["connection_specification"]
    visible = {name: about for name, about in spec["properties"].items() if not about.get("airbyte_hidden")}
    return rows(
        ("setting", "default", "description"),
        (
            [f"`{name}`", _default(name, about, spec["required"]), " ".join(about["description"].split())]
            for name, about in visible.items()
        ),
    )


def rows(columns: Iterable[str], cells: Iterable[Iterable[str]]) -> str:
    """A Markdown table, between blank lines."""
    names = list(columns)
    lines = [names, ["---"] * len(names), *cells]
    return "\n" + "\n".join(re.sub(r"\|  (?=\|)", "| ", f"| {' | '.join(line)} |") for line in lines) + "\n"


def _default(name: str, about: Mapping[str, Any], required: list[str]) -> str:
    if name in required:
        return "required"
    return f"`{json.dumps(about['default'])}`" if "default" in about else ""


@cache
def _sections(package: str) -> Mapping[str, list[str]]:
    """{"Projects": ["projects", …]}: the comments in the manifest's list of streams head what follows them."""
    text = (ROOT / package / "manifest.yaml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^streams:\n((?:  .*\n)+)", text, flags=re.MULTILINE)
    parts = re.split(r"^  # (.+)\n", listed, flags=re.MULTILINE)[1:]
    return {
        title: re.findall(r"definitions/(\w+)'", streams)
        for title, streams in zip(parts[::2], parts[1::2], strict=True)
    }


def _comment(package: str, stream: Stream) -> tuple[str, str]:
    """What stands above the definition: words, and the address of the stream's page in the API reference."""
    text = (ROOT / package / "manifest.yaml").read_text(encoding="utf-8")
    ((words, link),) = re.findall(rf"^  # (.*?)(https://\S+)\n  {stream['name']}:$", text, flags=re.MULTILINE)
    return str(words), str(link)


def _endpoint(package: str, stream: Stream) -> str:
    return f"[`{stream['$parameters']['endpoint']}`]({_comment(package, stream)[1]})"


def _known_from(package: str, stream: Stream) -> str:
    """How sure the stream is: what Sentry does not document may change without notice."""
    return "Sentry's code" if "Not in" in _comment(package, stream)[0] else "API reference"


def _kept(package: str, stream: Stream) -> str:
    """How long Sentry keeps the rows, where it does not keep them as long as the thing exists."""
    found = re.search(r"[Kk]ept ([^:,.]+)", _comment(package, stream)[0])
    return found.group(1) if found else ""


def _selected(_: str, stream: Stream) -> str:
    return "" if {**stream["retriever"].get("partition_router", {}), **stream}.get("costly") else "yes"


def _mode(_: str, stream: Stream) -> str:
    cursor = stream.get("incremental_sync", {}).get("cursor_field")
    if not cursor:
        return "full refresh"
    return f"full refresh, or incremental, `{cursor}`" if stream.get("read_whole") else f"incremental, `{cursor}`"


def _parent(_: str, stream: Stream) -> str:
    router = stream["retriever"].get("partition_router", {})
    if costs.kind(router) in costs.PROJECTS:
        return "project"
    return f"`{costs.parent(router)}`" if "parent" in router else ""


def _paging(_: str, stream: Stream) -> str:
    """How the pages of a Sigma list follow each other, or the shape of an answer without pages."""
    paginator = stream["retriever"].get("paginator")
    if not paginator:
        return str(stream["retriever"]["requester"]["error_handler"]["page"])
    return {"page": "cursor", "pageToken": "token"}[paginator["page_token_option"]["field_name"]]


def _note(package: str, stream: Stream) -> str:
    return str(schema(package, stream["name"]).get("description", ""))


_COLUMNS: Final[Mapping[str, Callable[[str, Stream], str]]] = {
    "stream": lambda _, stream: f"`{stream['name']}`",
    "endpoint": _endpoint,
    "key": lambda _, stream: ", ".join(f"`{name}`" for name in stream["primary_key"]),
    "sync mode": _mode,
    "parent": _parent,
    "paging": _paging,
    "scope": lambda _, stream: f"`{stream['$parameters']['scope']}`",
    "permission": lambda _, stream: str(stream["$parameters"].get("permission", "")),
    "selected": _selected,
    "requests": lambda _, stream: str(costs.cost(stream)),
    "rows a request": lambda _, stream: f"{costs.page_rows(stream):,}",
    "requests for a million rows": lambda _, stream: f"{costs.million(stream):,}",
    "time on sentry.io": lambda _, stream: f"{costs.million(stream) / costs.BUDGET / 60:.1f} min",
    "requests where rows are few": lambda _, stream: costs.quiet(stream),
    "kept": _kept,
    "known from": _known_from,
    "notes": _note,
    "what": _note,
}
