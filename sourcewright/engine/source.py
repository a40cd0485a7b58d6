"""A declarative source, wired for speed and without silent losses."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage, ConfiguredAirbyteCatalog
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.declarative.incremental.concurrent_partition_cursor import ConcurrentPerPartitionCursor
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from typing_extensions import override

from sourcewright.cli.inputs import FileInputs, require_known_streams
from sourcewright.engine.executor import FairExecutor
from sourcewright.engine.factory import ComponentFactory, SharedParent
from sourcewright.engine.record_queue import PageQueue
from sourcewright.http.rate_limits import Governor, Limits


class KitSource(FileInputs, YamlDeclarativeSource):
    """Reads what the manifest of its class says.

    The manifest's config normalisation adds `workers` (requests under way at once) and `max_retries`.
    """

    manifest: ClassVar[Path]
    limits: ClassVar[Limits]
    """How the API tells its limits."""
    cursor_class: ClassVar[type[ConcurrentPerPartitionCursor]] = ConcurrentPerPartitionCursor
    """Cursor of the streams that have partitions."""

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
    ) -> None:
        # An absolute path, because the engine prefers a manifest.yaml of the working directory
        super().__init__(path_to_yaml=str(self.manifest), catalog=catalog, config=config, state=state)
        workers = self._config.get("workers", 1)
        governor = Governor(workers, self.limits)
        executor = FairExecutor(workers, governor)
        governor.changed = executor.dispatch
        self._concurrent_source._threadpool = ThreadPoolManager(executor, self.logger)  # type: ignore[arg-type]  # noqa: SLF001
        self._queue = PageQueue()
        self._concurrent_source._queue = self._queue  # noqa: SLF001
        self._message_repository._queue = self._queue  # type: ignore[attr-defined]  # noqa: SLF001
        self._constructor: ComponentFactory = ComponentFactory(
            governor=governor,
            cursor_class=self.cursor_class,
            message_repository=self._message_repository,
            configured_catalog=catalog,
            connector_state_manager=self._connector_state_manager,
        )

    @property
    def settings(self) -> Mapping[str, Any]:
        """The user's settings in today's form, with every default."""
        return self._config

    @override
    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        require_known_streams(catalog, [stream["name"] for stream in self.resolved_manifest["streams"]])
        try:
            yield from super().read(logger, config, catalog, state)
        finally:
            self._queue.stop()

    def read_definition(self, name: str) -> list[Mapping[str, Any]]:
        """All records of the stream that the manifest defines under `name`, for `check`: an answer is due soon."""
        return SharedParent(self.defined(name, {**self._config, "max_retries": 1})).records()

    def read_parent(self, name: str) -> list[Mapping[str, Any]]:
        """All records of the parent stream `name`, which its child streams then need not read again."""
        return self._constructor.share(self.defined(name, self._config)).records()

    def defined(self, name: str, config: Mapping[str, Any]) -> AbstractStream:
        """Build the stream that the manifest defines under `name`."""
        definition = self.resolved_manifest["definitions"][name]
        return self._constructor.create_component(DeclarativeStream, definition, config)  # type: ignore[no-any-return]
