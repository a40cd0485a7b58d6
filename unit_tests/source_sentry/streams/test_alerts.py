"""What watches projects, where not every server and token has it."""

import pytest

from unit_tests.source_sentry.builders import BACKEND, WEB, a_config
from unit_tests.source_sentry.sentry_mock import (
    SentryMock,
    answer,
    organization_request,
    page,
    project_request,
)
from unit_tests.source_sentry.sync import read


def test_given_two_projects_when_issue_rules_read_then_each_names_its_project(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND, WEB)
    sentry.answers(project_request("backend", "rules/", per_page="100"), page({"id": "11"}))
    sentry.answers(project_request("web", "rules/", per_page="100"), page({"id": "12"}))

    records = read("issue_alert_rules").records("issue_alert_rules")

    assert sorted((record["projectId"], record["id"]) for record in records) == [("1", "11"), ("2", "12")]


@pytest.mark.parametrize(("status", "hint"), [(401, "It wants the token of a user."), (404, "This server does not")])
def test_given_no_detectors_when_read_then_one_warning_and_success(status: int, hint: str, sentry: SentryMock) -> None:
    sentry.answers(organization_request("detectors/", per_page="100", project="-1"), answer("", status))
    sentry.answers(organization_request(""), answer({"id": "1"}))

    sync = read("detectors")

    (warning,) = sync.warnings()
    assert f"`organizations/{{organization}}/detectors/` answered HTTP {status}. {hint}" in warning
    assert (sync.records("detectors"), sync.status("detectors")) == ([], "COMPLETE")


@pytest.mark.parametrize("stream", ["metric_alert_rules", "incidents"])
def test_given_server_that_removed_it_when_read_then_one_warning_and_success(stream: str, sentry: SentryMock) -> None:
    path = {"metric_alert_rules": "alert-rules/", "incidents": "incidents/"}[stream]
    gone = answer({"message": "This API no longer exists."}, 410)
    sentry.answers(organization_request(path, per_page="100", project="-1"), gone)
    sentry.answers(organization_request(""), answer({"id": "1"}))

    sync = read(stream)

    assert (len(sync.warnings()), sync.status(stream)) == (1, "COMPLETE")


def test_given_legacy_server_when_read_then_it_is_not_asked_for_all_projects(sentry: SentryMock) -> None:
    sentry.answers(organization_request("alert-rules/", per_page="100"), page({"id": "1"}))

    sync = read("metric_alert_rules", config=a_config(legacy_server=True))

    assert sync.records("metric_alert_rules") == [{"id": "1"}]
