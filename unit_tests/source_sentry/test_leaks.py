"""Planted secrets, every way to fail, at debug level: no line of any output has one, in any form."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
import requests
import requests_mock
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from sourcewright.http.pages import Page
from unit_tests.bad_input.commands import Said, run_source, run_tap
from unit_tests.source_sentry import command as any_command
from unit_tests.source_sentry.builders import HTML, Json, a_config, a_key
from unit_tests.source_sentry.sync import a_catalog
from unit_tests.source_sigma import builders as sigma

TOKEN = "sntryu_planted_89abcdef01234567"
DSN_SECRET = "5ec4e7fedcba98765432100123456789"
PROXY_PASSWORD = 'pr0xy"pa\\ss/w+rd'
CLIENT_SECRET = "sigma_planted_76543210fedcba98"
PLANTED = {"token": TOKEN, "DSN": DSN_SECRET, "proxy": PROXY_PASSWORD, "client secret": CLIENT_SECRET}
KEYS = [a_key("a", secret=DSN_SECRET, dsn={"secret": f"http://0123:{DSN_SECRET}@sentry.test/1"})]
Answers = Callable[[requests_mock.Mocker, Any], object]


def forms(secret: str) -> set[str]:
    """How a message may write a secret, in base64 also as a part of something."""
    json_text = json.dumps(secret)[1:-1]
    plain = {secret, repr(secret)[1:-1], json_text, json.dumps(json_text)[1:-1], quote(secret, safe="")}
    return plain | {base64.b64encode(f"{'u' * before}{secret}".encode()).decode() for before in range(3)}


def leaks(output: str) -> list[str]:
    """Names of what `output` has, if not whole, then all but the ends, which base64 writes with what stands beside."""
    found = {name: forms(secret) | {form[4:-8] for form in forms(secret)} for name, secret in PLANTED.items()}
    return [name for name, parts in found.items() if any(part in output for part in parts)]


def says(status: int, body: Any) -> Answers:
    text = body if isinstance(body, str) else json.dumps(body)
    return lambda mock, url: mock.get(url, text=text, status_code=status)


def raises(error: Exception) -> Answers:
    return lambda mock, url: mock.get(url, exc=error)


def ways(secret: str) -> dict[str, Answers]:
    """What server, proxy, network and our own mistakes can do; those that repeat a secret do so in each form."""
    echo = " ".join(sorted(forms(secret)))
    proxy = requests.exceptions.ProxyError(f"No way by http://me:{quote(PROXY_PASSWORD, safe='')}@proxy.test:3128")
    return {
        "HTML": says(200, HTML),
        "cut short": says(200, json.dumps([{"secret": DSN_SECRET, **KEYS[0]}])[:-2]),
        "another shape": says(200, {"secret": DSN_SECRET, "list": KEYS}),
        "no keys": says(200, [{"secret": DSN_SECRET}, {"secret": DSN_SECRET}]),
        "400": says(400, {"detail": echo, "message": echo}),
        "401": says(401, {"detail": echo}),
        "403": says(403, {"detail": {"message": echo}}),
        "404": says(404, echo),
        "418": says(418, echo),
        "500": says(500, {"detail": [echo]}),
        "no proxy": raises(proxy),
        "no header": raises(requests.exceptions.InvalidHeader(f"Invalid value ('Authorization', 'Bearer {secret}')")),
        "crash": raises(RuntimeError(f"unexpected {secret!r}")),
    }


SENTRY, SIGMA = ways(TOKEN), ways(CLIENT_SECRET)


@pytest.fixture
def http(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[requests_mock.Mocker]:
    del waits
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{quote(PROXY_PASSWORD, safe='')}@proxy.test:3128")
    with requests_mock.Mocker() as mock:
        yield mock


@pytest.fixture
def ran(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command at debug level; all that it wrote, which has a trace of it."""

    run_arguments = any_command.run_arguments

    def run_debug(*given: str) -> any_command.Result:
        return run_arguments(*given, "--debug")

    def run(command: str, config: Json, *streams: str) -> str:
        with patch.object(any_command, "run_arguments", run_debug):
            result = any_command.run(tmp_path, command, config, streams=streams)
        return result.stdout + "".join(capfd.readouterr())

    return run


STREAMS = {
    "HTML": "sentry-apps",
    "cut short": "project-keys",
    "another shape": "teams",
    "no keys": "projects",
    "400": "members",
    "401": "users",
    "403": "monitors",
    "404": "dashboards",
    "418": "repos",
    "500": "integrations",
    "no proxy": "workflows",
    "no header": "detectors",
    "crash": "code-mappings",
}
"""Way -> the endpoint that takes it."""
NAMES = {"sentry-apps": "sentry_apps", "project-keys": "organization_project_keys", "repos": "repositories"}


def test_given_planted_secrets_when_streams_fail_in_every_way_then_no_output_has_one(
    http: requests_mock.Mocker, ran: Callable[..., str]
) -> None:
    http.get(requests_mock.ANY, status_code=403, text=" ".join(forms(TOKEN)))
    for way, endpoint in STREAMS.items():
        SENTRY[way](http, re.compile(f"/acme/{endpoint}/"))
    names = [NAMES.get(endpoint, endpoint.replace("-", "_")) for endpoint in STREAMS.values()]
    output = ran("read", a_config(auth_token=TOKEN, max_retries=0), *names)
    assert output.count('"INCOMPLETE"') == len(names)
    assert leaks(output) == []


