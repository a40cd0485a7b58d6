"""What the tap relies on in singer-sdk beyond its public interface; docs/singer-sdk.md says why."""

import ast
import importlib.metadata
import io
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from packaging.requirements import Requirement
from singer_sdk import Stream, Tap
from typing_extensions import override

from sourcewright.singer import sdk
from sourcewright.singer.sdk import SdkStream, SdkTap

ROOT: Final = Path(__file__).parents[3]
SDK_CLASSES: Final[dict[str, type]] = {"SdkStream": Stream, "SdkTap": Tap}
PRIVATE: Final = [
    (Stream, "_finalize_state"),
    (Stream, "_increment_stream_state"),
    (Stream, "_write_record_message"),
    (Stream, "_write_replication_key_signpost"),
    (Stream, "_write_schema_message"),
    (Stream, "_write_starting_replication_value"),
    (Stream, "_write_state_message"),
    (Tap, "_handle_termination"),
    (Tap, "_validate_config"),
]
"""Methods; the one private attribute of an instance, `_tap`, is looked for on a stream."""


def missing(names: Iterable[tuple[type, str]]) -> list[str]:
    """Names that the SDK's own class lacks; an override of ours, in a subclass, does not count."""
    return [f"{owner.__name__}.{name}" for owner, name in names if not hasattr(owner, name)]


def private_names(tree: ast.AST) -> set[str]:
    """Private names that a class defines or looks up on itself or on others."""
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {name for name in found if re.fullmatch(r"_[a-z]\w*", name)}


def classes_of(path: Path) -> dict[str, set[str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: private_names(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def foreign_names(path: Path) -> set[str]:
    """Private names in a module, without those that a class without bases has for itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not (isinstance(node, ast.ClassDef) and not node.bases)]
    return private_names(tree)


class ATap(SdkTap):
    name = "tap-test"
    config_jsonschema: ClassVar[dict[str, Any]] = {"properties": {}}

    @override
    def check_settings(self, *, require_all: bool) -> None:
        if require_all and "token" not in self.config:
            raise ValueError("no token")

    @override
    def discover_streams(self) -> list[Stream]:
        return [AStream(self)]


class AStream(SdkStream):
    name = "teams"
    schema = {"properties": {"id": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}}}  # noqa: RUF012
    replication_key = "at"
    replication_method = "INCREMENTAL"

    @override
    def get_replication_key_signpost(self, context: Mapping[str, Any] | None = None) -> str:
        return "2026-11-30T00:00:00Z"

    @override
    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        yield from ({"id": number, "at": f"2026-11-2{number}T00:00:00Z"} for number in range(self.config["records"]))


def test_given_private_names_when_looked_for_in_the_sdk_then_they_exist() -> None:
    assert missing(PRIVATE) == []
    assert hasattr(AStream(ATap(config={"token": "x"})), "_tap")


@pytest.mark.parametrize(("owner", "name"), PRIVATE)
def test_given_a_private_name_that_the_sdk_renamed_when_looked_for_then_it_is_missing_though_ours_has_it(
    owner: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for base in owner.__mro__:
        if name in vars(base):
            monkeypatch.delattr(base, name)
    assert missing(PRIVATE) == [f"{owner.__name__}.{name}"]


def test_given_the_module_when_read_then_it_relies_on_the_listed_names_alone() -> None:
    relied_on = {
        (SDK_CLASSES[owner], name) for owner, names in classes_of(Path(sdk.__file__)).items() for name in names
    }
    assert relied_on == {*PRIVATE, (Stream, "_tap")}


def test_given_all_other_modules_when_read_then_they_rely_on_no_private_name_of_the_sdk() -> None:
    theirs = {name for owner in (Stream, Tap) for name in dir(owner)} | {*vars(AStream(ATap(config={"token": "x"})))}
    modules = {*(ROOT / "sourcewright" / "singer").glob("*.py"), *ROOT.glob("source_*/tap.py")} - {Path(sdk.__file__)}
    used = {f"{path.name}: {name}" for path in modules for name in foreign_names(path) & theirs}
    assert {"stream.py", "tap.py", "command.py"} <= {path.name for path in modules}
    assert used == set()


def test_given_the_docs_when_read_then_each_name_has_its_row() -> None:
    text = (ROOT / "docs" / "singer-sdk.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted([(name, owner.__name__) for owner, name in PRIVATE] + [("_tap", "Stream")])


def test_given_the_sdk_when_installed_then_it_is_of_the_series_whose_private_names_were_read() -> None:
    requirements = [Requirement(text) for text in importlib.metadata.requires("sourcewright") or []]
    (pin,) = (requirement.specifier for requirement in requirements if requirement.name == "singer-sdk")
    assert str(pin) == "<0.55,>=0.54"
    assert importlib.metadata.version("singer-sdk") in pin


SAVED: Final = {"start": "2026-11-01T00:00:00Z"}
MARKERS: Final = {"replication_key": "at", "replication_key_value": "2026-11-02T00:00:00Z"}


@pytest.mark.parametrize(("records", "bookmark"), [(0, SAVED), (3, SAVED), (3, {**SAVED, "progress_markers": MARKERS})])
def test_given_an_incremental_stream_when_the_sdk_syncs_it_then_it_writes_the_bookmark_as_it_was(
    records: int, bookmark: dict[str, Any]
) -> None:
    saved = {"bookmarks": {"teams": bookmark}}
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) as output:
        tap = ATap(config={"token": "x", "records": records}, state=deepcopy(saved))
        tap.run_sync_dry_run(dry_run_record_limit=None)
    messages = [json.loads(line) for line in output.buffer.getvalue().splitlines()]
    assert [message["record"]["id"] for message in messages if message["type"] == "RECORD"] == [*range(records)]
    assert [message["value"] for message in messages if message["type"] == "STATE"] == [saved]
    assert tap.state == saved


def test_given_settings_when_the_sdk_validates_them_then_the_tap_judges() -> None:
    with pytest.raises(ValueError, match="no token"):
        ATap()
    ATap(validate_config=False)


def test_given_a_signal_when_the_sdk_handles_it_then_the_writer_ends_the_process() -> None:
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")):
        tap = ATap(config={"token": "x"})
        with pytest.raises(SystemExit) as ended:
            tap._handle_termination(15, None)  # noqa: SLF001
    assert ended.value.code == 143
