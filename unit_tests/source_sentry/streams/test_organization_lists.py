"""Lists of an organization that come in parts, from envelopes, or with what is no one's business."""

from itertools import pairwise

import pytest

from source_sentry import SourceSentry
from unit_tests.source_sentry.builders import Json, a_config, without
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import read, read_source

THRESHOLDS = "release_threshold_statuses"
REPOSITORY = {"id": "1", "name": "acme/one", "status": "active"}
DELETED = {"id": "2", "name": "acme/two", "status": "pending_deletion"}
OVERVIEW = {"id": "default-overview", "title": "General", "dateCreated": "", "createdBy": ""}
DASHBOARD = {"id": "7", "title": "Ours", "dateCreated": "2026-11-01T00:00:00Z", "createdBy": {"id": "1"}}


def test_given_deleted_repositories_when_read_then_they_come_too(sentry: SentryMock) -> None:
    answers_repositories(sentry)
    sync = read("repositories")
    assert by_id(sync.records("repositories")) == [REPOSITORY, DELETED]
    assert (sync.status("repositories"), sync.warnings()) == ("COMPLETE", [])


def test_given_two_repositories_with_the_same_commits_when_read_then_each_has_each_once(sentry: SentryMock) -> None:
    answers_repositories(sentry)
    for number in ("1", "2"):
        path = f"repos/{number}/commits/"
        sentry.answers(organization_request(path, per_page="100"), page({"id": "aa"}, next_cursor="1795000000000:0:0"))
        sentry.answers(
            organization_request(path, per_page="100", cursor="1795000000000:0:0"), page({"id": "aa"}, {"id": "bb"})
        )

    keys = read("repository_commits").keys("repository_commits")

    assert sorted(keys) == [(number, sha) for number in ("1", "2") for sha in ("aa", "bb")]


def test_given_views_of_others_when_read_then_they_come_too(sentry: SentryMock) -> None:
    for number, owner in enumerate(("me", "others")):
        request = {"per_page": "100", "sort": "name", "createdBy": owner}
        sentry.answers(organization_request("group-search-views/", **request), page({"id": str(number)}))
    assert by_id(read("issue_views").records("issue_views")) == [{"id": "0"}, {"id": "1"}]


def test_given_actions_of_no_project_and_of_others_projects_when_read_then_each_once(sentry: SentryMock) -> None:
    path, none, mine, others = "notifications/actions/", an_action(1), an_action(2, 1), an_action(3, 2)
    sentry.answers(organization_request(path, per_page="100"), page(none, mine))
    sentry.answers(organization_request(path, per_page="100", project="-1"), page(mine, others))
    assert by_id(read("notification_actions").records("notification_actions")) == [none, mine, others]


def test_given_a_dashboard_that_is_not_stored_when_read_then_its_blanks_are_nothing(sentry: SentryMock) -> None:
    answers_dashboards(sentry)
    blank = without(OVERVIEW, "dateCreated", "createdBy")
    assert read("dashboards").records("dashboards") == [blank, DASHBOARD]


def test_given_dashboards_when_widgets_are_read_then_those_with_an_id_come(sentry: SentryMock) -> None:
    answers_dashboards(sentry, {**DASHBOARD, "id": "8"})
    widgets = [{"title": "Errors"}], [{"id": "1", "dashboardId": "7"}, {"id": "2"}], [{"id": "1", "dashboardId": "8"}]
    for dashboard, rows in zip(("default-overview", "7", "8"), widgets, strict=True):
        request = organization_request(f"dashboards/{dashboard}/")
        sentry.answers(request, answer({"id": dashboard, "widgets": rows}))

    records = read("dashboard_widgets").records("dashboard_widgets")

    keys = [(record["dashboardId"], record["id"]) for record in records]
    assert sorted(keys) == [("7", "1"), ("7", "2"), ("8", "1")]


def test_given_providers_in_an_envelope_when_read_then_they_are_the_records(sentry: SentryMock) -> None:
    providers = [{"key": "forge"}, {"key": "tickets"}]
    sentry.answers(organization_request("config/integrations/", per_page="100"), answer({"providers": providers}))
    assert read("integration_providers").records("integration_providers") == providers


