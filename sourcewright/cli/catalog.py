"""Configured catalogs: which streams are read, and how."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    ConnectorSpecification,
    DestinationSyncMode,
    SyncMode,
)

from sourcewright import secrets
from sourcewright.engine.source import ManifestSource
from sourcewright.inputs import Entrypoint, wrong_input
from sourcewright.log import logger


def configured_catalog(
    source: ManifestSource, config: Mapping[str, Any] | None, streams: Sequence[str] | None, without: Sequence[str]
) -> ConfiguredAirbyteCatalog:
    """Catalog of `streams`, by default of all that are no costly ones, but not of those `without`.

    Raises:
        AirbyteTracedException: A setting is wrong, a stream does not exist, or none is left.

    """
    if config is not None:
        specification: ConnectorSpecification = source.spec(logger)
        secrets.know_settings(config, specification.connectionSpecification)
        Entrypoint.validate_connection(specification, source.settings)
    catalog: AirbyteCatalog = source.discover(logger, config or {})
    chosen = _choose(catalog.streams, source.costly_streams(), streams, without)
    whole = source.whole_streams()
    return ConfiguredAirbyteCatalog(streams=[_configured(stream, is_whole=stream.name in whole) for stream in chosen])


def _choose(
    all_streams: Sequence[AirbyteStream], costly: Collection[str], wanted: Sequence[str] | None, without: Sequence[str]
) -> list[AirbyteStream]:
    names = [stream.name for stream in all_streams]
    if wanted is not None and not wanted:
        raise wrong_input("--streams names no stream: leave it out for all that cost little.")
    for option, given in (("streams", wanted or ()), ("exclude", without)):
        if unknown := ", ".join(f"`{name}`" for name in given if name not in names):
            raise wrong_input(f"--{option} names what is no stream: {unknown}. There are: {', '.join(names)}.")
    chosen = [
        stream
        for stream in all_streams
        if stream.name not in without and (stream.name in wanted if wanted else stream.name not in costly)
    ]
    if not chosen:
        raise wrong_input("--exclude leaves no stream.")
    return chosen


def _configured(stream: AirbyteStream, *, is_whole: bool) -> ConfiguredAirbyteStream:
    """A stream that is read incrementally where that is possible, and loses nothing."""
    incremental = SyncMode.incremental in stream.supported_sync_modes and not is_whole
    mode = SyncMode.incremental if incremental else SyncMode.full_refresh
    return ConfiguredAirbyteStream(
        stream=stream, sync_mode=mode, destination_sync_mode=DestinationSyncMode.append_dedup
    )
