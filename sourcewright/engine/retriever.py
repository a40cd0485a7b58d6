"""Reading of one slice."""

from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.sources.declarative.retrievers.simple_retriever import SimpleRetriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import StreamSlice
from typing_extensions import override

from sourcewright.components.windows import WindowProgress, WindowsIgnored


class WindowRetriever(SimpleRetriever):
    """Reads a window, or its whole run where the server ignores windows."""

    @override
    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        try:
            yield from self._read(records_schema, stream_slice)
        except WindowsIgnored:
            yield from self._read(records_schema, stream_slice)

    def _read(self, records_schema: Mapping[str, Any], window: StreamSlice | None) -> Iterable[StreamData]:
        progress = WindowProgress.find(window)
        to_read = progress.to_read(window) if progress and window is not None else window
        if to_read is not None or window is None:
            yield from super().read_records(records_schema, to_read)
