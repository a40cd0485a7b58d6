"""A declarative source with the bounded queue, the fair executor and the rate limiter in place of the engine's."""

import logging
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final, Self

from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    Level,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.message.repository import StateFilteringMessageRepository
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from typing_extensions import override

from sourcewright.components.runtime import Refusals, Row, Runtime
from sourcewright.engine.cursor import PartitionCursor
from sourcewright.engine.described import DescribedSource
from sourcewright.engine.executor import FairExecutor, TaskManager
from sourcewright.engine.factory import ComponentFactory
from sourcewright.engine.failures import Failures
from sourcewright.engine.interpolation import mend_interpolation
from sourcewright.engine.messages import saved_streams, without_false_states
from sourcewright.engine.page_source import PageSource
from sourcewright.engine.parents import DefinedStreams
from sourcewright.engine.retriever import WindowRetriever
from sourcewright.http.pages import PageSlots
from sourcewright.http.rate_limits import Limits, RateLimiter
from sourcewright.inputs import FileInputs, require_known, require_once
from sourcewright.progress import Progress
from sourcewright.raw_records import decode_message
from sourcewright.record_queue import RecordQueue

_GENERATORS: Final = 1_000
"""Streams that may make partitions at a time: all of them, because that takes no worker (see FairExecutor)."""


