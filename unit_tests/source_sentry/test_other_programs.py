"""The source and its manifest in other programs: Airbyte's test tools, and what runs manifests."""

import logging

import pytest
import yaml
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

from source_sentry import SourceSentry
from unit_tests.source_sentry.builders import API, BACKEND, a_config
from unit_tests.source_sentry.endpoints import issue_page, projects
from unit_tests.source_sentry.sentry_mock import SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import a_catalog

pytestmark = pytest.mark.usefixtures("frozen", "waits")
LOGGER = logging.getLogger("airbyte")


def test_given_a_source_without_a_config_when_checked_then_with_the_config_that_is_passed(sentry: SentryMock) -> None:
    sentry.answers(organization_request(""), answer({"id": "1", "slug": "acme"}))
    sentry.answers_projects(BACKEND)
    sentry.answers(SentryRequest(f"{API}/"), answer({"version": "0", "auth": None, "user": None}))
    sentry.answers(issue_page("1"), page())
    status = SourceSentry().check(LOGGER, a_config())
    assert (status.status.name, status.message) == ("SUCCEEDED", "Organization `acme`: 1 project(s) visible.")


def test_given_a_source_without_a_config_when_discovered_then_streams_of_the_passed_config_too() -> None:
    query = {"name": "mine", "dataset": "errors", "fields": ["title"]}
    names = [stream.name for stream in SourceSentry().streams(a_config(explore_queries=[query]))]
    assert {"issues", "mine"} <= set(names)


def test_given_a_source_without_a_config_when_read_then_with_the_config_that_is_passed(sentry: SentryMock) -> None:
    sentry.answers(projects(), page(BACKEND), page(BACKEND))
    messages = SourceSentry().read(LOGGER, a_config(), a_catalog("projects"), [])
    assert [message.record.data["slug"] for message in messages if message.record] == ["backend"]


def test_given_the_manifest_alone_when_checked_then_refused_with_one_sentence(sentry: SentryMock) -> None:
    sentry.answers(organization_request(""), answer({"id": "1", "slug": "acme"}))
    manifest = yaml.safe_load(SourceSentry.manifest.read_text(encoding="utf-8"))
    source = ConcurrentDeclarativeSource(source_config=manifest, config=a_config(), catalog=None, state=None)
    status = source.check(LOGGER, a_config())
    assert status.status.name == "FAILED"
    assert "This manifest does not run alone" in str(status.message)
