"""Sentry as a data source of Spark: `spark.dataSource.register(SentryDataSource)`."""

from typing import ClassVar

from source_sentry.source import SourceSentry
from sourcewright.engine.source import ManifestSource
from sourcewright.spark.source import ManifestDataSource


class SentryDataSource(ManifestDataSource):
    """Reads the streams of a Sentry organization."""

    source_class: ClassVar[type[ManifestSource]] = SourceSentry
    lookback: ClassVar[str] = "lookback_hours"
    told_by_state: ClassVar[frozenset[str]] = frozenset({"issue_states", "issue_tombstones", "issue_activities"})