class ManifestSource(FileInputs, DescribedSource):
    """Reads the streams of the manifest of its class.

    The manifest's config normalization adds `workers` (requests in flight at once) and `max_retries`. `read` raises
    `StreamsFailedError` at its end if any stream failed.
    """

    limits: ClassVar[Limits]
    """How the API announces its limits."""
    cursor_class: ClassVar[type[PartitionCursor]] = PartitionCursor
    """Cursor of the streams that have partitions."""
    retriever_classes: ClassVar[Mapping[str, type[WindowRetriever]]] = {}
    """Retriever of the streams that have a parameter of that name, where it is no common one."""
    parent_settings: ClassVar[Mapping[str, Any]] = {}
    """Settings that are others where a stream is read as the parent of others: {"include_archived": False}."""
    shares_parents: ClassVar[bool] = False
    """Whether parents come from the sync where it reads them whole; its records must be neither raw nor redacted."""

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
    ) -> None:
        # An absolute path, because the engine prefers a manifest.yaml of the working directory
        super().__init__(path_to_yaml=str(self.manifest), catalog=catalog, config=config, state=state)
        self._is_configured = bool(config)
        mend_interpolation()
        self._chosen: set[str] | None = None
        limiter = self._limiter = RateLimiter(self._config.get("workers", 1), self.limits)
        self.progress = Progress(limiter)
        """How far the sync is."""
        self._queue = RecordQueue(self.progress.note)
        self._message_repository = ConcurrentMessageRepository(self._queue, InMemoryMessageRepository(Level.INFO))
        slots = PageSlots()
        self._refusals = Refusals(saved_streams(state or []))
        self._config = {**self._config, **self.found_settings()}
        self._defined = DefinedStreams(
            self.resolved_manifest["definitions"], self._config, self.parent_settings, slots, self._parent_factory
        )
        self._runtime = Runtime(self._defined, slots, self._refusals, bytes_read=self.progress.bytes_read)
        self._parts = limiter, self.cursor_class, self.retriever_classes
        self._constructor: ComponentFactory = ComponentFactory(
            self._runtime,
            *self._parts,
            message_repository=self._message_repository,
            configured_catalog=catalog,
            connector_state_manager=self._connector_state_manager,
        )
        self._executor = FairExecutor(limiter.most, limiter, slots)
        self._concurrent_source = PageSource(
            threadpool=TaskManager(self._executor, self.logger),
            logger=self.logger,
            queue=self._queue,
            message_repository=self._message_repository,
            initial_number_partitions_to_generate=_GENERATORS,
        )
        self._built: list[AbstractStream] = []
        self.failures = Failures(())
        """Errors of the last `read`."""

    @override
    def _validate_source(self) -> None:
        """Leave it to unit_tests/test_manifest.py: to compare the manifest with the engine's schema takes 0.2 s."""

    def _parent_factory(self, states: ConnectorStateManager) -> ComponentFactory:
        """Factory of parent streams, which emit neither states nor statuses."""
        repository = StateFilteringMessageRepository(self._message_repository)
        runtime = replace(self._runtime, reports_status=False)
        return ComponentFactory(runtime, *self._parts, message_repository=repository, connector_state_manager=states)

    def found_settings(self) -> Mapping[str, Any]:
        """Hook for subclasses: what the manifest's templates read beside the user's settings, called once."""
        return {}

    def stream_settings(self) -> Mapping[str, Any]:
        """Hook for subclasses: what the manifest's dynamic streams are made of, called when settings are validated."""
        return {}

    @property
    @override
    def dynamic_streams(self) -> list[dict[str, Any]]:
        self._config = {**self._config, **self.stream_settings()}
        return super().dynamic_streams

    @override
    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        return self._config if self._is_configured else config  # the engine would write it to a file that nothing reads

    def configured(
        self,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog | None = None,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Self:
        """The source itself, or one with `config` where it was made without any, as Airbyte's test tools do."""
        return self if self._is_configured or not config else type(self)(catalog, config, state)

    @override
    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        return self.configured(config).connection()

    @abstractmethod
    def connection(self) -> AirbyteConnectionStatus:
        """Whether the API can be read with the settings, in a sentence."""

    @property
    def is_reading(self) -> bool:
        """Whether a sync runs, which retries as often as it may, and not a `check`."""
        return self._chosen is not None

    @override
    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        pages = self.configured(config, catalog, state).read_pages(catalog, state)
        return (message for page in pages for message in decode_message(page))

    def read_pages(
        self, catalog: ConfiguredAirbyteCatalog, state: list[AirbyteStateMessage] | None = None
    ) -> Iterator[AirbyteMessage]:
        """Messages of a sync, in which one may stand for a page of records: see `raw_records`."""
        names = [stream.stream.name for stream in catalog.streams]
        self.prepare(self.choose(names))
        self.failures = Failures(names)
        messages = self.failures.told_once(super().read(self.logger, self._config, catalog, state))
        try:
            yield from without_false_states(messages, self._refusals, self.failures, self._queue.progressed)
        finally:
            self._refusals.left_out.tell_rest()
            self._runtime.odd_dates.tell()
            self._executor.shutdown()
            self._limiter.stop()
            self._queue.stop()

    def choose(self, names: Sequence[str]) -> list[DeclarativeStream]:
        """Build the streams `names`, which are what is read from now on: their models."""
        require_once(names)
        self._chosen = set(names)
        self.progress.total = len(names)
        self._built = self.streams(self._config)
        require_known(names, list(self._known))
        return [self._constructor.models[name] for name in names]

    def prepare(self, streams: list[DeclarativeStream]) -> None:
        """Hook for subclasses, called before `streams` are read, such as to compare settings with the server's data."""

    @override
    def streams(self, config: Mapping[str, Any]) -> list[AbstractStream]:
        """All streams, those made from the config too; `read` builds those of its catalog, once for both uses."""
        source = self.configured(config)
        if source is not self:
            return source.streams(config)
        built, self._built = self._built, []
        return built or super().streams(config)

    @override
    def _create_streams(
        self, selected_configs: list[dict[str, Any]], all_configs: list[dict[str, Any]]
    ) -> list[AbstractStream]:
        """Build the chosen streams: to build all takes longer than to read some."""
        self._known = {str(stream["name"]): stream for stream in selected_configs}
        chosen = [stream for stream in selected_configs if self._chosen is None or stream["name"] in self._chosen]
        built = super()._create_streams(chosen, all_configs)
        if self.shares_parents and self._chosen is not None:
            self._defined.share(built, self._refusals.read_before)
        return built

    def parent_rows(self, name: str, *fields: str) -> list[Row]:
        """`fields` of each record of the parent stream `name`, which its children then do not read again."""
        return self._defined.parent_rows(name, *fields)

    def ask(self, name: str, /, *fields: str, **settings: Any) -> list[Row]:
        """`fields` of all records of the definition `name`, read anew with `settings`, and the retries of a sync."""
        return self._defined.ask(name, *fields, **settings)

    def read_definition(self, name: str, /, **settings: str) -> list[Row]:
        """All records of the stream that the manifest defines under `name`, with few retries, for `check`."""
        return self._defined.lookup(name, **settings)
