"""Columns of the tables that the streams become, and how the tables join."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tables import Stream, manifest, rows, schema

PROJECT_ID: Final = "projectId"


def reference(package: str) -> str:
    """A heading and a table of columns for each stream."""
    known, joins = _streams(package), _keys(package)
    parts = []
    for name, stream in known.items():
        columns = schema(package, name)["properties"]
        key = stream["primary_key"]
        cells = [
            [f"`{column}`", _type(about), "key" if column in key else "", _join(column, about, name, joins, known)]
            for column, about in columns.items()
        ]
        parts.append(f"\n### {name}\n{rows(('column', 'type', 'key', 'joins'), cells)}")
    return "".join(parts)


def picture(package: str) -> str:
    """Mermaid flowchart: from each parent, by the column that joins, to its children."""
    children: dict[tuple[str, str], list[str]] = {}
    for name, stream in _streams(package).items():
        for column, parent in _keys(package).items():
            table = parent.partition(".")[0]
            if column in schema(package, name)["properties"] and table != name and _owner(stream) in ("", table):
                children.setdefault((table, column), []).append(name)
    lines = [f"  {table} -- {column} --> {' & '.join(names)}" for (table, column), names in children.items()]
    return "\n".join(["\n```mermaid", "flowchart LR", *lines, "```\n"])


def _streams(package: str) -> Mapping[str, Stream]:
    return {stream["name"]: stream for stream in manifest(package)["streams"]}


def _owner(stream: Stream) -> str:
    return str(stream["retriever"].get("partition_router", {}).get("parent", ""))


def _keys(package: str) -> Mapping[str, str]:
    """Column -> what it joins: {"projectId": "projects.id", "teamId": "teams.id"}."""
    known = _streams(package)
    routers = (stream["retriever"].get("partition_router", {}) for stream in known.values())
    named = {router["key_name"]: router["parent"] for router in routers if router.get("key_name")}
    return {PROJECT_ID: "projects.id"} | {
        column: f"{parent}.{known[parent]['primary_key'][-1]}" for column, parent in named.items() if parent in known
    }


def _join(column: str, about: Any, name: str, joins: Mapping[str, str], known: Mapping[str, Stream]) -> str:
    """Table and column that `column` joins, as far as its name or its content tells."""
    if column in joins and not joins[column].startswith(f"{name}."):
        return f"`{joins[column]}`"
    return next((f"`{place}` = `{table}.id`" for place, table in _nested(column, about) if table in known), "")


def _nested(column: str, about: Any) -> Iterator[tuple[str, str]]:
    """`project` with an `id` joins `projects`, and so does each of `projects`."""
    if "id" in about.get("properties", {}):
        yield f"{column}.id", f"{column}s"
    if "id" in about.get("items", {}).get("properties", {}):
        yield f"{column}[].id", column


def _type(about: Any) -> str:
    (kind,) = [kind for kind in about["type"] if kind != "null"]
    if about.get("format") == "date-time":
        return "timestamp"
    return f"array of {_type(about['items'])}" if kind == "array" and "items" in about else str(kind)
