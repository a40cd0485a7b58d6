"""What `check` and `read` say of each mistake: one sentence, and never the token."""

import json
import subprocess
from typing import Any

import pytest

from integration_tests.clock import environment
from integration_tests.commands import path_of, run_forked
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import COMMAND
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, READ_SCOPES, Token

OTHER = "sntryu_test_fedcba9876543210fedcba9876543210"
ORGANIZATION_TOKEN = "sntrys_test_0123456789abcdef0123456789abcdef"


@pytest.mark.installed
def test_given_a_good_config_when_checked_then_it_succeeds(connect: Connect) -> None:
    assert connect().check() == ("SUCCEEDED", "Organization `acme`: 4 project(s) visible.")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param({"auth_token": OTHER}, "Sentry does not know the `auth_token`", marks=pytest.mark.installed),
        ({"auth_token": ""}, "Setting `auth_token`"),
        ({"auth_token": ORGANIZATION_TOKEN}, "organization token (`sntrys_…`)"),
        ({"organization": "acne"}, "check the slug `acne` in `organization`"),
        ({"projects": ["backnd", "web"]}, "Project `backnd` of setting `projects` does not exist"),
        ({"projects": ["backnd"]}, "Projects this token can see: `archive`, `backend`"),
        ({"projects": "backend"}, 'Setting `projects` is "backend", but must be of type array'),
        ({"project": "backnd"}, "Project `backnd` of setting `projects` does not exist"),
        ({"hostname": "http://127.0.0.1:9"}, "Nothing listens at `127.0.0.1:9`"),
        ({"hostname": "http://sentry.invalid"}, "Host `sentry.invalid` was not found"),
        ({"hostname": "ht tp://x"}, 'Setting `hostname` is "ht tp://x", but must look like "sentry.io"'),
        ({"num_workers": 99}, "Setting `num_workers` is 99, but 99 is greater than the maximum of 40"),
        ({"start_date": "yesterday"}, 'Setting `start_date` is "yesterday", but must be a date between 1900 and now'),
    ],
)
def test_given_a_mistake_when_checked_then_one_sentence_names_it(
    connect: Connect, settings: dict[str, Any], says: str
) -> None:
    connector = connect()
    connector.settings = settings

    output = connector.run("check")

    assert output.connection[0] == "FAILED"
    assert says in output.connection[1]
    assert "\n" not in output.connection[1]
    assert not any(token in output.text for token in (DEFAULT_TOKEN, OTHER, ORGANIZATION_TOKEN))


def test_given_a_tls_server_that_speaks_no_tls_when_checked_then_it_says_so(connect: Connect) -> None:
    connector = connect()
    connector.settings["hostname"] = connector.sandbox.url.replace("http://", "https://")

    status, message = connector.check()

    assert status == "FAILED"
    assert message.startswith("The TLS connection to `127.0.0.1:")


def test_given_a_path_to_nowhere_when_checked_then_the_host_is_named(connect: Connect) -> None:
    connector = connect()
    connector.settings["hostname"] = f"{connector.sandbox.url}/nowhere"

    assert "/nowhere/api/0/organizations/acme/" in connector.check()[1]


def test_given_a_subpath_when_checked_then_it_is_used(connect: Connect) -> None:
    assert connect(prefix="/sentry").check()[0] == "SUCCEEDED"


def test_given_html_instead_of_json_when_checked_then_the_host_is_doubted(connect: Connect) -> None:
    status, message = connect(faults=("html:1",), fault_repeats=0).check()

    assert status == "FAILED"
    assert "Expected a JSON object" in message
    assert "check `hostname`" in message


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (Token(expired=True), "The `auth_token` has expired"),
        (Token(denied="2fa-required"), "two-factor authentication"),
        (Token(denied="sso-required"), "single sign-on"),
        (Token(scopes=("project:read",)), "it needs the scope `org:read`"),
    ],
)
def test_given_a_token_that_may_not_when_checked_then_the_reason_is_told(
    connect: Connect, token: Token, says: str
) -> None:
    connector = connect(tokens={OTHER: token})

    output = connector.run("check")

    assert output.connection[0] == "FAILED"
    assert says in output.connection[1]
    assert OTHER not in output.text


