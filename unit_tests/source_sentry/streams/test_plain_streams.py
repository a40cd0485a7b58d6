"""Streams of the plain families: a row for each, its requests exactly, through two pages, and its records as they came.

What is particular to a stream is tested beside it; this table has only what every stream of a family does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import API, BACKEND, WEB, Json, without
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, page
from unit_tests.source_sentry.sync import read

LIST, OBJECT = "list", "object"
ALL_PROJECTS = {"per_page": "100", "project": "-1"}


@dataclass(frozen=True)
class Case:
    """Path and shape of a stream's answer; `{project}` makes one request a project."""

    path: str
    shape: str = LIST
    params: Mapping[str, str] = field(default_factory=lambda: {"per_page": "100"})

    def request(self, slug: str, **more: str) -> SentryRequest:
        params = {} if self.shape == OBJECT else self.params
        return SentryRequest(f"{API}/{self.path.format(project=slug)}", {**params, **more})


CASES = {
    "organizations": Case("organizations/"),
    "organization": Case("organizations/acme/", OBJECT),
    "teams": Case("organizations/acme/teams/"),
    "members": Case("organizations/acme/members/"),
    "organization_project_keys": Case("organizations/acme/project-keys/", params=ALL_PROJECTS),
    "organization_environments": Case(
        "organizations/acme/environments/", params={"project": "-1", "visibility": "all"}
    ),
    "organization_tags": Case("organizations/acme/tags/", params=ALL_PROJECTS),
    "relays": Case("organizations/acme/relay_usage/"),
    "project_details": Case("projects/acme/{project}/", OBJECT),
    "project_keys": Case("projects/acme/{project}/keys/"),
    "project_teams": Case("projects/acme/{project}/teams/"),
    "project_members": Case("projects/acme/{project}/members/"),
    "project_environments": Case("projects/acme/{project}/environments/", params={"visibility": "all"}),
    "project_ownership": Case("projects/acme/{project}/ownership/", OBJECT),
    "project_codeowners": Case("projects/acme/{project}/codeowners/"),
    "project_filters": Case("projects/acme/{project}/filters/"),
    "project_service_hooks": Case("projects/acme/{project}/hooks/"),
    "project_symbol_sources": Case("projects/acme/{project}/symbol-sources/"),
    "project_debug_files": Case("projects/acme/{project}/files/dsyms/"),
    "project_artifact_bundles": Case("projects/acme/{project}/files/artifact-bundles/"),
    "project_tags": Case("projects/acme/{project}/tags/"),
    "project_users": Case("projects/acme/{project}/users/"),
    "project_commits": Case("projects/acme/{project}/commits/"),
    "project_releases": Case("projects/acme/{project}/releases/"),
    "discarded_issues": Case("projects/acme/{project}/tombstones/"),
    "detectors": Case("organizations/acme/detectors/", params=ALL_PROJECTS),
    "workflows": Case("organizations/acme/workflows/", params=ALL_PROJECTS),
    "uptime_monitors": Case("organizations/acme/uptime/", params=ALL_PROJECTS),
    "metric_alert_rules": Case("organizations/acme/alert-rules/", params=ALL_PROJECTS),
    "incidents": Case("organizations/acme/incidents/", params=ALL_PROJECTS),
    "monitors": Case("organizations/acme/monitors/", params={"per_page": "100", "project": "-1", "sort": "name"}),
    "dashboards": Case("organizations/acme/dashboards/", params={"per_page": "100", "sort": "dateCreated"}),
    "discover_saved_queries": Case(
        "organizations/acme/discover/saved/", params={"per_page": "100", "sortBy": "dateCreated"}
    ),
    "explore_saved_queries": Case(
        "organizations/acme/explore/saved/", params={"per_page": "100", "sortBy": "dateAdded"}
    ),
    "integrations": Case("organizations/acme/integrations/", params={"per_page": "100", "includeConfig": "0"}),
    "code_mappings": Case("organizations/acme/code-mappings/", params=ALL_PROJECTS),
    "sentry_apps": Case("organizations/acme/sentry-apps/"),
    "sentry_app_installations": Case("organizations/acme/sentry-app-installations/"),
    "data_forwarders": Case("organizations/acme/forwarding/"),
}


@pytest.mark.parametrize("stream", CASES)
def test_given_stream_when_read_then_requests_and_records_are_exact(stream: str, sentry: SentryMock) -> None:
    case, rows = CASES[stream], [a_row(number, stream) for number in range(6)]
    slugs = ["backend", "web"] if "{project}" in case.path else [""]
    if slugs != [""]:
        sentry.answers_projects(BACKEND, WEB)
    expected = []
    for number, slug in enumerate(slugs):
        one, two, three = found = rows[3 * number : 3 * number + 3]
        if case.shape == OBJECT:
            found = [one]
            sentry.answers(case.request(slug), answer(one))
        else:
            sentry.answers(case.request(slug), page(one, two, next_cursor="4711:1:0"))
            sentry.answers(case.request(slug, cursor="4711:1:0"), page(three))
        added = {"projectId": str(number + 1)} if slug and stream not in TELL_THEIR_PROJECT else {}
        expected += [{**row, **added} for row in found]

    sync = read(stream)

    records = sorted(sync.records(stream), key=lambda record: str(record["id"]))
    assert records == [without(row, *SECRETS.get(stream, ())) for row in expected]
    assert (sync.status(stream), sync.warnings()) == ("COMPLETE", [])


SECRETS = {
    "integrations": ("secret",),
    "project_keys": ("secret",),
    "organization_project_keys": ("secret",),
    "project_service_hooks": ("secret",),
    "sentry_apps": ("secret",),
    "data_forwarders": ("secret",),
}
"""Fields that a stream leaves out by default."""
TELL_THEIR_PROJECT = {"project_details", "project_keys"}
"""Streams below projects whose records have its id from Sentry; the others get `projectId`."""


def a_row(number: int, stream: str) -> Json:
    """A row of a list: its part of the key, some fields with empty values, and some that no schema knows."""
    key = {part: f"{part}-{number}" for part in streams("source_sentry")[stream]["primary_key"] if part != "projectId"}
    row = {"slug": f"row-{number}", "isActive": False, "count": 0, "tags": [], "secret": "s"}
    return {**row, **key, "id": f"{number}"}
