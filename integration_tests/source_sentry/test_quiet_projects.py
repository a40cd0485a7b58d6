"""A sync of many projects, few of which have new events."""

from collections import Counter

from integration_tests.clock import NOW
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import Connector

PROJECTS = 1_000
OTHERS = 20
"""Ten pages of the list of projects, which is read twice, as its pages have numbers, and one question."""


def read_on(connector: Connector) -> tuple[list[str], Counter[str]]:
    """Events that a sync right after another reads; requests of it, those for projects as one."""
    ids = [str(project["id"]) for project in connector.read("projects").records("projects")]
    cursors = [{"partition": {"project": project}, "cursor": {"dateCreated": NOW}} for project in ids]
    stream = {"stream_descriptor": {"name": "events"}, "stream_state": {"states": cursors}}
    connector.sandbox.reset()
    output = connector.read("events", state=[{"type": "STREAM", "stream": stream}])
    assert (output.exit_code, len(ids)) == (0, PROJECTS)
    (state,) = output.last_states
    found = state["stream"]["stream_state"]["states"]
    assert {entry["partition"]["project"] for entry in found} == set(ids)
    assert all(entry["cursor"]["dateCreated"] >= NOW for entry in found), "all count as read"
    paths = (request.path.removeprefix("/api/0/") for request in connector.sandbox.requests())
    return sorted(output.keys("events")), Counter(
        "of a project" if "projects/acme/" in path else path for path in paths
    )


def test_given_a_thousand_quiet_projects_when_read_then_twenty_requests_beside_those_for_projects_with_events(
    connect: Connect,
) -> None:
    options = {"projects": PROJECTS, "events_per_project": 50}
    events, asked = read_on(connect(**options, global_views=True))
    of_each, without = read_on(connect(**options))

    assert events == of_each, "nothing is lost"
    assert events, "some projects have news"
    assert asked["of a project"] <= len(events)
    assert asked.total() - asked["of a project"] <= OTHERS
    assert without["of a project"] >= PROJECTS - 2
