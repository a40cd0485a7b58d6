"""Reads settings, catalog and state from the user's files, and explains each mistake in one sentence."""

import json
import re
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

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
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from sourcewright import secrets
from sourcewright.validation import problem_of, shorten


class Entrypoint(AirbyteEntrypoint):
    """The engine's command line, whose validation errors name the setting, or the variable of the environment."""

    @staticmethod
    @override
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        if problem := problem_of(config, source_spec.connectionSpecification):
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
