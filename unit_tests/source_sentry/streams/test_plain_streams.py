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
    "projects": Case("organizations/acme/projects/"),
    "project_details": Case("projects/acme/{project}/", OBJECT),
    "project_keys": Case("projects/acme/{project}/keys/"),
    "detectors": Case("organizations/acme/detectors/", params=ALL_PROJECTS),
    "workflows": Case("organizations/acme/workflows/", params=ALL_PROJECTS),
    "uptime_monitors": Case("organizations/acme/uptime/", params=ALL_PROJECTS),
    "metric_alert_rules": Case("organizations/acme/alert-rules/", params=ALL_PROJECTS),
    "incidents": Case("organizations/acme/incidents/", params=ALL_PROJECTS),
}
OF_ORGANIZATION = {
    "team_members",
    "team_projects",
    "scim_users",
    "scim_groups",
    "trace_item_attributes",
    "replay_selectors",
    "audit_logs",
    "feature_flag_logs",
    "issue_alert_rules",
}
USAGE = {"release_health", "release_health_hourly", "usage_outcomes", "usage_summary", "project_stats"}
PARTICULAR = {
    *("users", "releases", "issues", "events", "event_attachments", "event_details", "feedback"),
    *("issue_activities", "issue_attachments", "issue_comments", "issue_details", "issue_events", "issue_hashes"),
    *("issue_external_issues", "issue_integrations", "issue_tag_values", "issue_tags", "issue_user_feedback"),
    *("replays", "replay_clicks", "replay_recording_segments", "replay_viewers"),
    *USAGE,
    *OF_ORGANIZATION,
}
"""Streams whose requests have a test file or a test of their own."""


def test_given_table_when_compared_then_every_stream_has_a_row_or_a_test_of_its_own() -> None:
    assert {*CASES} | PARTICULAR == {*streams("source_sentry")}
    assert {*CASES} & PARTICULAR == set()


@pytest.mark.parametrize("stream", CASES)
def test_given_stream_when_read_then_requests_and_records_are_exact(stream: str, sentry: SentryMock) -> None:
    case, rows = CASES[stream], [a_row(number) for number in range(6)]
    slugs = ["backend", "web"] if "{project}" in case.path else [""]
    if slugs != [""]:
        sentry.answers_projects(BACKEND, WEB)
    expected = []
    for number, slug in enumerate(slugs):
        one, two, three = rows[3 * number : 3 * number + 3]
        if case.shape == OBJECT:
            sentry.answers(case.request(slug), answer(one))
            expected += [one]
        else:
            sentry.answers(case.request(slug), page(one, two, next_cursor="100:1:0"))
            sentry.answers(case.request(slug, cursor="100:1:0"), page(three))
            expected += [one, two, three]

    sync = read(stream)

    found = sorted(sync.records(stream), key=lambda record: str(record["id"]))
    assert found == [without(row, *SECRETS.get(stream, ())) for row in expected]
    assert (sync.status(stream), sync.warnings()) == ("COMPLETE", [])


SECRETS = {"project_keys": ("secret",), "organization_project_keys": ("secret",)}
"""Fields that a stream leaves out by default."""


def a_row(number: int) -> Json:
    """A row of any list, with empty values, and with a field that no schema knows."""
    return {"id": f"{number}", "slug": f"row-{number}", "isNew": False, "count": 0, "tags": [], "secret": "s"}
