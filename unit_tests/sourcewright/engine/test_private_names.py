"""Every private name that the code relies on exists in the engine's own objects."""

import ast
import importlib.metadata
import inspect
import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.declarative.incremental.concurrent_partition_cursor import ConcurrentPerPartitionCursor
from airbyte_cdk.sources.declarative.interpolation.jinja import JinjaInterpolation
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource

from source_sentry import SourceSentry
from source_sigma import SourceSigma
from unit_tests.source_sentry.builders import a_config

ROOT = Path(__file__).parents[3]
ENGINE = ROOT / "sourcewright" / "engine"
OTHERS = ("sourcewright", "source_sentry", "source_sigma")


@cache
def engine_objects() -> Mapping[str, object]:
    """The engine's own objects, none of them of a class of ours."""
    source = YamlDeclarativeSource(path_to_yaml=str(SourceSentry.manifest), config=a_config())
    streams = {stream.name: stream for stream in source.streams(a_config())}
    requester = HttpRequester(name="events", url="https://sentry.test", config={}, parameters={})
    client = requester._http_client  # noqa: SLF001 - the name is one of those under test
    found = {
        "YamlDeclarativeSource": source,
        "ModelToComponentFactory": ModelToComponentFactory(),
        "ConcurrentPerPartitionCursor": streams["events"].cursor,
        "ConcurrentCursor": streams["releases"].cursor,
        "JinjaInterpolation": JinjaInterpolation(),
        "HttpRequester": requester,
        "HttpClient": client,
        "DefaultStream": streams["events"],
        "StreamSlicerPartitionGenerator": streams["events"]._stream_partition_generator,  # type: ignore[attr-defined]  # noqa: SLF001
        "ThreadPoolManager": ThreadPoolManager(ThreadPoolExecutor(1), logging.getLogger(__name__)),
    }
    assert {type(each).__module__.split(".")[0] for each in found.values()} == {"airbyte_cdk"}
    return found


def documented() -> list[tuple[str, str]]:
    """(name, owner) of each row of the table in docs/engine.md."""
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8").split("## Names that are relied on")[1]
    rows = re.findall(r"^\| (`[^|]+`) \| `(\w+)` \|", text, flags=re.MULTILINE)
    return [(name, owner) for names, owner in rows for name in re.findall(r"`(\w+)`", names)]


def private_names(text: str) -> Iterator[str]:
    """Private attributes that Python source uses or defines: `cursor._lock`, `def _throttle(self)`, `_LIMIT = 1`."""
    for node in ast.walk(ast.parse(text)):
        name = getattr(node, "attr", None) or getattr(node, "name", None) or getattr(node, "id", None)
        if isinstance(name, str) and name.startswith("_") and not name.endswith("__"):
            yield name


def relied_on(text: str) -> set[str]:
    """Private names in Python source that one of the engine's objects has."""
    return {name for name in private_names(text) if any(hasattr(each, name) for each in engine_objects().values())}


@pytest.mark.parametrize(("name", "owner"), documented())
def test_given_documented_name_when_looked_for_in_the_engine_then_it_is_there(name: str, owner: str) -> None:
    assert hasattr(engine_objects()[owner], name)


def test_given_name_that_is_gone_when_looked_for_in_the_engine_then_it_is_missed() -> None:
    assert not any(hasattr(each, "_renamed_by_the_next_release") for each in engine_objects().values())


def test_given_engine_package_when_searched_then_every_private_name_is_documented() -> None:
    used = set().union(*(relied_on(path.read_text(encoding="utf-8")) for path in ENGINE.glob("*.py")))
    private = {name for name, _ in documented() if name.startswith("_")}
    assert used == private


def test_given_other_packages_when_searched_then_they_reach_into_no_other_object() -> None:
    """The linter forbids `other._name`, but for lines that say why."""
    files = [path for package in OTHERS for path in (ROOT / package).rglob("*.py") if path.parent != ENGINE]
    assert [str(path) for path in files if "SLF001" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("source", [SourceSentry, SourceSigma])
def test_given_source_when_searched_then_it_uses_no_private_name_that_it_inherits(source: type[object]) -> None:
    assert relied_on(inspect.getsource(source)) == set()


def test_given_source_that_uses_a_private_name_when_searched_then_it_is_found() -> None:
    assert relied_on("def close(cursor):\n    cursor._emit_state_message()") == {"_emit_state_message"}
    assert relied_on("class Cursor:\n    def _cleanup_if_done(self): ...") == {"_cleanup_if_done"}
    assert relied_on("class Cursor:\n    _PARENT_STATE = 1\n    _GENERATION_SEQUENCE: int = 1") == {
        "_PARENT_STATE",
        "_GENERATION_SEQUENCE",
    }


def test_given_class_of_a_cursor_when_compared_then_it_adds_no_slot_and_no_constructor() -> None:
    """The factory changes the class of a cursor that the engine has made."""
    cursor = SourceSentry.cursor_class
    assert issubclass(cursor, ConcurrentPerPartitionCursor)
    assert cursor.__init__ is ConcurrentPerPartitionCursor.__init__


def test_given_engine_when_installed_then_it_is_the_release_whose_private_names_were_read() -> None:
    assert importlib.metadata.version("airbyte-cdk") == "7.39.1"
