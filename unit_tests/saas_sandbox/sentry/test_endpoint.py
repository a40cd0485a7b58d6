"""Rows of every kind, in a table of their own."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.auth import any_of
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.endpoint import PROJECT, Custom, Endpoint, Listing, Single, below, by_key
from saas_sandbox.sentry.endpoints import ENDPOINTS
from saas_sandbox.sentry.server import Sandbox
from saas_sandbox.sentry.settings import OLD, Settings
from saas_sandbox.sentry.world import Project
from unit_tests.saas_sandbox.sentry.client import NOW, Client

ORG = any_of("org")
ONLY_COUNT = {"feedback", "logs", "spans", "transactions", "trace_metrics", "uptime_results"}  # a query of another row
ISSUES = next(row for row in ENDPOINTS if row.name == "issues")


def monitors(_: Call, __: Record) -> list[Record]:
    return [{"slug": f"nightly-{number}", "at": 100 - number} for number in range(5)]


def checks(call: Call, monitor: Record) -> list[Record]:
    found = [{"id": f"{monitor['slug']}/{number}"} for number in range(3)]
    return found[:1] if call.one("latest") else found


MONITORS = Listing(
    "monitors",
    "/organizations/{org}/monitors/",
    ORG,
    monitors,
    key="slug",
    paging=by_key(lambda monitor: monitor["at"]),
    inside="data",
)
CHECKS = Listing(
    "checks",
    "/organizations/{org}/monitors/{monitor}/checks/",
    any_of("alerts"),
    checks,
    parent=below(MONITORS, "monitor"),
    every=checks,
    size=2,
    old={"size": 3},
)
HASHES = Listing(
    "hashes",
    "/organizations/{org}/issues/{issue}/hashes/",
    any_of("event"),
    lambda _, issue: [{"id": f"hash-{issue.id}"}],
    parent=below(ISSUES, "issue"),
    paging=None,
    inside="data",
)


def quota(_: Call, project: Project) -> Record:
    return {"project": project.slug, "events": 5}


QUOTA = Single("quota", "/projects/{org}/{project}/quota/", ORG, quota, parent=PROJECT, key="project", by_project=True)
TABLE: tuple[Endpoint, ...] = (MONITORS, CHECKS, HASHES, QUOTA, ISSUES)


class Table(Sandbox):
    endpoints = TABLE


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Table.serve(Settings(size="tiny", now=NOW)) as sandbox, requests.Session() as session:
        yield Client(sandbox, session)


def slugs(body: Any) -> list[str]:
    return [monitor["slug"] for monitor in body["data"]]


def test_given_an_envelope_and_sort_values_when_pages_are_followed_then_cursors_hold_them(client: Client) -> None:
    first = client.get("/organizations/acme/monitors/", per_page=2)
    cursor = first.links["next"]["cursor"]
    assert (slugs(first.json()), cursor) == (["nightly-0", "nightly-1"], "98:0:0")
    second = client.get("/organizations/acme/monitors/", per_page=2, cursor=cursor)
    assert slugs(second.json()) == ["nightly-2", "nightly-3"]


def test_given_a_child_when_its_parent_exists_then_pages_of_its_size_come_and_otherwise_404(client: Client) -> None:
    first = client.get("/organizations/acme/monitors/nightly-3/checks/")
    assert first.json() == [{"id": "nightly-3/0"}, {"id": "nightly-3/1"}]
    assert first.links["next"]["cursor"] == "2:1:0"
    assert client.get("/organizations/acme/monitors/nightly-3/checks/", latest=1).json() == [{"id": "nightly-3/0"}]
    assert client.get("/organizations/acme/monitors/weekly/checks/").status_code == 404
    assert client.get("/organizations/nobody/monitors/nightly-3/checks/").status_code == 404


def test_given_a_child_of_an_issue_when_it_comes_in_one_answer_then_there_is_no_link(client: Client) -> None:
    issue = client.sandbox.totals()["issues"][0]
    answer = client.get(f"/organizations/acme/issues/{issue}/hashes/")
    assert (answer.json(), "Link" in answer.headers) == ({"data": [{"id": f"hash-{issue}"}]}, False)
    assert client.get("/organizations/acme/issues/1/hashes/").status_code == 404


def test_given_one_object_when_it_is_read_then_it_is_the_projects(client: Client) -> None:
    assert client.get("/projects/acme/web/quota/").json() == {"project": "web", "events": 5}
    assert client.get("/projects/acme/nothing/quota/").status_code == 404


def test_given_a_table_when_totals_are_asked_for_then_every_row_with_a_key_counts(client: Client) -> None:
    totals = client.look("totals")
    assert list(totals) == ["monitors", "checks", "hashes", "quota", "issues"]
    assert totals["monitors"] == [f"nightly-{number}" for number in range(5)]
    assert totals["checks"] == [f"nightly-{monitor}/{check}" for monitor in range(5) for check in range(3)]
    assert totals["hashes"] == [f"hash-{issue}" for issue in totals["issues"]]
    assert totals["quota"] == {slug: [slug] for slug in ("backend", "web", "archive", "playground")}


def test_given_a_row_of_today_when_the_server_is_old_then_it_is_an_unknown_path() -> None:
    with Table.serve(Settings(size="tiny", now=NOW, generation=OLD)) as sandbox, requests.Session() as session:
        client = Client(sandbox, session)
        unknown = client.get("/organizations/acme/monitors/")
        assert (unknown.status_code, unknown.content) == (404, b"")
        assert len(client.get("/organizations/acme/monitors/nightly-3/checks/").json()) == 3
        assert list(client.look("totals")) == ["checks", "issues"]
        assert [request.status for request in sandbox.requests()] == [404, 200]


def test_given_the_sandboxs_own_table_when_names_and_paths_are_listed_then_each_stands_once() -> None:
    assert len({row.name for row in ENDPOINTS}) == len(ENDPOINTS)
    rows = [row for row in ENDPOINTS if row.name not in ONLY_COUNT]
    assert len({row.path for row in rows}) == len(rows)
    assert all(row.key for row in ENDPOINTS if not isinstance(row, Custom) and row.name != "index")
