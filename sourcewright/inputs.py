"""Reads settings, catalog and state from the user's files, and explains each mistake in one sentence."""

import json
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

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


def _is_past(value: object) -> bool:
    return not isinstance(value, str) or dates.from_text(value) <= datetime.now(UTC)


_FORMATS: Final = FormatChecker(formats=())
_FORMATS.checkers = {"date-time": (_is_past, ValueError)}


class Entrypoint(AirbyteEntrypoint):
    """The engine's command line, whose validation errors name the setting."""

    @staticmethod
    @override
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        settings, _ = split_config(config)
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
                f"The catalog file `{catalog_path}` is not a configured catalog ({error}). It must hold "
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
            messages = [AirbyteStateMessageSerializer.load(_without_null(message)) for message in state]
            if not all(message.stream or message.global_ for message in messages):
                raise ValueError("a message without `stream`")  # noqa: TRY301 - reported below
        except Exception as error:
            raise wrong_input(
                f"The state file `{state_path}` is not the state of an earlier sync ({error}). It must hold the list "
                "of `state` objects from its STATE messages; to read everything from the start, leave --state out."
            ) from error
        return messages


def read_json(path: str, role: str) -> Any:
    """Content of the JSON file at `path`, which the user gave as `--{role}`."""
    if path.lstrip().startswith("{"):  # it may hold a secret, so no message repeats it
        raise wrong_input(f"--{role} takes the path of a JSON file, not the JSON itself.")
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise wrong_input(f"The {role} file `{path}` cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise wrong_input(f"The {role} file `{path}` is not valid JSON: {error}.") from error


def require_known_streams(catalog: ConfiguredAirbyteCatalog, known: list[str]) -> None:
    """Refuse a catalog that names a stream which this connector does not have."""
    unknown = [stream.stream.name for stream in catalog.streams if stream.stream.name not in known]
    if unknown:
        names = ", ".join(f"`{name}`" for name in unknown)
        raise wrong_input(f"The catalog names streams that do not exist: {names}. There are: {', '.join(known)}.")


def describe(error: ValidationError) -> str:
    """One sentence on a setting that the spec rejects; the value of a secret is never shown.

    {"num_workers": 99} -> Setting `num_workers` is 99, but 99 is greater than the maximum of 40. …
    """
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        about = error.schema["properties"].get(missing, {})
        return f"Setting `{missing}` is missing. {about.get('description', '')}".strip()
    schema = error.schema
    setting = ".".join(str(part) for part in error.absolute_path) or "config"
    if schema.get("airbyte_secret"):
        return f"Setting `{setting}` is empty or not a string. {schema.get('description', '')}".strip()
    examples = " or ".join(json.dumps(example) for example in schema.get("examples", []))
    wanted = {
        "type": f"must be of type {schema.get('type')}",
        "pattern": f"must look like {examples}",
        "minLength": "must not be empty",
        "format": f"must be a date in the past like {examples}",
    }.get(str(error.validator), error.message)
    return f"Setting `{setting}` is {json.dumps(error.instance)}, but {wanted}. {schema.get('description', '')}".strip()


def wrong_input(message: str) -> AirbyteTracedException:
    """Error that the user can fix."""
    return AirbyteTracedException(message=message, internal_message=message, failure_type=FailureType.config_error)


def _stream_state(name: str, state: object) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}}


def _without_null(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """`message` with {} for a null state, which published connectors write for none."""
    stream = message.get("stream")
    if isinstance(stream, dict) and stream.get("stream_state") is None:
        return {**message, "stream": {**stream, "stream_state": {}}}
    return message


def _kind(value: object) -> str:
    return {list: "a list", str: "a string", type(None): "null"}.get(type(value), f"a {type(value).__name__}")
