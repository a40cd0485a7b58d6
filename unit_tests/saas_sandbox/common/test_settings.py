from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest

from saas_sandbox.common import settings


@dataclass(frozen=True)
class Guest:
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings(settings.Settings):
    view: Annotated[Literal["sea", "yard"], "what the windows show"] = "sea"
    guests: Annotated[Mapping[str, Guest], "who may come in"] = field(default_factory=dict)


def test_given_json_when_settings_change_then_lists_are_tuples_and_objects_the_dataclass() -> None:
    changed = Settings().changed({"faults": ["500:1"], "guests": {"ada": {"rooms": ["blue"]}}, "latency_ms": 5})
    assert changed == Settings(faults=("500:1",), guests={"ada": Guest(rooms=("blue",))}, latency_ms=5)


def test_given_a_word_that_is_no_choice_when_settings_change_then_the_error_names_the_choices() -> None:
    with pytest.raises(ValueError, match=r"^view is 'wall'; choose one of sea, yard$"):
        Settings().changed({"view": "wall"})


def test_given_unknown_names_when_settings_change_then_the_error_names_them() -> None:
    with pytest.raises(ValueError, match=r"^unknown settings: colour, shape$"):
        Settings().changed({"shape": 1, "colour": 2, "view": "yard"})


def test_given_settings_when_their_options_are_asked_for_then_each_has_its_type_and_its_help() -> None:
    options = settings.options(Settings)
    assert list(options) == ["latency_ms", "gzip", "faults", "fault_repeats", "view", "guests"]
    assert options["view"] == (Literal["sea", "yard"], "what the windows show")
