"""tap-sigma: the SDK's own standard tests, and a pipeline with a published target, against a Sigma sandbox."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from singer_sdk.testing import TapTestRunner, get_tap_test_class
from typing_extensions import override

from integration_tests.clock import environment
from integration_tests.commands import path_of, run_installed
from integration_tests.singer.suite import one_reading
from integration_tests.singer.tap import Output
from integration_tests.singer.test_tap_targets import TARGETS
from saas_sandbox.sigma.server import Sandbox, serve
from saas_sandbox.sigma.settings import CLIENT_ID, CLIENT_SECRET, Settings
from source_sigma import SourceSigma
from source_sigma.tap import TapSigma

COMMAND: Final = "tap-sigma"
CONFIG: dict[str, Any] = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "api_url": "http://127.0.0.1:9"}
"""The suite takes its config when it is made; `_serve` puts the sandbox's address in."""


SEED: Final = {
    "account_types",
    "connections",
    "data_models",
    "datasets",
    "favorites",
    "files",
    "members",
    "tags",
    "teams",
    "user_attributes",
    "whoami",
    "workbook_pages",
    "workbooks",
}


class SeedSource(SourceSigma):
    """The streams of the first tap-sigma."""

    @override
    def _pre_process_manifest(self, manifest: dict[str, Any]) -> dict[str, Any]:
        whole = super()._pre_process_manifest(manifest)
        return {**whole, "streams": [stream for stream in whole["streams"] if stream["name"] in SEED]}


class TapOfSeed(TapSigma):
    """The suite starts a source for each stream, and a source builds all of its streams: for all it takes minutes."""

    source_class = SeedSource


@pytest.mark.xdist_group("tap-sigma")
@pytest.mark.filterwarnings("default")  # the suite's own
class TestTapSigma(
    get_tap_test_class(TapOfSeed, config=CONFIG, parse_env_config=False)  # type: ignore[misc]
):
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _serve(cls) -> Iterator[None]:
        with serve(Settings(mints_a_second=0)) as sandbox:
            CONFIG["api_url"] = sandbox.url
            yield

    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls, _serve: None) -> TapTestRunner:
        return one_reading(TapOfSeed, CONFIG)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with serve(Settings()) as running:
        yield running


def configured(sandbox: Sandbox, folder: Path, **settings: Any) -> str:
    config = folder / "config.json"
    config.write_text(json.dumps({**CONFIG, "api_url": sandbox.url, **settings}))
    return str(config)


def test_given_a_wrong_secret_when_synced_then_one_sentence_and_no_record(sandbox: Sandbox, tmp_path: Path) -> None:
    wrong = "sigma_test_wrong_secret_0123456789abcdef"

    output = Output.of(run_installed(COMMAND, "--config", configured(sandbox, tmp_path, client_secret=wrong)))

    assert output.exit_code == 1
    assert len(output.complaints) == 1
    assert output.messages == []
    assert wrong not in output.text + output.errors


@pytest.mark.skipif(not TARGETS.exists(), reason="`make targets` installs the targets")
def test_given_target_jsonl_when_piped_then_every_row_arrives(sandbox: Sandbox, tmp_path: Path) -> None:
    out = tmp_path / "target.json"
    out.write_text(json.dumps({"destination_path": str(tmp_path / "out"), "do_timestamp_file": False}))
    target = [str(TARGETS / "jsonl" / "bin" / "target-jsonl"), "--config", str(out)]

    with (
        subprocess.Popen(
            [path_of(COMMAND), "--config", configured(sandbox, tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        ) as source,
        subprocess.Popen(target, stdin=source.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as sink,
    ):
        assert source.stdout is not None
        source.stdout.close()
        _, errors = sink.communicate(timeout=120)

    assert (source.returncode, sink.returncode) == (0, 0), errors.decode()
    teams = (tmp_path / "out" / "teams.jsonl").read_text().splitlines()
    expected = Counter(entry["row"]["teamId"] for entry in sandbox.totals()["teams"])
    assert Counter(json.loads(line)["teamId"] for line in teams) == expected
