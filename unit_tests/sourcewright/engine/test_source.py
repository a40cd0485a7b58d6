"""Streams of shapes that no stream of the connectors has yet."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import time_machine

from sourcewright.components.runtime import Row
from sourcewright.engine.parents import DefinedStreams
from unit_tests.source_sentry.builders import BACKEND, NOW, WEB, Json, a_config, an_issue
from unit_tests.source_sentry.endpoints import events, issues, projects, releases
from unit_tests.source_sentry.sentry_mock import SentryMock, answer, organization_request, page, project_request
from unit_tests.source_sentry.sync import Sync, project_states, read, read_source
from unit_tests.sourcewright.engine.small_source import CURSOR, a_list, a_source_class

CHILDREN = ("project_details", "project_keys", "issues", "events")
LATER = "2026-11-22T12:00:00Z"
ALERTS = "projects/{organization}/{project}/alerts/"


def test_given_stream_that_is_made_from_the_config_when_read_then_it_is_known(
    sentry: SentryMock, tmp_path: Path
) -> None:
    template = {
        "type": "DynamicDeclarativeStream",
        "stream_template": a_list("template", "organizations/{organization}/monitors/"),
        "components_resolver": {
            "type": "ConfigComponentsResolver",
            "stream_config": {"type": "StreamConfig", "configs_pointer": ["queries"]},
            "components_mapping": [
                {
                    "type": "ComponentMappingDefinition",
                    "field_path": ["name"],
                    "value": "{{ components_values['name'] }}",
                }
            ],
        },
    }
    source = a_source_class(tmp_path, dynamic_streams=[template])
    sentry.answers(organization_request("monitors/", per_page="100"), page({"id": "1"}))

    sync = read_source(source, "mine", config=a_config(queries=[{"name": "mine"}]))

    assert sync.records("mine") == [{"id": "1"}]


def alerts(**retriever: Any) -> Mapping[str, Any]:
    """A stream of windows by project."""
    return a_list(
        "alerts",
        ALERTS,
        incremental_sync={**CURSOR, "cursor_field": "dateCreated"},
        retriever={"$ref": "#/definitions/project_retriever", **retriever},
    )


@pytest.mark.parametrize("paginator", [{}, {"paginator": {"type": "NoPagination"}}], ids=["link header", "none"])
def test_given_window_that_was_read_when_closed_then_its_cursor_advances_whatever_the_paginator(
    paginator: Json, sentry: SentryMock, tmp_path: Path
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(project_request("backend", "alerts/", per_page="100"), page({"id": "1"}))

    sync = read_source(a_source_class(tmp_path, alerts=alerts(**paginator)), "alerts", incremental=True)

    assert sync.cursors("alerts") == {"1": NOW}


def test_given_parent_with_a_window_of_its_own_when_children_are_read_then_it_is_read_whole(
    sentry: SentryMock, tmp_path: Path
) -> None:
    deploys = a_list(
        "deploys",
        "organizations/{organization}/releases/{version}/deploys/",
        parameters={"parent": "releases"},
        retriever={
            "$ref": "#/definitions/retriever",
            "partition_router": {
                "type": "CustomPartitionRouter",
                "class_name": "sourcewright.components.parents.ParentRouter",
            },
        },
    )
    found = [{"version": version, "dateCreated": "2026-11-20T08:00:00Z"} for version in ("1.0", "a/b 1")]
    sentry.answers(releases(), page(*found))
    sentry.answers(organization_request("releases/1.0/deploys/", per_page="100"), page({"id": "1"}))
    sentry.answers(organization_request("releases/a%2Fb%201/deploys/", per_page="100"), page({"id": "2"}))

    sync = read_source(a_source_class(tmp_path, deploys=deploys), "deploys")

    assert sorted(record["id"] for record in sync.records("deploys")) == ["1", "2"]


HASHES = a_list(
    "hashes",
    "organizations/{organization}/issues/{id}/hashes/",
    parameters={"parent": "issues", "required": True},
    incremental_sync={**CURSOR, "cursor_field": "lastSeen"},
    retriever={
        "$ref": "#/definitions/retriever",
        "partition_router": {
            "type": "CustomPartitionRouter",
            "class_name": "sourcewright.components.parents.TouchedRouter",
        },
    },
)


def hashes(issue: int) -> Any:
    return organization_request(f"issues/{issue}/hashes/", per_page="100")


def read_hashes(folder: Path, **more: Any) -> Sync:
    return read_source(a_source_class(folder, hashes=HASHES), "hashes", incremental=True, **more)


def test_given_children_of_touched_parents_when_read_twice_then_only_new_parents_are_asked(
    sentry: SentryMock, frozen: time_machine.Traveller, tmp_path: Path
) -> None:
    sentry.answers(projects(), page(BACKEND), page(BACKEND))
    sentry.answers(issues("1"), page(an_issue(1), an_issue(2)))
    sentry.answers(hashes(1), page({"id": "a"}))
    sentry.answers(hashes(2), page({"id": "b"}))
    first = read_hashes(tmp_path)
    assert first.state("hashes") == {"parent_state": {"issues": project_states("lastSeen", {"1": NOW})}}

    frozen.move_to(LATER, tick=False)
    sentry.answers(issues("1", "2026-11-22T09:00:00Z", LATER, now=LATER), page(an_issue(3, "2026-11-22T11:00:00Z")))
    sentry.answers(hashes(3), page({"id": "c"}))
    second = read_hashes(tmp_path, state={"hashes": first.state("hashes")})

    assert [record["id"] for record in second.records("hashes")] == ["c"]
    cursors = project_states("lastSeen", {"1": LATER})
    assert second.state("hashes") == {"parent_state": {"issues": cursors}}


def test_given_child_that_fails_when_read_then_the_state_stays_before_its_parents(
    sentry: SentryMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sourcewright.engine.parents.BATCH_PARENTS", 1)
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(issues("1"), page(an_issue(1)))
    sentry.answers(issues("2"), page(an_issue(2)))
    sentry.answers(hashes(1), page({"id": "a"}))
    sentry.answers(hashes(2), *[answer("", 500)] * 9)

    sync = read_hashes(tmp_path, fails=True)

    assert sync.state("hashes") == {"parent_state": {"issues": project_states("lastSeen", {"1": NOW})}}


def test_given_child_that_is_refused_when_read_then_the_state_stays_before_its_parents(
    sentry: SentryMock, tmp_path: Path
) -> None:
    endpoint = "projects/{organization}/{project}/notes/{id}/"
    notes = {**HASHES, "$parameters": {**HASHES["$parameters"], "name": "notes", "endpoint": endpoint}}
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1"), page(an_issue(1), an_issue(2)))
    sentry.answers(project_request("backend", "notes/1/", per_page="100"), page({"id": "a"}))
    sentry.answers(project_request("backend", "notes/2/", per_page="100"), answer("", 404))

    sync = read_source(a_source_class(tmp_path, notes=notes), "notes", incremental=True)

    assert ([record["id"] for record in sync.records("notes")], sync.state("notes")) == (["a"], {})
    assert len(sync.warnings()) == 1


def test_given_parent_whose_state_is_its_newest_record_when_its_children_are_read_then_their_state_advances(
    sentry: SentryMock, tmp_path: Path
) -> None:
    endpoint = "organizations/{organization}/releases/{version}/deploys/"
    parameters = {**HASHES["$parameters"], "name": "deploys", "parent": "releases", "endpoint": endpoint}
    sentry.answers(releases(), page({"version": "1.0", "dateCreated": "2026-11-20T08:00:00Z"}))
    sentry.answers(organization_request("releases/1.0/deploys/", per_page="100"), page({"id": "1"}))

    source = a_source_class(tmp_path, deploys={**HASHES, "$parameters": parameters})
    sync = read_source(source, "deploys", incremental=True)

    assert sync.state("deploys") == {"parent_state": {"releases": {"dateCreated": "2026-11-20T08:00:00Z"}}}


def test_given_slow_parent_when_its_children_wait_then_other_streams_are_read_meanwhile(
    sentry: SentryMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, read_parent = threading.Event(), DefinedStreams.parent_rows

    def wait(streams: DefinedStreams, name: str, *fields: str) -> list[Row]:
        # The sync itself compares the settings with the projects, and asks for the age, before it starts any stream
        assert name != "project_list" or threading.current_thread() is sync or gate.wait(10)
        return read_parent(streams, name, *fields)

    monkeypatch.setattr(DefinedStreams, "parent_rows", wait)
    for stream in ("teams", "members"):
        sentry.answers(organization_request(f"{stream}/", per_page="100"), page({"id": "1"}))
    sentry.answers_projects(BACKEND)
    sentry.answers(project_request("backend", ""), answer({"id": "1"}))
    sentry.answers(project_request("backend", "keys/", per_page="100"), page())
    sentry.answers(events("backend"), page())
    sentry.answers(issues("1"), page())
    sync = threading.Thread(
        target=read, args=(*CHILDREN, "teams", "members"), kwargs={"config": a_config(num_workers=1)}
    )
    sync.start()
    deadline = time.monotonic() + 5
    while len(sentry.requested) < 4 and time.monotonic() < deadline:
        gate.wait(0.01)
    _, _, *meanwhile = [url for url, _ in sentry.requested]
    gate.set()
    sync.join(10)
    assert sorted(url.rsplit("/", 2)[1] for url in meanwhile) == ["members", "teams"]