def test_given_a_token_without_a_scope_when_checked_then_the_streams_it_leaves_out_are_named(connect: Connect) -> None:
    scopes = tuple(scope for scope in READ_SCOPES if scope != "member:read")
    connector = connect(tokens={OTHER: Token(scopes=scopes)})

    assert connector.check() == (
        "SUCCEEDED",
        (
            "Organization `acme`: 4 project(s) visible. "
            "The token lacks the scope `member:read`, so these streams cannot be read: members, scim_users."
        ),
    )


@pytest.mark.installed
def test_given_a_stream_without_its_scope_when_read_then_it_alone_fails(connect: Connect) -> None:
    connector = connect(tokens={OTHER: Token(scopes=("org:read", "project:read"))})

    output = connector.read("members", "teams", "events")

    assert output.exit_code == 1
    assert output.statuses == {"members": "INCOMPLETE", "teams": "COMPLETE", "events": "COMPLETE"}
    assert output.errors[0]["failure_type"] == "config_error"
    assert "it needs the scope `member:read`" in output.errors[0]["message"]


@pytest.mark.installed
def test_given_debug_output_when_read_then_the_token_is_not_in_it(connect: Connect) -> None:
    output = connect().run("check", "--debug")

    assert output.connection[0] == "SUCCEEDED"
    assert "Making outbound API request" in output.text
    assert DEFAULT_TOKEN not in output.text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("catalog", "{", "is not valid JSON", marks=pytest.mark.installed),
        ("catalog", '{"streams": [{"name": "events"}]}', "is not a configured catalog"),
        ("config", "[]", "must hold a JSON object"),
        ("state", "[1]", "is not the state of an earlier sync"),
    ],
)
def test_given_a_bad_file_when_read_then_one_sentence_names_it(
    connect: Connect, name: str, content: str, says: str
) -> None:
    connector = connect()
    bad, catalog = connector.folder / f"bad_{name}.json", connector.folder / "empty.json"
    bad.write_text(content)
    catalog.write_text('{"streams": []}')
    files = {"catalog": catalog, name: bad}

    output = connector.run("read", *(part for role, path in files.items() for part in (f"--{role}", str(path))))

    assert output.exit_code == 1
    (error,) = output.errors
    assert error["failure_type"] == "config_error"
    assert str(bad) in error["message"]
    assert says in error["message"]


@pytest.mark.installed
def test_given_an_unknown_stream_when_read_then_the_known_ones_are_named(connect: Connect) -> None:
    connector = connect()
    catalog = connector.folder / "other.json"
    stream = {"name": "event", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
    configured = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}
    catalog.write_text(json.dumps({"streams": [configured]}))

    output = connector.run("read", "--catalog", str(catalog))

    assert output.exit_code == 1
    (error,) = output.errors
    assert error["message"].startswith("The catalog names streams that do not exist: `event`. There are: organization,")


def test_given_a_reader_that_goes_away_when_read_then_the_command_ends_at_once(connect: Connect) -> None:
    connector = connect(size="small")
    catalog = connector.catalog(mode="full_refresh")
    command = [path_of(COMMAND), "read", "--config", connector.config(), "--catalog", catalog]

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(timeout=10) == 1

    assert said == "Nobody reads standard output any more: stopped.\n"


def test_given_a_full_disk_when_read_then_one_sentence_and_exit_code_one(connect: Connect) -> None:
    connector = connect()
    arguments = ["--config", connector.config(), "--catalog", connector.catalog(mode="full_refresh")]

    ended = run_forked(COMMAND, "read", *arguments, stdout="/dev/full")

    assert (ended.exit_code, ended.stderr) == (
        1,
        "Standard output cannot be written (No space left on device): stopped.\n",
    )
