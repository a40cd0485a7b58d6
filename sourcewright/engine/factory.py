"""The engine's component factory, with this project's cursors, requesters and custom components."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from airbyte_cdk.sources.declarative.extractors.record_selector import RecordSelector
from airbyte_cdk.sources.declarative.models import DeclarativeStream as DeclarativeStreamModel
from airbyte_cdk.sources.declarative.models import HttpRequester as HttpRequesterModel
from airbyte_cdk.sources.declarative.models import SimpleRetriever as SimpleRetrieverModel
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.declarative.partition_routers.partition_router import PartitionRouter
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.declarative.retrievers.simple_retriever import SimpleRetriever
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor, Cursor
from airbyte_cdk.sources.types import Config
from typing_extensions import override

from sourcewright.components.keys import KeyedSelector
from sourcewright.components.parents import TouchedRouter
from sourcewright.components.redaction import Redaction
from sourcewright.components.runtime import Runtime, RuntimeComponent
from sourcewright.engine.child_cursor import ChildCursor
from sourcewright.engine.cursor import PartitionCursor
from sourcewright.engine.pace import StatePace
from sourcewright.engine.raw_streams import leave_raw
from sourcewright.engine.record_cursor import RecordCursor
from sourcewright.engine.requester import SliceRequester
from sourcewright.engine.retriever import WindowRetriever
from sourcewright.http.adapters import Bounds, RateLimitedAdapter
from sourcewright.http.rate_limits import RateLimiter


class ComponentFactory(ModelToComponentFactory):
    """Builds the streams of one source."""

    def __init__(
        self,
        runtime: Runtime,
        limiter: RateLimiter,
        cursor_class: type[PartitionCursor],
        retriever_classes: Mapping[str, type[WindowRetriever]],
        **engine_options: Any,
    ) -> None:
        super().__init__(**engine_options)
        self._runtime = runtime
        self._limiter = limiter
        self._cursor_class = cursor_class
        self._retriever_classes = retriever_classes
        self.models: dict[str, DeclarativeStreamModel] = {}
        """Model of each stream by name, including streams that are made from the config."""

    @override
    def create_default_stream(
        self, model: DeclarativeStreamModel, config: Config, is_parent: bool = False, **kwargs: Any
    ) -> AbstractStream:
        self.models[str(model.name)] = model
        return super().create_default_stream(model, config, is_parent, **kwargs)

    @override
    def create_custom_component(self, model: Any, config: Config, **kwargs: Any) -> Any:
        component = super().create_custom_component(model, config, **kwargs)
        if isinstance(component, RuntimeComponent):
            component.wire(self._runtime)
        return component

    @override
    def create_simple_retriever(
        self,
        model: SimpleRetrieverModel,
        config: Config,
        *,
        name: str,
        primary_key: Any,
        cursor: Cursor | None = None,
        **kwargs: Any,
    ) -> SimpleRetriever:
        retriever = super().create_simple_retriever(
            model, config, name=name, primary_key=primary_key, cursor=cursor, **kwargs
        )
        key = [primary_key] if isinstance(primary_key, str) else list(primary_key or ())
        parameters = model.parameters or {}
        chosen = (of for parameter, of in self._retriever_classes.items() if parameter in parameters)
        retriever.__class__ = next(chosen, WindowRetriever)  # the engine has no hook for it
        selector = retriever.record_selector
        assert isinstance(selector, RecordSelector)  # noqa: S101 - what the engine makes
        if self._runtime.reports_status:  # what is no parent, of which children look at any field
            selector.transformations += filter(None, [Redaction.of(config, name, key, self._cursor_of_stream(name))])
            leave_raw(model, retriever, key, cursor)
        retriever.record_selector = KeyedSelector(selector, name, key, self._runtime.odd_records)
        return retriever

    @override
    def create_http_requester(
        self, model: HttpRequesterModel, config: Config, *args: Any, name: str, **kwargs: Any
    ) -> HttpRequester:
        requester = super().create_http_requester(model, config, *args, name=name, **kwargs)
        parameters = model.parameters or {}
        endpoint = str(parameters.get("endpoint", model.url)) or "the index of the API"
        adapter = RateLimitedAdapter(self._limiter, name, endpoint, Bounds.of(config))
        key = parameters.get("row_key") or self._key_of_rows(name)
        return SliceRequester.of(requester, parameters, adapter, self._runtime, key)

    def _cursor_of_stream(self, name: str) -> list[str]:
        """Cursor field of a stream, if it has one."""
        field = getattr(self.models[name].incremental_sync, "cursor_field", None)
        return [str(field)] if field else []

    def _key_of_rows(self, name: str) -> list[str]:
        """Primary key of a stream, whose rows lack what the parent adds; [] if a part is made of another field."""
        model = self.models[name]
        key = list(getattr(model.primary_key, "__root__", []))
        added = [field for change in model.transformations or [] for field in getattr(change, "fields", None) or []]
        made = {str(field.path[-1]) for field in added if "record" in str(getattr(field, "value", ""))}
        return [] if made & {*key} else key

    @override
    def create_concurrent_cursor_from_datetime_based_cursor(self, *args: Any, **kwargs: Any) -> ConcurrentCursor:
        cursor: Any = super().create_concurrent_cursor_from_datetime_based_cursor(*args, **kwargs)
        cursor.__class__ = RecordCursor  # the engine has no hook for it
        if kwargs["component_definition"].get("is_client_side_incremental"):
            cursor.odd_dates = self._runtime.odd_dates
        made: RecordCursor = cursor
        return made

    @override
    def create_concurrent_cursor_from_perpartition_cursor(  # type: ignore[override]  # the engine wants any Cursor
        self, *, partition_router: PartitionRouter, **kwargs: Any
    ) -> Cursor:
        if isinstance(partition_router, TouchedRouter):
            return ChildCursor(
                stream_name=kwargs["stream_name"],
                cursor_field=kwargs["component_definition"]["cursor_field"],
                router=partition_router,
                stream_state=kwargs["stream_state"],
                state_manager=kwargs["state_manager"],
                message_repository=self._message_repository,
                pace=self._pace_of(kwargs["stream_name"]),
            )
        saved = dict(kwargs.pop("stream_state"))
        states = saved.pop("states", ())
        cursor: Any = super().create_concurrent_cursor_from_perpartition_cursor(
            partition_router=partition_router, stream_state=saved, **kwargs
        )
        cursor.__class__ = self._cursor_class  # the engine has no hook for it; the class has no constructor of its own
        made: PartitionCursor = cursor
        made.resume(states, self._pace_of(kwargs["stream_name"]))
        return made

    def _pace_of(self, stream: str) -> StatePace:
        return StatePace(partial(self._runtime.bytes_read.__getitem__, stream))

    @override
    def _uses_split_request_window_action(self, error_handler: Any) -> bool:
        """Tell the engine that a handler splits windows, which it cannot see in custom handlers and warns of."""
        return bool(getattr(error_handler, "splits", False)) or super()._uses_split_request_window_action(error_handler)
