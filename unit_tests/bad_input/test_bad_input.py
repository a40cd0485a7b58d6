"""Each row of the tables beside this file: a wrong input, and the one sentence that the user reads."""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from source_sentry import SourceSentry
from source_sigma import SourceSigma, tokens
from sourcewright.engine.source import ManifestSource
from unit_tests.bad_input.commands import Said, run_source, run_tap
from unit_tests.source_sentry.builders import a_config as sentry_config
from unit_tests.source_sigma.builders import a_config as sigma_config

pytestmark = pytest.mark.usefixtures("frozen", "waits", "clean_environment")

HERE: Final = Path(__file__).parent
CLASSES: Final[Mapping[str, type[ManifestSource]]] = {"sentry": SourceSentry, "sigma": SourceSigma}
CONFIGS: Final = {"sentry": sentry_config, "sigma": sigma_config}
DEAD: Final = "http://127.0.0.1:9"
"""Where nothing listens."""
ADDRESSES: Final = {"sentry": {"hostname": DEAD}, "sigma": {"api_url": DEAD}}
SetVariables = Callable[[Mapping[str, str]], None]
FORBIDDEN: Final = ("Traceback", "Something went wrong", "Exhausted available", "defect of this connector")


def rows(table: str) -> list[Any]:
    """Parameters of the rows of a table, with ids of a few words."""
    content = yaml.safe_load((HERE / f"{table}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(*row.values(), id=f"{number}-{str(row)[:60]}") for number, row in enumerate(content, 1)]


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what a command changes in the environment, where neither proxies nor certificates are named."""
    monkeypatch.setattr(tokens, "_stores", {})
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().endswith(("_PROXY", "_CA_BUNDLE")) or name.startswith(("SSL_CERT", "TAP_")):
                patch.delenv(name)
        yield
        os.environ.pop("REQUESTS_CA_BUNDLE", None)


def a_file(folder: Path, role: str, content: object) -> str:
    """Path of a file with `content`: bytes, text, or what is made JSON."""
    path = folder / f"{role}.json"
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def require(said: Said, sentence: str, code: int = 1) -> None:
    assert said.sentences == [sentence]
    assert said.code == code
    assert [words for words in FORBIDDEN if words in said.text] == []


def described(api: str, sentence: str) -> str:
    """`sentence` with the description of the setting that it names first."""
    settings = CLASSES[api]().resolved_manifest["spec"]["connection_specification"]["properties"]
    return f"{sentence} {settings.get(sentence.split('`')[1], {}).get('description', '')}".strip()


@pytest.mark.parametrize(("api", "settings", "sentence"), rows("settings"))
def test_given_a_wrong_setting_when_checked_or_synced_then_one_sentence_names_it(
    api: str, settings: Mapping[str, Any], sentence: str, tmp_path: Path
) -> None:
    given = {**CONFIGS[api](), **settings}
    config = a_file(tmp_path, "config", {name: value for name, value in given.items() if value != "MISSING"})
    require(run_source(api, "check", "--config", config), described(api, sentence), code=0)
    require(run_tap(api, "--config", config), described(api, sentence))


@pytest.mark.parametrize(("api", "role", "content", "sentence"), rows("files"))
def test_given_a_wrong_file_when_read_then_one_sentence_says_what_it_must_hold(
    api: str, role: str, content: str, sentence: str, tmp_path: Path
) -> None:
    stream = {"name": "teams", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
    catalog = {"streams": [{"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}
    files = {"config": CONFIGS[api](), "catalog": catalog, role: _encoded(content)}
    arguments = [part for name in files for part in (f"--{name}", a_file(tmp_path, name, files[name]))]
    require(run_source(api, "read", *arguments), _filled(sentence, api, tmp_path / f"{role}.json"))


@pytest.mark.parametrize(("api", "role", "content", "sentence"), rows("tap_files"))
def test_given_a_wrong_file_when_a_tap_is_run_then_one_sentence_says_what_it_must_hold(
    api: str, role: str, content: str, sentence: str, tmp_path: Path
) -> None:
    files = {"config": CONFIGS[api](), role: _encoded(content)}
    arguments = [part for name in files for part in (f"--{name}", a_file(tmp_path, name, files[name]))]
    require(run_tap(api, *arguments), _filled(sentence, api, tmp_path / f"{role}.json"))


def _encoded(content: str) -> str | bytes:
    """Text, or the bytes that `latin-1: …` stands for."""
    return content.removeprefix("latin-1: ").encode("latin-1") if content.startswith("latin-1: ") else content


def _filled(sentence: str, api: str, path: Path) -> str:
    known = ", ".join(stream["name"] for stream in CLASSES[api]().resolved_manifest["streams"])
    return sentence.replace("{path}", str(path)).replace("{streams}", known)


@pytest.mark.parametrize(("api", "stream", "state", "sentence"), rows("states"))
def test_given_a_wrong_state_when_read_then_one_sentence_names_the_stream_and_what_is_expected(
    api: str, stream: str, state: Any, sentence: str, tmp_path: Path
) -> None:
    described_stream = {"name": stream, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
    configured = {"stream": described_stream, "sync_mode": "incremental", "destination_sync_mode": "append"}
    message = {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}
    files = {"config": CONFIGS[api](), "catalog": {"streams": [configured]}, "state": [message]}
    arguments = [part for name in files for part in (f"--{name}", a_file(tmp_path, name, files[name]))]
    require(run_source(api, "read", *arguments), sentence)


@pytest.fixture
def set_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetVariables:
    """Set variables of the environment, with `{folder}` replaced."""

    def set_each(variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.replace("{folder}", str(tmp_path)))

    return set_each


@pytest.mark.parametrize(("api", "given", "sentence"), rows("environment"))
def test_given_a_wrong_variable_when_checked_then_one_sentence_names_it(
    api: str, given: Mapping[str, Any], sentence: str, tmp_path: Path, set_variables: SetVariables
) -> None:
    (tmp_path / "empty.pem").touch()
    set_variables(given["variables"])
    config = a_file(tmp_path, "config", {**CONFIGS[api](), **given["settings"]})
    said = run_source(api, "check", "--config", config)
    require(said, sentence.replace("{folder}", str(tmp_path)), code=0)


@pytest.mark.parametrize(("api", "variables", "sentence"), rows("tap_environment"))
def test_given_a_wrong_variable_when_a_tap_is_run_then_one_sentence_names_it(
    api: str, variables: Mapping[str, str], sentence: str, set_variables: SetVariables
) -> None:
    set_variables(variables)
    require(run_tap(api, "--config", "ENV"), sentence)


@pytest.mark.parametrize(("command", "arguments", "code", "sentence"), rows("arguments"))
def test_given_wrong_arguments_when_run_then_one_sentence_names_them(
    command: str, arguments: list[str], code: int, sentence: str
) -> None:
    run = run_source if command.startswith("source-") else run_tap
    require(run(command.partition("-")[2], *arguments), sentence, code)


def test_given_the_tables_when_counted_then_the_page_of_promises_has_their_number_of_rows() -> None:
    total = sum(len(rows(path.stem)) for path in HERE.glob("*.yaml"))
    promises = (HERE.parents[1] / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert re.findall(r"`test_bad_input.py` \| (.+) \|", promises) == [f"{total} inputs"]


@pytest.mark.parametrize(("api", "arguments", "sentence"), rows("targets"))
def test_given_a_wrong_target_when_synced_then_one_sentence_names_it(
    api: str, arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    config = a_file(tmp_path, "config", CONFIGS[api]())
    (tmp_path / "junk.duckdb").write_text("This is a text. " * 1000)
    given = [argument.replace("FOLDER", str(tmp_path)) for argument in arguments]
    names = ", ".join(stream["name"] for stream in CLASSES[api]().resolved_manifest["streams"])

    said = run_source(api, "sync", "--config", config, *given)

    require(said, sentence.replace("FOLDER", str(tmp_path)).replace("ALL", names))
