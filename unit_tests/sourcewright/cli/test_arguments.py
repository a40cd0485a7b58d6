"""What the command says of itself, and where something is not installed."""

import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from source_sentry.run import main
from source_sigma.run import main as sigma
from sourcewright.cli import arguments

WITHOUT = "import sys; sys.modules[{module!r}] = None; from source_sentry import run; run.{call}"


def _version() -> str:
    return importlib.metadata.version("sourcewright")


@pytest.mark.parametrize("run", [main, sigma])
def test_given_version_when_run_then_it_is_printed(
    run: Callable[[], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["source-test", "--version"])

    with pytest.raises(SystemExit, match="0"):
        run()

    assert capsys.readouterr().out == f"source-test {_version()}\n"


def test_given_no_command_when_run_on_a_terminal_then_the_usage_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    with pytest.raises(SystemExit, match="2"):
        arguments.parse([])

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("usage: ")
    assert told.err.endswith("error: use a command: spec, check, discover, read, catalog or sync\n")


@pytest.mark.parametrize(
    ("module", "call", "sentence"),
    [
        ("singer_sdk", "tap()", "`tap-sentry` needs singer_sdk, which is not installed: pip install '{}[singer]'"),
        (
            "duckdb",
            "main(['sync', '--config', 'config.json', '--into', 'x.duckdb'])",
            "ERROR: `sync` needs duckdb, which is not installed: pip install '{}[warehouse]'",
        ),
        (
            "adbc_driver_postgresql",
            "main(['sync', '--config', 'config.json', '--into', 'postgresql://127.0.0.1:9/db'])",
            "ERROR: `sync` needs adbc_driver_postgresql, which is not installed: pip install '{}[warehouse]'",
        ),
    ],
)
def test_given_a_missing_extra_when_run_then_one_sentence_says_how_to_install_it(
    module: str, call: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text('{"auth_token": "sntryu_test_0123456789abcdef", "organization": "acme"}')

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(module=module, call=call)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == sentence.format("sourcewright") + "\n"