COMMANDS = [("spec", "crash"), ("discover", "crash"), ("--about", "crash"), ("--discover", "crash"), ("--test", "400")]
COMMANDS += [
    (command, way)
    for command in ("check", "read", "sync")
    for way in ("cut short", "401", "no header", "crash", "no token")
]
"""Commands, those with a dash and `sync` of a tap, and what the server does."""


@pytest.mark.parametrize(("command", "way"), COMMANDS)
@pytest.mark.parametrize("api", ["sentry", "sigma"])
def test_given_planted_secrets_when_any_command_fails_then_no_output_has_one(
    api: str, command: str, way: str, http: requests_mock.Mocker, said: Callable[..., Said]
) -> None:
    refused = {"text": f"No such client: {CLIENT_SECRET}", "status_code": 401}
    http.post(requests_mock.ANY, **(refused if way == "no token" else {"json": {"access_token": "sigma_token_012345"}}))
    {"sentry": SENTRY, "sigma": SIGMA}[api].get(way, SENTRY["403"])(http, requests_mock.ANY)
    output = said(api, command)
    assert output.code == 0 or output.sentences or way == "crash"
    assert leaks(output.text) == []


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command of source or tap at debug level."""

    def run(api: str, command: str) -> Said:
        configs = {"sentry": a_config(auth_token=TOKEN), "sigma": sigma.a_config(client_secret=CLIENT_SECRET)}
        files: Json = {"config": configs[api] | {"max_retries": 0}}
        if command == "read":
            files["catalog"] = ConfiguredAirbyteCatalogSerializer.dump(a_catalog("teams", "members"))
        if command == "sync":
            selected = [{"breadcrumb": [], "metadata": {"selected": True}}]
            entries: list[Json] = [
                {"tap_stream_id": name, "schema": {}, "metadata": selected} for name in ("teams", "members")
            ]
            files["catalog"] = {"streams": entries}
        arguments = []
        for role, content in files.items() if command not in ("spec", "--about") else ():
            (tmp_path / role).write_text(json.dumps(content), encoding="utf-8")
            arguments += [f"--{role}", str(tmp_path / role)]
        if command == "sync" or command.startswith("--"):
            monkeypatch.setenv(f"TAP_{api.upper()}_LOGLEVEL", "DEBUG")
            output = run_tap(api, *([] if command == "sync" else [command]), *arguments)
        else:
            output = run_source(api, command, *arguments, "--debug")
        return replace(output, text=output.text + "".join(capfd.readouterr()))

    return run


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"auth_token": f"{TOKEN[:9]} {TOKEN[9:]}"}, id="blank in the token"),
        pytest.param({"auth_token": f"{TOKEN}é"}, id="letter that is none of a token"),
        pytest.param({"auth_token": [TOKEN]}, id="list"),
        pytest.param({"auth_token": {"token": TOKEN}}, id="object"),
        pytest.param({"organization": f"{TOKEN} "}, id="token for the organization"),
        pytest.param({"organization": f"{TOKEN}/x"}, id="token in the organization"),
        pytest.param({"projects": TOKEN}, id="token for the projects"),
        pytest.param({"hostname": f"https://me:{PROXY_PASSWORD}@sentry.test"}, id="password in the host"),
        pytest.param({"hostname": f"me:{PROXY_PASSWORD}@sentry.test"}, id="password in a host without scheme"),
    ],
)
def test_given_secrets_in_wrong_settings_when_refused_then_no_output_has_one(
    settings: Json, http: requests_mock.Mocker, ran: Callable[..., str]
) -> None:
    says(404, {"detail": "The requested resource does not exist"})(http, requests_mock.ANY)
    config = a_config(auth_token=TOKEN, max_retries=0) | settings
    assert leaks(ran("check", config)) == []


@pytest.mark.parametrize("pasted", [f"\u200b{TOKEN}", f"{TOKEN[:9]}\n{TOKEN[9:]}\n"])
def test_given_a_token_with_what_copying_adds_when_checked_then_it_is_the_token(
    pasted: str, http: requests_mock.Mocker, ran: Callable[..., str]
) -> None:
    says(200, {"id": "1"})(http, requests_mock.ANY)
    output = ran("check", a_config(auth_token=pasted, max_retries=0))
    assert {request.headers["Authorization"] for request in http.request_history} == {f"Bearer {TOKEN}"}
    assert leaks(output) == []


def test_given_a_mistake_of_ours_when_it_is_traced_then_no_output_has_a_secret(
    http: requests_mock.Mocker, ran: Callable[..., str]
) -> None:
    says(200, KEYS)(http, requests_mock.ANY)
    with patch.object(Page, "records", side_effect=KeyError(TOKEN, {"token": TOKEN})):
        output = ran("read", a_config(auth_token=TOKEN, max_retries=0), "organization_project_keys")
    assert "KeyError" in output
    assert leaks(output) == []


@pytest.mark.parametrize("role", ["--config", "--catalog", "--state"])
def test_given_settings_on_the_command_line_when_run_then_they_are_not_repeated(role: str) -> None:
    arguments = {"--config": "{}", "--catalog": "{}", "--state": "{}"} | {role: json.dumps({"auth_token": TOKEN})}
    result = any_command.run_arguments("read", *(word for pair in arguments.items() for word in pair))
    assert result.code == 1
    assert leaks(result.stdout) == []
