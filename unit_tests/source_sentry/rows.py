"""A Sentry that answers Explore's questions for rows, with the limits of its versions."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests_mock

from unit_tests.source_sentry.builders import API, BACKEND, Json, a_config
from unit_tests.source_sentry.sentry_mock import link
from unit_tests.source_sentry.sync import Sync, read

Asked = dict[str, list[str]]
NEWEST = datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
START = "2026-11-20T00:00:00Z"
UNTIL = "2026-11-22T09:50:00Z"
"""Ten minutes before the sync."""


def rows(number: int, every: float = 60, fields: Json | None = None) -> list[Json]:
    """`number` rows, newest last, one every so many seconds."""
    moments = [NEWEST - timedelta(seconds=every * place) for place in reversed(range(number))]
    return [
        {"id": f"{place:032x}", "timestamp": f"{moment:%Y-%m-%dT%H:%M:%S+00:00}", "project.id": 1, **(fields or {})}
        for place, moment in enumerate(moments)
    ]


@dataclass
class RowsServer:
    """Rows of one dataset."""

    rows: list[Json]
    projects: list[Json] = field(default_factory=lambda: [BACKEND])
    most_fields: int = 50
    most_page_rows: int = 9_999
    most_rows: int = 10_000
    most_counted: int = 10**9
    """Rows of a window above which a query takes too long."""
    too_slow: int = 400
    takes_key: bool = True
    """Whether rows can be ordered by a second field."""
    is_across: bool = True
    sampled_before: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    """What the fields are; a field that is not among them is a text."""
    wrong: str = ""
    """A field that is none."""
    changes: Callable[[list[Json], int], list[Json]] = lambda rows, _: rows
    """Called before each answer with the rows and the number of the request."""
    asked: list[Asked] = field(default_factory=list)

    def answer(self, request: Any, context: Any) -> Any:
        asked: Asked = parse_qs(urlsplit(request.url).query)
        self.asked.append(asked)
        self.rows = self.changes(self.rows, len(self.asked))
        if refusal := self._refusal(asked):
            context.status_code, detail = refusal
            return {"detail": detail}
        found = self._found(asked)
        meta: Json = {"fields": {name: self.kinds.get(name, "string") for name in asked["field"]}}
        start = asked.get("start", [""])[0]
        if self.sampled_before:
            meta["dataScanned"] = "partial" if start < self.sampled_before else "full"
        if asked["field"] == ["count()"]:
            return {"data": [{"count()": len(found)}], "meta": meta}
        offset, size = _offset(asked), int(asked["per_page"][0])
        more = "true" if len(found) > offset + size else "false"
        context.headers["Link"] = link(f"0:{offset + size}:0", more)
        data = [{name: row.get(name) for name in asked["field"]} for row in found[offset : offset + size]]
        return {"data": data, "meta": meta}

    def _found(self, asked: Asked) -> list[Json]:
        start, end = (asked.get(name, [default])[0][:19] for name, default in (("start", ""), ("end", "9")))
        ids = set(asked.get("project", []))
        found = [
            row
            for row in self.rows
            if start <= row["timestamp"][:19] < end and (ids == {"-1"} or str(row["project.id"]) in ids)
        ]
        random.Random(len(self.asked)).shuffle(found)  # noqa: S311 - the order of ties is another each time
        for name in reversed(asked.get("sort", [])):
            found.sort(key=lambda row: row[name.strip("-")], reverse=name.startswith("-"))
        return found

    def _refusal(self, asked: Asked) -> tuple[int, str] | None:
        fields, size = self.most_fields, self.most_page_rows
        refusals = {
            f"Invalid characters in field {self.wrong}": self.wrong in asked["field"],
            "You cannot view events from multiple projects.": asked["project"] == ["-1"]
            and len(self.projects) > 1
            and not self.is_across,
            f"You can view up to {fields} fields at a time. Please delete some and try again.": len(asked["field"])
            > fields,
            f"Invalid per_page value. Must be between 1 and {size}.": int(asked["per_page"][0]) > size,
            "orderby must also be in the selected columns or groupby": len(asked.get("sort", [])) > 1
            and not self.takes_key,
            "queries cannot have a limit higher than 10000": _offset(asked) + int(asked["per_page"][0])
            > self.most_rows,
        }
        if len(self._found(asked)) > self.most_counted:
            return self.too_slow, "Query timeout. Please try again. If the problem persists try a smaller date range."
        return next(((400, detail) for detail, holds in refusals.items() if holds), None)

    @property
    def pages(self) -> list[Asked]:
        """Requests for rows."""
        return [asked for asked in self.asked if asked["field"] != ["count()"] and "statsPeriod" not in asked]

    @property
    def questions(self) -> list[Asked]:
        """Requests for what the fields are."""
        return [asked for asked in self.asked if asked["field"] != ["count()"] and "statsPeriod" in asked]


def _offset(asked: Asked) -> int:
    return int(asked.get("cursor", ["0:0:0"])[0].split(":")[1])


@contextmanager
def serving_rows(server: RowsServer) -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mock:
        mock.get(re.compile(f"{re.escape(API)}/organizations/acme/events/"), json=server.answer)
        mock.get(re.compile(f"{re.escape(API)}/projects/acme/"), status_code=404, json={"detail": "Not found."})
        mock.get(f"{API}/organizations/acme/projects/", json=server.projects, headers={"Link": link(None)})
        mock.get(f"{API}/organizations/acme/", json={"id": "1", "slug": "acme"})
        yield mock


def read_rows(server: RowsServer, stream: str = "error_rows", **more: Any) -> Sync:
    config = a_config(start_date=START) | more.pop("settings", {})
    with serving_rows(server):
        return read(stream, config=config, **more)


def ids(found: list[Json]) -> list[str]:
    return sorted(row["id"] for row in found)
