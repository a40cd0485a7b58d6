"""The data source that Spark registers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from airbyte_cdk.sources.streams.concurrent.cursor import FinalStateCursor
from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceStreamReader
from pyspark.sql.types import StructType
from typing_extensions import override

from sourcewright.engine.source import ManifestSource
from sourcewright.spark.batch import BatchReader, Reading
from sourcewright.spark.columns import Columns
from sourcewright.spark.errors import ReadError, in_a_sentence
from sourcewright.spark.options import Options
from sourcewright.spark.streaming import StreamReader


class ManifestDataSource(DataSource):
    """Streams as DataFrames: `spark.read.format("sentry").option("stream", "projects").options(**config).load()`.

    The options are the settings of the source, besides `stream`, `nested` (`json` or `struct`) and `numPartitions`.
    """

    source_class: ClassVar[type[ManifestSource]]
    lookback: ClassVar[str] = ""
    """Setting with the hours that a sync looks back for rows that come late; a stream waits for them instead."""
    told_by_state: ClassVar[frozenset[str]] = frozenset()
    """Streams whose state is more than a moment."""

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(dict(options))

    @classmethod
    @override
    def name(cls) -> str:
        return cls.source_class.package().removeprefix("source_")

    @override
    def schema(self) -> StructType:
        stream = self._reading.open("")
        return Columns(stream.stream.get_json_schema(), structs=self._reading.options.structs).schema

    @override
    def reader(self, schema: StructType) -> DataSourceReader:
        return BatchReader(self._reading)

    @override
    def streamReader(self, schema: StructType) -> DataSourceStreamReader:
        reading = self._reading
        name, settings = reading.options.stream, reading.options.settings
        stream = reading.open("")
        if isinstance(stream.stream.cursor, FinalStateCursor):
            raise ReadError(f"Stream `{name}` has no cursor, so all of it would come each time: use spark.read.")
        if name in self.told_by_state:
            raise ReadError(
                f"Stream `{name}` is no stream for Spark, since what was read of it decides what is read next, and not "
                "the time alone: use spark.read, or a sync."
            )
        hours = stream.settings.get(self.lookback, 0)
        waiting = replace(reading.options, settings={**settings, self.lookback: 0} if self.lookback else settings)
        return StreamReader(replace(reading, options=waiting), timedelta(hours=hours))

    @property
    def _reading(self) -> Reading:
        with in_a_sentence():
            return Reading(self.source_class, Options.of(self.source_class, self.options))
