"""Rows of Explore arrive late, also while they are read; two syncs later the tables equal the server."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import requests
import time_machine

from integration_tests.clock import NOW
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import Connector
from saas_sandbox.sentry.server import Sandbox

DATASETS: Final = {"error_rows": "errors", "logs": "logs", "spans": "spans"}
START: Final = "2026-11-22T07:00:00Z"
LATE: Final = 1500
"""Seconds, more than the lag of ten minutes and less than the lookback of an hour."""
Table = dict[tuple[str, str], dict[str, Any]]


@pytest.mark.parametrize("global_views", [True, False], ids=["all projects", "project by project"])
def test_given_rows_that_arrive_late_while_syncs_run_when_two_more_ran_then_each_row_is_in_its_table(
    connect: Connect, *, global_views: bool
) -> None:
    connector = connect(size="small", items_per_day=1000, late_seconds=LATE, global_views=global_views, latency_ms=5)
    connector.settings["start_date"] = START
    tables: dict[str, Table] = {stream: {} for stream in DATASETS}
    missed = Counter[str]()
    moment, state = datetime.fromisoformat(NOW), None
    with arriving(connector.sandbox):
        for _ in range(20):
            if all(missed[stream] for stream in DATASETS):
                break  # each stream was read before some row of it came
            with time_machine.travel(moment):
                state = sync(connector, tables, state)
            for stream, table in tables.items():
                missed[stream] += len(on_server(connector.sandbox, stream, moment - timedelta(minutes=10)) - set(table))
            moment = datetime.fromtimestamp(connector.sandbox.advance(0), UTC)
        else:
            pytest.fail(f"no row came late: {missed}")

    for _ in range(2):
        moment = datetime.fromtimestamp(connector.sandbox.advance(LATE), UTC)
        with time_machine.travel(moment):
            state = sync(connector, tables, state)
    for stream, table in tables.items():
        assert on_server(connector.sandbox, stream, moment - timedelta(minutes=10)) <= set(table)
        assert set(table) <= on_server(connector.sandbox, stream, moment)


def sync(connector: Connector, tables: dict[str, Table], state: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Read into `tables`, by key, and return the new state."""
    output = connector.read(*DATASETS, state=state)
    assert output.exit_code == 0, output.text
    for stream, table in tables.items():
        table.update({(row["projectId"], row["id"]): row for row in output.records(stream)})
    return output.last_states


@contextmanager
def arriving(sandbox: Sandbox) -> Iterator[None]:
    """Let the server's time run, a minute in a tenth of a second, so that rows come and late ones show."""
    issues = [str(issue) for issue in sandbox.totals()["issues"]]
    end = threading.Event()

    def repeat() -> None:
        while not end.wait(0.1):
            sandbox.add_events(issues[0], 16)
            sandbox.advance(60)

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(60)


def on_server(sandbox: Sandbox, stream: str, until: datetime) -> set[tuple[str, str]]:
    """Project and id of each row before a moment that the server shows now, project by project."""
    found = set()
    for project in sandbox.state.world.projects:
        url = f"{sandbox.url}/api/0/organizations/{sandbox.organization}/events/"
        params: dict[str, Any] = {
            "dataset": DATASETS[stream],
            "field": ["id", "timestamp"],
            "sort": ["timestamp", "id"],
            "project": project.id,
            "start": START,
            "end": f"{until:%Y-%m-%dT%H:%M:%SZ}",
            "per_page": 100,
        }
        while params:
            answer = requests.get(url, params, headers={"Authorization": f"Bearer {sandbox.token}"}, timeout=10)
            found |= {(str(project.id), row["id"]) for row in answer.json()["data"]}
            following = answer.links["next"]
            params = params | {"cursor": following["cursor"]} if following["results"] == "true" else {}
    return found
