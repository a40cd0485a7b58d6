"""The connector: the manifest, run by the engine."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from airbyte_cdk.models import AirbyteConnectionStatus, AirbyteMessage, AirbyteStateMessage, ConfiguredAirbyteCatalog
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from typing_extensions import override

from source_sentry.check import check_connection, unknown_projects
from source_sentry.engine import ComponentFactory, SharedParent
from source_sentry.executor import FairExecutor
from source_sentry.governor import Governor
from source_sentry.handover import PageQueue
from source_sentry.inputs import FileInputs, require_known_streams, wrong_input

MANIFEST: Final = Path(__file__).with_name("manifest.yaml")


class SourceSentry(FileInputs, YamlDeclarativeSource):
    """Reads a Sentry organization as source_sentry/manifest.yaml says."""

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
    ) -> None:
        # An absolute path, because the engine prefers a manifest.yaml of the working directory
        super().__init__(path_to_yaml=str(MANIFEST), catalog=catalog, config=config, state=state)
        workers = self._config.get("workers", 1)
        governor = Governor(most=workers)
        executor = FairExecutor(workers, governor)
        governor.changed = executor.dispatch
        self._concurrent_source._threadpool = ThreadPoolManager(executor, self.logger)  # type: ignore[arg-type]  # noqa: SLF001
        queue = PageQueue()
        self._concurrent_source._queue = queue  # noqa: SLF001
        self._message_repository._queue = queue  # type: ignore[attr-defined]  # noqa: SLF001
        self._constructor: ComponentFactory = ComponentFactory(
            governor=governor,
            message_repository=self._message_repository,
            configured_catalog=catalog,
            connector_state_manager=self._connector_state_manager,
        )

    @property
    def settings(self) -> Mapping[str, Any]:
        """The user's settings in today's form, with every default."""
        return self._config

    @override
    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        return check_connection(self)

    @override
    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        require_known_streams(catalog, [stream["name"] for stream in self.resolved_manifest["streams"]])
        self._require_known_projects()
        yield from super().read(logger, config, catalog, state)

    def read_definition(self, name: str) -> list[Mapping[str, Any]]:
        """All records of the stream that the manifest defines under `name`, for `check`: an answer is due soon."""
        return SharedParent(self._defined(name, {**self._config, "max_retries": 1})).records()

    def _require_known_projects(self) -> None:
        """Say which configured projects do not exist; fail when none does, as all would be empty."""
        if not self._config["projects"]:
            return
        visible = {p["slug"] for p in self._constructor.share(self._defined("project_list", self._config)).records()}
        unknown = sorted(set(self._config["projects"]) - visible)
        if unknown:
            message = unknown_projects(unknown, self._config["organization"], sorted(visible))
            if visible.isdisjoint(self._config["projects"]):
                raise wrong_input(message)
            self.logger.warning("Skipped: %s", message)

    def _defined(self, name: str, config: Mapping[str, Any]) -> AbstractStream:
        definition = self.resolved_manifest["definitions"][name]
        return self._constructor.create_component(DeclarativeStream, definition, config)  # type: ignore[no-any-return]

    def stream_scopes(self) -> Mapping[str, str]:
        """Scope that each stream needs: {"events": "project:read"}."""
        return {stream["name"]: stream["$parameters"]["scope"] for stream in self.resolved_manifest["streams"]}
