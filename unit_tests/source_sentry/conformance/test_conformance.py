"""The connector conforms to the description, where it is at hand."""

from functools import cache
from pathlib import Path

import pytest

from unit_tests.source_sentry.conformance import __main__ as command
from unit_tests.source_sentry.conformance.builders import a_conformance, a_stream
from unit_tests.source_sentry.conformance.checks import Conformance
from unit_tests.source_sentry.conformance.description import ABSENT, PATH
from unit_tests.source_sentry.conformance.replay import Replay

pytestmark = pytest.mark.xdist_group("conformance")  # one replay for all
described = pytest.mark.skipif(not PATH.exists(), reason=ABSENT)


@cache
def replay() -> Replay:
    return Replay.of(conformance())


@cache
def conformance() -> Conformance:
    return command.conformance()


@described
def test_given_the_description_when_compared_then_paths_and_properties_agree_or_have_a_reason() -> None:
    assert conformance().complaints() == []


@described
def test_given_every_example_when_read_by_the_installed_command_then_it_comes_out_whole() -> None:
    assert replay().complaints(conformance().reasons.exceptions) == []


@described
def test_given_both_when_reported_then_every_stream_was_read() -> None:
    streams = len(conformance().streams)

    counts = command.counts(conformance(), replay())

    replayed = counts["examples replayed"] + counts["made answers replayed"]
    assert counts["streams"] == streams == replayed + counts["not replayed, as an example tells nothing"]
    assert counts["not replayed, as an example tells nothing"] == 8
    assert counts["described"] + counts["undescribed, with a reason"] == streams


def test_given_no_description_when_run_then_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "PATH", tmp_path / "absent.json")

    assert command.main() == 0

    assert capsys.readouterr().out == f"Skipped. {ABSENT}\n"


@pytest.mark.parametrize(("checked", "code"), [(a_conformance(), 0), (a_conformance(a_stream({"properties": {}})), 1)])
def test_given_complaints_when_run_then_the_command_fails(
    checked: Conformance, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PATH", Path(__file__))
    monkeypatch.setattr(command, "conformance", lambda: checked)
    monkeypatch.setattr(Replay, "of", lambda _: Replay({}))

    assert command.main() == code

    assert "     1 streams\n" in capsys.readouterr().out
