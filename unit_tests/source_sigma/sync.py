"""Run the connector in this process and look at what came out."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from unittest.mock import patch

from airbyte_cdk.models import ConfiguredAirbyteCatalog, SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import read as run_read

from source_sigma import SourceSigma
from unit_tests.source_sentry.sync import Sync, a_state
from unit_tests.source_sigma.builders import a_config


def read(
    *streams: str,
    config: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
    mode: SyncMode = SyncMode.full_refresh,
    fails: bool = False,
) -> Sync:
    """Sync `streams`; `state` is that of each stream by name."""
    settings = dict(a_config() if config is None else config)
    catalog, states = a_catalog(*streams, mode=mode), a_state(state or {})

    def chosen(_: object, manifest: Mapping[str, Any]) -> list[Any]:
        """Only what is read is built, since building all takes most of a test's time."""
        return deepcopy([stream for stream in manifest["streams"] if stream["name"] in streams])

    with patch.object(SourceSigma, "_stream_configs", chosen):
        source = SourceSigma(catalog=catalog, config=settings, state=states)
        sync = Sync(run_read(source, settings, catalog, states, expecting_exception=fails))
    failed = [message.trace.error.message for message in sync.output.errors if message.trace and message.trace.error]
    assert bool(failed) == fails, f"errors: {failed}"
    return sync


def read_changes(*streams: str, **more: Any) -> Sync:
    """Sync `streams` incrementally."""
    return read(*streams, mode=SyncMode.incremental, **more)


def a_catalog(*streams: str, mode: SyncMode = SyncMode.full_refresh) -> ConfiguredAirbyteCatalog:
    builder = CatalogBuilder()
    for stream in streams:
        builder = builder.with_stream(stream, mode)
    return builder.build()
