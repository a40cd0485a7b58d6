"""Reads settings, catalog and state from the user's files, and explains each mistake in one sentence."""

import json
import re
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    ConnectorSpecification,
    FailureType,
)
from airbyte_cdk.sources.utils.schema_helpers import split_config
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from jsonschema import Draft7Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match
from typing_extensions import override

from sourcewright import dates, secrets
from sourcewright.environment import trust_named_certificates


def _is_past(value: object) -> bool:
    return not isinstance(value, str) or dates.EARLIEST <= dates.from_text(value) <= datetime.now(UTC)


_HALVES: Final = ("\ud800", "\udfff")
_MOST_SHOWN: Final = 100
_FORMATS: Final = FormatChecker(formats=())
_FORMATS.checkers = {"date-time": (_is_past, ValueError)}


class Entrypoint(AirbyteEntrypoint):
    """The engine's command line, whose validation errors name the setting, or the variable of the environment."""

    @staticmethod
    @override
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        settings, _ = split_config(config)
        require_text(settings)
        validator = Draft7Validator(source_spec.connectionSpecification, format_checker=_FORMATS)
        error = best_match(validator.iter_errors(settings))
        if error is not None:
            raise wrong_input(describe(error))
        for name, setting in source_spec.connectionSpecification["properties"].items():
            if setting.get("airbyte_secret") and name in settings and not secrets.is_possible(settings[name]):
                raise wrong_input(
                    f"Setting `{name}` holds what no request can carry, such as a blank inside it or a letter that is "
                    "not of ASCII: copy it again."
                )
        if problem := trust_named_certificates():
            raise wrong_input(problem)

    @staticmethod
    @override
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        secrets.know_settings(config, connection_specification)


class FileInputs:
    """The three files of the command line; if one is invalid, one sentence says what is wrong with it."""

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        """Settings from a JSON file."""
        config = read_json(config_path, "config")
        if not isinstance(config, dict):
            raise wrong_input(f"The config file `{config_path}` holds {_kind(config)}, but must hold a JSON object.")
        return config

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        """Configured catalog from a JSON file."""
        catalog = read_json(catalog_path, "catalog")
        try:
            return ConfiguredAirbyteCatalogSerializer.load(catalog)
        except Exception as error:
            raise wrong_input(
                f"The catalog file `{catalog_path}` is not a configured catalog ({_reason(error)}). It must hold "
                '{"streams": [{"stream": …, "sync_mode": …, "destination_sync_mode": …}]}, where each `stream` is '
                "one of those that `discover` prints."
            ) from error

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        """State from a JSON file: a list of state messages, or the older {"<stream>": {"<cursor field>": …}}."""
        if not state_path:
            return []
        state = read_json(state_path, "state") or []
        if isinstance(state, dict):
            state = [state] if "type" in state else [_stream_state(*item) for item in state.items()]
        try:
            return [_stream_message(message) for message in _list(state)]
        except Exception as error:
            raise wrong_input(
                f"The state file `{state_path}` is not the state of an earlier sync ({_reason(error)}). It must hold "
                "the list of `state` objects from its STATE messages; to read everything from the start, leave --state "
                "out."
            ) from error


@dataclass(frozen=True)
class Inputs:
    """What the files of a command line hold. Each is read once: `--config <(…)` can be read only once."""

    config: Mapping[str, Any] | None
    catalog: ConfiguredAirbyteCatalog | None
    state: list[AirbyteStateMessage]

    @classmethod
    def of(cls, arguments: Namespace) -> Self:
        """Read the files that the arguments `config`, `catalog` and `state` name, as far as the command has them."""
        config, catalog, state = (getattr(arguments, role, None) for role in ("config", "catalog", "state"))
        return cls(
            FileInputs.read_config(config) if config is not None else None,
            FileInputs.read_catalog(catalog) if catalog is not None else None,
            FileInputs.read_state(state) if state else [],
        )


def read_json(path: str, role: str) -> Any:
    """Content of the JSON file at `path`, which the user gave as `--{role}`; a byte order mark does no harm."""
    if path.lstrip().startswith("{"):  # it may hold a secret, so no message repeats it
        raise wrong_input(f"--{role} takes the path of a JSON file, not the JSON itself.")
    try:
        content = Path(path).read_bytes()
        return orjson.loads(content.decode(json.detect_encoding(content)))
    except OSError as error:
        raise wrong_input(f"The {role} file `{path}` cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise wrong_input(f"The {role} file `{path}` is not valid JSON: {error}.") from error


def require_known(streams: Sequence[str], known: Sequence[str]) -> None:
    """Refuse a catalog that names a stream which this connector does not have."""
    unknown = ", ".join(f"`{name}`" for name in streams if name not in known)
    if unknown:
        raise wrong_input(f"The catalog names streams that do not exist: {unknown}. There are: {', '.join(known)}.")


def require_once(streams: Sequence[str]) -> None:
    """Refuse a catalog that names a stream twice."""
    repeated = ", ".join(f"`{name}`" for name, times in Counter(streams).items() if times > 1)
    if repeated:
        raise wrong_input(f"The catalog names streams more than once: {repeated}. Keep one entry of each.")


def require_text(settings: Mapping[str, Any]) -> None:
    """Refuse a setting that no request could hold: Python makes half characters of bytes that are no UTF-8."""
    for name, value in settings.items():
        if isinstance(value, str) and any(_HALVES[0] <= character <= _HALVES[1] for character in value):
            raise wrong_input(f"Setting `{name}` is no text: it holds bytes that are not UTF-8.")


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


def wrong_input(message: str) -> AirbyteTracedException:
    """Error that the user can fix."""
    return AirbyteTracedException(message=message, internal_message=message, failure_type=FailureType.config_error)


def _stream_state(name: str, state: object) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}}


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"it holds {_kind(value)}")
    return value


def _stream_message(message: Any) -> AirbyteStateMessage:
    """State message of a stream; a null state, which published connectors write for none, is an empty one.

    Raises:
        Exception: `message` is of another kind; the serializer has several for that.

    """
    if not isinstance(message, dict):
        raise TypeError(f"{_kind(message)} among its messages")
    stream = message.get("stream")
    if not isinstance(stream, dict):
        raise TypeError(f"a message of type {message.get('type')} without `stream`")
    state = stream.get("stream_state")
    if not isinstance(state, dict | None):
        raise TypeError(f"the state of a stream is {_kind(state)}")
    return AirbyteStateMessageSerializer.load({**message, "stream": {**stream, "stream_state": state or {}}})


def _reason(error: Exception) -> str:
    """One line of an exception, without the preface of the serializer and its `(instance_path='streams/0')`."""
    text = " ".join(str(error).split()).removeprefix("Schema validation failed: - ")
    return shorten(re.sub(r" \(instance_path='(.*?)'\)", lambda at: f" at `{at[1]}`" if at[1] else "", text))


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "a string", dict: "an object", type(None): "null", bool: "true or false"}
    return kinds.get(type(value), "a number")
