"""Which streams leave their records as the bytes they came as: those of which all parts say what they look at."""

from airbyte_cdk.sources.declarative.extractors.record_selector import RecordSelector
from airbyte_cdk.sources.declarative.models import SchemaNormalization
from airbyte_cdk.sources.declarative.models import SimpleRetriever as SimpleRetrieverModel
from airbyte_cdk.sources.declarative.retrievers.simple_retriever import SimpleRetriever
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, FinalStateCursor

from sourcewright.components.handler import JsonErrorHandler
from sourcewright.components.windows import WindowFilter
from sourcewright.engine.cursor import WindowCursor
from sourcewright.engine.requester import SliceRequester
from sourcewright.http.pages import LIST, PageExtractor


def leave_raw(model: SimpleRetrieverModel, retriever: SimpleRetriever, key: list[str], cursor: Cursor | None) -> None:
    """Let `retriever` decode no more of a list's records than is looked at, if that is not the whole of them.

    A transformation may change any field, and so may any filter or extractor that is not known here.
    """
    selector, requester = retriever.record_selector, retriever.requester
    assert isinstance(selector, RecordSelector)  # noqa: S101 - what the engine makes
    assert isinstance(requester, SliceRequester)  # noqa: S101
    handler = requester.error_handler
    if not isinstance(handler, JsonErrorHandler) or handler.page != LIST:
        return
    if selector.transformations or type(selector.extractor) is not PageExtractor:
        return
    if model.record_selector.schema_normalization not in (None, SchemaNormalization.None_):
        return
    filtered = selector.record_filter
    if not isinstance(filtered, WindowFilter | None) or not isinstance(cursor, WindowCursor | FinalStateCursor | None):
        return
    of_filter = filtered.fields if filtered else []
    handler.fields = list(dict.fromkeys([*key, *requester.key, *handler.newest_first, *of_filter]))
