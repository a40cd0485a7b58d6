"""What commands say without the engine is what they say with it; and Ctrl-C before it is there."""

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteCatalog, AirbyteMessage, AirbyteMessageSerializer, Type

from sourcewright import prepared
from sourcewright.cli.start import quick_imports
from unit_tests.manifests import SOURCES

CONFIGS: Mapping[str, dict[str, Any]] = {
    "source_sentry": {"auth_token": "sntryu_test_0123456789abcdef", "organization": "acme"},
    "source_sigma": {
        "api_url": "https://aws-api.sigmacomputing.com",
        "client_id": "sigma_test_0123456789abcdef",
        "client_secret": "sigma_secret_0123456789abcdef",
    },
}
QUERY = {"name": "slow_pages", "dataset": "spans", "fields": ["span.op"]}
WITHOUT_ENGINE = "import sys; sys.modules['airbyte_cdk'] = None; from {}.run import {}; {}"
INTERRUPTED = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
sys.argv = ["command", "check", "--config", "config.json"]
from source_sentry import run
"""
every_source = pytest.mark.parametrize("package", SOURCES)


def said(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        # The working directory is not that of the code
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def line(message: AirbyteMessage) -> Any:
    return json.loads(json.dumps(AirbyteMessageSerializer.dump(message)))


def a_file(folder: Path, config: Mapping[str, Any]) -> str:
    path = folder / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    return str(path)


@every_source
def test_given_the_spec_when_printed_then_it_is_the_engines_and_the_engine_is_not_imported(
    package: str, tmp_path: Path
) -> None:
    source = SOURCES[package]()
    whole = line(AirbyteMessage(type=Type.SPEC, spec=source.spec(source.logger)))

    done = said(WITHOUT_ENGINE.format(package, "main", "main(['spec'])"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.dumps(json.loads(done.stdout)) == json.dumps(whole)


@every_source
def test_given_a_config_when_discovered_then_the_catalog_is_the_engines_and_the_engine_is_not_imported(
    package: str, tmp_path: Path
) -> None:
    source = SOURCES[package](config=CONFIGS[package])
    catalog: AirbyteCatalog = source.discover(source.logger, {})
    path = a_file(tmp_path, CONFIGS[package])

    done = said(WITHOUT_ENGINE.format(package, "main", f"main(['discover', '--config', {path!r}])"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.dumps(json.loads(done.stdout)) == json.dumps(line(AirbyteMessage(type=Type.CATALOG, catalog=catalog)))


@pytest.mark.parametrize(
    "changed",
    [
        {"explore_queries": [QUERY]},
        {"num_workers": 99},
        {"organization": None},
        {"organization": "\ud800"},
        {"auth_token": "two words"},
        {"auth_token": '"'},
        {"start_date": "9999-01-01"},
    ],
)
def test_given_a_config_that_adds_streams_or_is_wrong_when_asked_then_the_engine_has_to_say_it(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    assert prepared.catalog_line("source_sentry", a_file(tmp_path, CONFIGS["source_sentry"] | changed)) is None


@pytest.mark.parametrize("content", ["", "[]", "{", '{"organization": "\xff"}'.encode("latin-1")])
def test_given_a_file_that_is_no_config_when_asked_then_the_engine_has_to_say_it(
    content: str | bytes, tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert prepared.catalog_line("source_sentry", str(path)) is None


def test_given_a_pipe_when_asked_then_nothing_is_read_from_it() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"{}")
    os.close(writing)

    assert prepared.catalog_line("source_sentry", f"/dev/fd/{reading}") is None

    assert os.read(reading, 10) == b"{}"
    os.close(reading)


@pytest.mark.parametrize("module", ["sourcewright.cli.output", "airbyte_cdk"])
@pytest.mark.parametrize("call", ["run.main()", "run.tap()"])
def test_given_ctrl_c_during_the_imports_then_the_command_ends_without_a_word(
    call: str, module: str, tmp_path: Path
) -> None:
    done = said(INTERRUPTED.format(module=module) + call, tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@every_source
def test_given_version_when_a_tap_is_asked_then_it_is_the_sdks_and_no_engine_is_imported(
    package: str, tmp_path: Path
) -> None:
    tap = package.replace("source_", "tap-")
    whole = said(f"import sys; sys.argv = [{tap!r}, '--version']; from {package}.tap import main; main()", tmp_path)

    done = said(
        f"import sys; sys.argv = [{tap!r}, '--version']; " + WITHOUT_ENGINE.format(package, "tap", "tap()"), tmp_path
    )

    assert done.stdout.startswith(f"{tap} v")
    assert (done.returncode, done.stdout, done.stderr) == (0, whole.stdout, "")


def test_given_imports_that_are_over_when_source_code_is_asked_for_then_it_is_there() -> None:
    with quick_imports(), pytest.raises(OSError, match="is not looked for"):
        inspect.getsource(quick_imports)

    assert "def quick_imports" in inspect.getsource(quick_imports)
    assert sys.modules.get("numpy", sys) is not None
