"""The engine's parts that the manifest cannot reach: cursor class, shared parent, checkpoint pace.

Private names of airbyte-cdk that are relied on, and why, are listed in docs/engine.md and covered by tests.
"""

import threading
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.incremental.concurrent_partition_cursor import ConcurrentPerPartitionCursor
from airbyte_cdk.sources.declarative.models import ParentStreamConfig as ParentStreamConfigModel
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.declarative.partition_routers.substream_partition_router import ParentStreamConfig
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.message.repository import StateFilteringMessageRepository
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.types import Config, StreamSlice
from typing_extensions import override

from sourcewright.http.rate_limits import GovernedAdapter, Governor


class SliceRequester(HttpRequester):
    """Renders URL and parameters once a slice: of its pages, only what the paginator adds is different."""

    def _once(self, render: Callable[..., Any], stream_slice: StreamSlice | None) -> Any:
        """What `render` makes of the slice that this thread is reading."""
        rendered = self.__dict__.setdefault("_rendered", threading.local()).__dict__
        if rendered.get("slice") is not stream_slice:
            rendered.clear()
            rendered["slice"] = stream_slice
        if render.__name__ not in rendered:
            rendered[render.__name__] = render(stream_slice=stream_slice)
        return rendered[render.__name__]

    @override
    def get_url(self, *, stream_slice: StreamSlice | None = None, **_: Any) -> str:
        return str(self._once(super().get_url, stream_slice))

    @override
    def get_request_params(self, *, stream_slice: StreamSlice | None = None, **_: Any) -> MutableMapping[str, Any]:
        return dict(self._once(super().get_request_params, stream_slice))


class SharedParent:
    """A parent stream that is read once for all its child streams, by whichever asks first."""

    def __init__(self, stream: AbstractStream) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._records: list[Mapping[str, Any]] | None = None

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self._stream.name

    def records(self) -> list[Mapping[str, Any]]:
        """All records of the stream; a failed reading is tried again by the next child."""
        with self._lock:
            if self._records is None:
                partitions = self._stream.generate_partitions()
                self._records = [record.data for partition in partitions for record in partition.read()]
            return self._records


class ComponentFactory(ModelToComponentFactory):
    """The engine's factory, with this connector's cursor, parents and pace of requests."""

    def __init__(self, governor: Governor, cursor_class: type[ConcurrentPerPartitionCursor], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._governor = governor
        self._cursor_class = cursor_class
        self._parents: dict[str, SharedParent] = {}

    @override
    def create_http_requester(self, *args: Any, name: str, **kwargs: Any) -> HttpRequester:
        requester = super().create_http_requester(*args, name=name, **kwargs)
        requester.__class__ = SliceRequester
        for scheme in ("http://", "https://"):
            requester._http_client._session.mount(scheme, GovernedAdapter(self._governor, name))  # noqa: SLF001
        return requester

    @override
    def create_concurrent_cursor_from_perpartition_cursor(
        self, *args: Any, **kwargs: Any
    ) -> ConcurrentPerPartitionCursor:
        cursor = super().create_concurrent_cursor_from_perpartition_cursor(*args, **kwargs)
        cursor.__class__ = self._cursor_class  # the engine has no hook for it; the class sets its attributes at start
        return cursor

    @override
    def create_parent_stream_config_with_substream_wrapper(
        self, model: ParentStreamConfigModel, config: Config, *, stream_name: str, **kwargs: Any
    ) -> ParentStreamConfig:
        """Build parents, at any depth, with this factory, where the engine takes a plain one of its own.

        So they are shared and keep to the pace of all requests. Their states, which nobody asked for, are left out.
        """
        factory = type(self)(
            governor=self._governor,
            cursor_class=self._cursor_class,
            message_repository=StateFilteringMessageRepository(self._message_repository),
            connector_state_manager=ConnectorStateManager([]),
        )
        factory._parents = self._parents  # noqa: SLF001
        parent = factory.create_parent_stream_config(model=model, config=config, stream_name=stream_name, **kwargs)
        parent.stream = self.share(parent.stream)  # type: ignore[assignment]
        return parent

    def share(self, stream: AbstractStream) -> SharedParent:
        """The one SharedParent of all streams of that name."""
        return self._parents.setdefault(stream.name, SharedParent(stream))

    @override
    def _uses_split_request_window_action(self, error_handler: Any) -> bool:
        """Tell the engine that a handler splits windows, which it cannot see in custom handlers and warns of."""
        return bool(getattr(error_handler, "splits", False)) or super()._uses_split_request_window_action(error_handler)
