"""Every stream of a real Sentry 9.1.2, held against what the server answers to plain GETs, row by row."""

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integration_tests.commands import path_of
from integration_tests.real.snapshot import snapshot
from integration_tests.real.wire import Row, Wire
from integration_tests.source_sentry.connector import COMMAND, Output
from unit_tests.manifests import streams

pytestmark = pytest.mark.real
KEYS = {name: stream["primary_key"] for name, stream in streams("source_sentry").items()}
_MOVING = {"stats", "observedAt"}
"""The graph of an issue's last 24 hours, which goes with the hour, and when the connector saw a state."""
_QUIET = {"issues", "issue_states", "events", "issue_details", "issue_events", "issue_tag_values", "event_details"}
"""Of these nothing comes again after an hour without events."""
INCREMENTAL = {name for name, stream in streams("source_sentry").items() if "incremental_sync" in stream}


@dataclass
class Connector:
    """The installed command, with a config that names no kind of server."""

    wire: Wire
    folder: Path

    def run(self, command: str, **files: Any) -> Output:
        """Messages of the command, which must end well; `files` are its arguments' contents."""
        config = {
            "auth_token": self.wire.token,
            "organization": self.wire.organization,
            "hostname": self.wire.url,
            "include_secrets": True,
        }
        arguments = []
        for role, content in {"config": config, **files}.items():
            path = self.folder / f"{role}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            arguments += [f"--{role}", str(path)]
        done = subprocess.run(
            [path_of(COMMAND), command, *arguments], stdout=subprocess.PIPE, text=True, check=False, timeout=900
        )
        assert done.returncode == 0, done.stdout[-3000:]
        return Output([json.loads(line) for line in done.stdout.splitlines()])

    def read(self, state: list[dict[str, Any]] | None = None) -> Output:
        (catalog,) = (m["catalog"] for m in self.run("discover").messages if m["type"] == "CATALOG")
        configured = [
            {
                "stream": stream,
                "sync_mode": "incremental" if stream["name"] in INCREMENTAL else "full_refresh",
                "destination_sync_mode": "append_dedup",
            }
            for stream in catalog["streams"]
        ]
        return self.run("read", catalog={"streams": configured}, **({} if state is None else {"state": state}))


def by_key(stream: str, rows: list[Row]) -> dict[tuple[Any, ...], Row]:
    """Rows by their primary key, of which none may come twice."""
    found = Counter(tuple(str(row.get(part)) for part in KEYS[stream]) for row in rows)
    assert [key for key, count in found.items() if count > 1] == [], stream
    return {tuple(str(row.get(part)) for part in KEYS[stream]): row for row in rows}


def compare(stream: str, rows: list[Row], on_the_wire: list[Row]) -> int:
    """Hold records against the server's rows, field by field, and return the number of fields."""
    expected, fields = by_key(stream, on_the_wire), 0
    for key, record in by_key(stream, rows).items():
        assert key in expected, (stream, key)
        assert set(record) == set(expected[key]), (stream, key)
        for name in set(record) - _MOVING:
            assert record[name] == expected[key][name], (stream, key, name)
            fields += 1
    return fields


def test_given_a_real_server_when_all_streams_are_read_twice_then_they_are_what_it_answers(
    wire: Wire, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connector = Connector(wire, tmp_path)
    assert connector.run("check").connection[0] == "SUCCEEDED"
    began = time.time()
    first = connector.read()
    took = time.time() - began

    second = connector.read(first.last_states)

    found = snapshot(wire, int(began))
    assert set(first.statuses.values()) == set(second.statuses.values()) == {"COMPLETE"}
    assert {stream: len(first.records(stream)) for stream in KEYS if first.records(stream)} == {
        stream: len(rows) for stream, rows in found.items() if rows
    }
    fields = sum(compare(stream, first.records(stream), found.get(stream, [])) for stream in KEYS)
    repeated = sum(_again(stream, first, second, found.get(stream, [])) for stream in KEYS)
    lacking = [stream for stream in KEYS if stream not in found]
    _lacks(wire, lacking)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(found)} streams, {sum(map(len, found.values()))} rows, {fields} fields as on the wire; "
            f"{len(lacking)} streams that the server does not have; first sync {took:.0f} s; second sync: {repeated} "
            "rows of incremental streams again, none new\n"
        )


def _again(stream: str, first: Output, second: Output, on_the_wire: list[Row]) -> int:
    """Hold the second sync against the server too: other streams than full refreshes repeat what they look back on.

    Returns the number of rows that an incremental stream repeats.
    """
    again = second.records(stream)
    compare(stream, again, on_the_wire)
    if stream not in INCREMENTAL:
        assert len(again) == len(first.records(stream)), stream
        return 0
    assert not (again and stream in _QUIET), stream
    return len(again)


def _lacks(wire: Wire, lacking: list[str]) -> None:
    """The server has no rows of the streams that are in no snapshot, where these are read."""
    for stream in lacking:
        endpoint = str(streams("source_sentry")[stream]["$parameters"]["endpoint"])
        named = {"organization", "project"}
        if {part.split("}")[0] for part in endpoint.split("{")[1:]} <= named:
            assert not wire.is_served(endpoint), stream
