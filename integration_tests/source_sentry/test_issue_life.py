"""Issues are resolved, merged and deleted while syncs run; the tables then equal the server."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
import requests

from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import Connector, Output
from saas_sandbox.sentry.server import Sandbox

STREAMS = ("issue_states", "issue_tombstones")
COMPARED = ("status", "substatus", "numComments", "assignedTo", "priority")
Table = dict[str, dict[str, Any]]


@pytest.mark.parametrize("group_ids", ["answered", "ignored"])
def test_given_issues_that_are_resolved_merged_and_deleted_when_two_more_syncs_ran_then_tables_equal_the_server(
    connect: Connect, group_ids: str
) -> None:
    connector = connect(size="small", latency_ms=5, group_ids=group_ids)
    connector.settings["issue_reconcile"] = "always"
    tables: dict[str, Table] = {stream: {} for stream in STREAMS}
    state = sync(connector, tables, None)
    first = set(tables["issue_states"])

    with changing(connector.sandbox):
        for _ in range(2):
            state = sync(connector, tables, state)
    connector.sandbox.finish_merges()
    for _ in range(2):
        state = sync(connector, tables, state)

    states, tombstones = (tables[stream] for stream in STREAMS)
    fates, server = connector.sandbox.state.world.fates, on_server(connector.sandbox)
    assert set(states) - set(tombstones) == set(server) == set(connector.sandbox.totals()["issues"])
    assert {issue: shown(states[issue]) for issue in server} == {issue: shown(row) for issue, row in server.items()}
    gone = {deletion.issue for deletion in fates.deletions} | set(fates.survivors)
    assert gone == set(tombstones) <= first
    for issue in tombstones:
        last = follow(issue, tombstones)
        assert last == (fates.survivor(issue) if last in server else None), issue


def sync(connector: Connector, tables: dict[str, Table], state: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Read into `tables`, by key, and return the new state."""
    output: Output = connector.read(*STREAMS, state=state)
    assert output.exit_code == 0, output.text
    for stream, table in tables.items():
        table.update({record["id"]: record for record in output.records(stream)})
    return output.last_states


@contextmanager
def changing(sandbox: Sandbox) -> Iterator[None]:
    """Resolve, merge and delete issues, again and again, and at least thirty times."""
    rng, end = Random(7), threading.Event()  # noqa: S311 - the same each time
    done: list[str] = []

    def repeat() -> None:
        while not end.is_set() or len(done) < 30:
            done.append(change(sandbox, rng))
            end.wait(0.02)

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(60)
    assert {"resolved", "merged", "deleted"} <= set(done)


def change(sandbox: Sandbox, rng: Random) -> str:
    """Do something about an issue of a project that has more than eight of them."""
    issues = [found for found in by_project(sandbox) if len(found) > 8]
    if not issues:
        return "nothing"
    one, other = rng.sample(rng.choice(issues), 2)
    kind = rng.choice(("resolved", "resolved", "merged", "pending", "deleted"))
    if kind == "resolved":
        sandbox.change_issue(one, status=rng.choice(("resolved", "unresolved", "ignored")), notes=rng.randint(0, 2))
    elif kind == "deleted":
        sandbox.delete_issue(one)
    else:
        sandbox.merge_issue(one, other, pending=kind == "pending")
    return kind


def by_project(sandbox: Sandbox) -> Iterator[list[str]]:
    """Ids of the issues that exist, of each project."""
    now = sandbox.state.clock.now()
    for project in sandbox.state.world.projects:
        errors = project.errors
        yield [str(project.issue(n).id) for n, rows in enumerate(errors.tracks) if rows and errors.at[rows[0]] < now]


def on_server(sandbox: Sandbox) -> Table:
    """What the list of issues has, all pages of all projects."""
    found: Table = {}
    url = f"{sandbox.url}/api/0/organizations/{sandbox.organization}/issues/"
    for project in sandbox.state.world.projects:
        params = {"project": project.id, "query": "", "limit": "100"}
        answer = requests.get(url, params=params, headers={"Authorization": f"Bearer {sandbox.token}"}, timeout=10)
        assert len(answer.json()) < 100
        found |= {row["id"]: row for row in answer.json()}
    return found


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row.get(name) for name in COMPARED}


def follow(issue: str, tombstones: Table) -> str | None:
    """The issue that has the events of another now, None if it was deleted."""
    while issue in tombstones:
        into = tombstones[issue].get("mergedInto")
        if into is None:
            return None
        issue = into
    return issue