@pytest.mark.parametrize(("schedule", "text"), [("0 3 * * *", "0 3 * * *"), ([1, "hour"], '[1,"hour"]')])
def test_given_a_schedule_of_either_kind_when_monitors_are_read_then_it_is_a_text(
    schedule: str | list[int | str], text: str, sentry: SentryMock
) -> None:
    request = organization_request("monitors/", per_page="100", project="-1", sort="name")
    sentry.answers(request, page({"id": "m", "config": {"schedule": schedule}}))
    [monitor] = read("monitors").records("monitors")
    assert monitor["config"]["schedule"] == text


def test_given_thresholds_by_release_when_read_then_windows_of_releases_are_asked_for(sentry: SentryMock) -> None:
    one, two = a_status("web-2.0", "2026-11-20T00:00:00Z"), a_status("backend-1.0", "2026-10-30T00:00:00Z")
    windows = ("2026-10-20T00:00:00Z", "2026-11-19T00:00:00Z", "2026-11-22T10:00:00Z")
    for (start, end), groups in zip(pairwise(windows), ({"backend-1.0": [two]}, {"web-2.0": [one]}), strict=True):
        sentry.answers(thresholds_request(start, end), answer(groups))
    since = a_config(start_date=windows[0])

    sync = read_source(SourceSentry, THRESHOLDS, config=since, incremental=True)

    assert sorted(record["key"] for record in sync.records(THRESHOLDS)) == ["backend-1.0", "web-2.0"]
    sentry.answers(thresholds_request("2026-11-06T00:00:00Z", windows[2]), answer({}))
    later = read_source(SourceSentry, THRESHOLDS, state={THRESHOLDS: sync.state(THRESHOLDS)}, incremental=True)
    assert later.records(THRESHOLDS) == []


SECRETS = [
    pytest.param(
        "sentry_apps",
        "sentry-apps/",
        {"uuid": "u", "clientId": "c", "clientSecret": "s", "webhookHeaders": ["X-Key: s"], "schema": "{}"},
        {"uuid": "u", "clientId": "c", "schema": "{}"},
        id="sentry_apps",
    ),
    pytest.param(
        "sentry_app_installations",
        "sentry-app-installations/",
        {"uuid": "u", "app": {"slug": "a"}, "code": "s"},
        {"uuid": "u", "app": {"slug": "a"}},
        id="sentry_app_installations",
    ),
    pytest.param(
        "data_forwarders",
        "forwarding/",
        {"id": "1", "config": {"index": "main", "token": "s"}, "projectConfigs": [{"effectiveConfig": {"KEY": "s"}}]},
        {"id": "1", "config": {"index": "main"}, "projectConfigs": [{"effectiveConfig": {}}]},
        id="data_forwarders",
    ),
]


@pytest.mark.parametrize(("stream", "path", "record", "shown"), SECRETS)
def test_given_secrets_when_read_then_they_come_only_with_the_setting(
    stream: str, path: str, record: Json, shown: Json, sentry: SentryMock
) -> None:
    sentry.answers(organization_request(path, per_page="100"), page(record), page(record))
    assert read(stream).records(stream) == [shown]
    assert read(stream, config=a_config(include_secrets=True)).records(stream) == [record]


def answers_repositories(sentry: SentryMock) -> None:
    for status, row in (("active", REPOSITORY), ("deleted", DELETED)):
        sentry.answers(organization_request("repos/", per_page="100", status=status), page(row))


def answers_dashboards(sentry: SentryMock, *more: Json) -> None:
    request = organization_request("dashboards/", per_page="100", sort="dateCreated")
    sentry.answers(request, page(OVERVIEW, DASHBOARD, *more))


def thresholds_request(start: str, end: str) -> SentryRequest:
    return organization_request("release-threshold-statuses/", project="-1", start=start, end=end)


def a_status(key: str, start: str) -> Json:
    return {"id": "1", "key": key, "release": key, "project_id": 1, "start": start, "is_healthy": True}


def an_action(number: int, *projects: int) -> Json:
    return {"id": number, "projects": list(projects), "serviceType": "email"}


def by_id(records: list[Json]) -> list[Json]:
    return sorted(records, key=lambda record: str(record["id"]))
