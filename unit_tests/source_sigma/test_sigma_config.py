"""Settings: what is made of them, and what is said of mistakes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from source_sigma import SourceSigma, hosts
from source_sigma.config import NormalizeConfig
from unit_tests.source_sigma.builders import CLIENT_SECRET, Json, a_config
from unit_tests.source_sigma.command import run


def normalized(**settings: Any) -> Json:
    config = a_config(**settings)
    NormalizeConfig().transform(config)
    return config


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://aws-api.sigmacomputing.com", "https://aws-api.sigmacomputing.com"),
        ("https://aws-api.sigmacomputing.com/", "https://aws-api.sigmacomputing.com"),
        ("https://aws-api.sigmacomputing.com/v2", "https://aws-api.sigmacomputing.com"),
        ("https://aws-api.sigmacomputing.com/v2/", "https://aws-api.sigmacomputing.com"),
        ("https://aws-api.sigmacomputing.com/v2.1", "https://aws-api.sigmacomputing.com"),
        ("  aws-api.sigmacomputing.com// ", "https://aws-api.sigmacomputing.com"),
        ("http://127.0.0.1:9001", "http://127.0.0.1:9001"),
        ("https://proxy.example/sigma/v2", "https://proxy.example/sigma"),
    ],
)
def test_given_any_form_of_the_host_when_normalized_then_it_is_one(given: str, used: str) -> None:
    assert normalized(api_url=given)["base_url"] == used


@pytest.mark.parametrize(
    ("given", "since"),
    [
        (None, "1970-01-01T00:00:00.000Z"),
        ("", "1970-01-01T00:00:00.000Z"),
        ("2026-01-31", "2026-01-31T00:00:00.000Z"),
        ("2026-01-31T10:00:00.123Z", "2026-01-31T10:00:00.000Z"),
        ("2026-01-31T10:00:00+02:00", "2026-01-31T08:00:00.000Z"),
    ],
)
def test_given_any_form_of_the_start_when_normalized_then_it_is_one(given: str | None, since: str) -> None:
    assert normalized(start_date=given)["updated_since"] == since


def test_given_only_what_is_required_when_normalized_then_the_rest_is_default() -> None:
    config = normalized()
    names = ("include_archived", "skip_permission_check", "num_workers", "workers", "max_retries", "max_answer_mb")
    assert [config[name] for name in names] == [False, False, 10, 10, 8, 256]


@pytest.mark.parametrize("workers", ["many", 0, -1, 2.5])
def test_given_a_wrong_number_of_workers_when_built_then_the_engine_does_not_see_it(workers: object) -> None:
    assert normalized(num_workers=workers)["workers"] == 10
    SourceSigma(config=a_config(num_workers=workers))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"client_id": None}, "Setting `client_id`"),
        ({"client_secret": ""}, "Setting `client_secret` is empty or not a string"),
        ({"client_secret": 7}, "Setting `client_secret` is empty or not a string"),
        ({"api_url": "https://a b"}, 'Setting `api_url` is "https://a b", but must look like'),
        ({"api_url": 7}, "Setting `api_url` is 7, but must be of type string"),
        ({"start_date": "yesterday"}, 'Setting `start_date` is "yesterday", but must'),
        ({"num_workers": 0}, "Setting `num_workers` is 0, but 0 is less than the minimum of 1"),
        ({"max_answer_mb": 0}, "Setting `max_answer_mb` is 0, but 0 is less than the minimum of 1"),
        ({"num_workers": 41}, "Setting `num_workers` is 41, but 41 is greater than the maximum of 40"),
        ({"include_archived": "yes"}, 'Setting `include_archived` is "yes", but must be of type boolean'),
        ({"skip_permission_check": 1}, "Setting `skip_permission_check` is 1, but must be of type boolean"),
    ],
)
def test_given_a_mistake_when_checked_then_one_sentence_names_it(tmp_path: Path, settings: Json, says: str) -> None:
    result = run(tmp_path, "check", a_config(**settings))
    assert result.status == "FAILED"
    assert says in result.message
    assert CLIENT_SECRET not in result.stdout


@pytest.mark.parametrize("name", ["client_id", "client_secret", "api_url"])
def test_given_a_missing_setting_when_checked_then_it_is_named(tmp_path: Path, name: str) -> None:
    config = a_config()
    del config[name]
    assert run(tmp_path, "check", config).message.startswith(f"Setting `{name}` is missing. ")


def test_given_the_spec_when_read_then_it_names_every_published_host() -> None:
    manifest = yaml.safe_load(SourceSigma.manifest.read_text(encoding="utf-8"))
    about = manifest["spec"]["connection_specification"]["properties"]["api_url"]["description"]
    assert [url for url in hosts.PUBLISHED if url not in about] == []


def test_given_a_host_of_old_guides_when_asked_then_the_published_ones_are_told() -> None:
    for host in ("https://azure-api.sigmacomputing.com", "https://gcp-api.sigmacomputing.com"):
        assert hosts.advice(host).startswith(f"`{host}` is none of the hosts that Sigma publishes for `api_url`: ")
        assert "https://api.us.azure.sigmacomputing.com (Azure US)" in hosts.advice(host)
    assert hosts.advice("https://api.sigmacomputing.com") == (
        "`https://api.sigmacomputing.com` is the host for GCP US: check that your organization is there."
    )
