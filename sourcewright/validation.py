"""Whether settings are such as the spec allows, in one sentence; without the engine, which takes a second to import."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from jsonschema import Draft7Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match

from sourcewright import dates, secrets
from sourcewright.environment import trust_named_certificates


def _is_past(value: object) -> bool:
    return not isinstance(value, str) or dates.EARLIEST <= dates.from_text(value) <= datetime.now(UTC)


_HALVES: Final = ("\ud800", "\udfff")
_MOST_SHOWN: Final = 100
_FORMATS: Final = FormatChecker(formats=())
_FORMATS.checkers = {"date-time": (_is_past, ValueError)}


def problem_of(settings: Mapping[str, Any], specification: Mapping[str, Any]) -> str | None:
    """What is wrong with normalized `settings`, or with a variable of the environment; None if nothing is."""
    if unreadable := _without_text(settings):
        return f"Setting `{unreadable}` is no text: it holds bytes that are not UTF-8."
    error = best_match(Draft7Validator(specification, format_checker=_FORMATS).iter_errors(settings))
    if error is not None:
        return describe(error)
    for name, setting in specification["properties"].items():
        if setting.get("airbyte_secret") and name in settings and not secrets.is_possible(settings[name]):
            return (
                f"Setting `{name}` holds what no request can carry, such as a blank inside it or a letter that is "
                "not of ASCII: copy it again."
            )
    return trust_named_certificates()


def _without_text(settings: Mapping[str, Any]) -> str | None:
    """Name of a setting that no request could hold: Python makes half characters of bytes that are no UTF-8."""
    texts = {name: value for name, value in settings.items() if isinstance(value, str)}
    return next((name for name, text in texts.items() if any(map(_is_half, text))), None)


def _is_half(character: str) -> bool:
    return _HALVES[0] <= character <= _HALVES[1]


def describe(error: ValidationError) -> str:
    """One sentence on a setting that the spec rejects; the value of a secret is never shown.

    {"num_workers": 99} -> Setting `num_workers` is 99, but 99 is greater than the maximum of 40. …
    """
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        about = error.schema["properties"].get(missing, {})
        setting = ".".join(map(str, [*error.absolute_path, missing]))
        return f"Setting `{setting}` is missing. {about.get('description', '')}".strip()
    schema = error.schema
    setting = ".".join(map(str, error.absolute_path)) or "config"
    if schema.get("airbyte_secret"):
        return f"Setting `{setting}` is empty or not a string. {schema.get('description', '')}".strip()
    examples = " or ".join(json.dumps(example) for example in schema.get("examples", []))
    wanted = {
        "type": f"must be of type {schema.get('type')}",
        "pattern": f"must look like {examples}",
        "minLength": "must not be empty",
        "format": f"must be a date between {dates.EARLIEST.year} and now like {examples}",
    }.get(str(error.validator), shorten(error.message))
    value = shorten(json.dumps(error.instance))
    return f"Setting `{setting}` is {value}, but {wanted}. {schema.get('description', '')}".strip()


def shorten(value: object) -> str:
    """The text of `value`, cut where it is too long for a sentence."""
    try:
        text = str(value)
    except RecursionError:
        text = f"a {type(value).__name__} that is too deep to show"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
